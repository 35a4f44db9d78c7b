"""The harness's side of a nursery: who lives under which name, who was born and who died when."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from servicedesk.processes.places import TREE

_READY_SECONDS = 120.0


class Brood:
    """The forked processes of one nursery."""

    def __init__(self, folder: Path, name: str, environment: dict[str, str]) -> None:
        logs = folder / "logs"
        logs.mkdir(exist_ok=True)
        self.line, other = socket.socketpair()
        with (logs / f"nursery-{name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.nursery", str(other.fileno()), str(logs)],
                cwd=TREE, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[other.fileno()], start_new_session=True,
            )  # fmt: skip
        other.close()
        self.heard = b""
        self.living: dict[str, int] = {}
        self.born_at: dict[str, float] = {}
        #: Name, exit code (a negative one names the signal) of everyone that has died.
        self.dead: list[tuple[str, int]] = []
        self.is_ready = False

    def wait_until_ready(self) -> None:
        """Return once everything is imported; raises when the nursery ended instead."""
        until = time.monotonic() + _READY_SECONDS
        while not self.is_ready:
            assert self.process.poll() is None, "the nursery ended; see its log"
            assert time.monotonic() < until, "the nursery was not ready in time"
            self.listen(0.1)

    def keep(self, name: str, command: tuple[str, ...], **how: Any) -> None:
        """Start the process and, unless `is_respawned=False`, start it again whenever it ends."""
        self._say({"do": "keep", "name": name, "command": list(command), **how})

    def retire(self, name: str) -> None:
        """Kill it and do not start it again."""
        self._say({"do": "retire", "name": name})

    def listen(self, seconds: float = 0.0) -> None:
        """Take in the news, waiting at most so long for the first."""
        self.line.settimeout(seconds or 0.0001)
        try:
            while said := self.line.recv(65536):
                *lines, self.heard = (self.heard + said).split(b"\n")
                for line in lines:
                    self._learn(json.loads(line))
                self.line.settimeout(0.0001)
        except TimeoutError:
            return
        except ConnectionError:
            return

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Send the signal to the one of that name; whether there was one."""
        pid = self.living.get(name)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if number == signal.SIGKILL:
            # Not a target any more before the nursery has said so.
            del self.living[name]
        return True

    def end(self) -> None:
        """The nursery and all its forks are gone when this returns."""
        self.line.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()

    def _say(self, order: dict[str, Any]) -> None:
        self.line.settimeout(10)
        self.line.sendall(json.dumps(order).encode() + b"\n")

    def _learn(self, news: dict[str, Any]) -> None:
        if "ready" in news:
            self.is_ready = True
        elif "born" in news:
            self.living[news["born"]] = news["pid"]
            self.born_at[news["born"]] = time.monotonic()
        else:
            self.dead.append((news["died"], news["code"]))
            if self.living.get(news["died"]) == news["pid"]:
                del self.living[news["died"]]


def children(pid: int) -> list[int]:
    """The direct children of a process; reading one file, not the whole table of processes."""
    try:
        said = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(one) for one in said.split()]
