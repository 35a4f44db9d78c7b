"""One supervised process: started, watched, started again, ended."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from servicedesk.processes.places import TREE
from servicedesk.processes.table import Process

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
# After this long alive its next end is a new trouble, not the same one.
_SETTLED_SECONDS = 10.0
_LARGEST_LOG = 10 * 1024 * 1024
_PARENT_DEATH_SIGNAL = 1


class Child:
    """Knows when its process is due to be started again."""

    def __init__(self, process: Process, environment: dict[str, str], logs: Path) -> None:
        self.process = process
        self.environment = environment
        self.log = logs / f"{process.name}.log"
        self.running: subprocess.Popen[bytes] | None = None
        self.pause = _FIRST_PAUSE
        self.started_at = 0.0
        self.due_at = 0.0

    def turn(self, instant: float) -> str | None:
        """Start it if it is due; the news if it has just ended, else None."""
        if self.running is None:
            if instant >= self.due_at:
                self._start(instant)
            return None
        code = self.running.poll()
        if code is None:
            return None
        self._clear_up()
        is_settled = instant - self.started_at > _SETTLED_SECONDS
        self.pause = _FIRST_PAUSE if is_settled else min(self.pause * 2, _LONGEST_PAUSE)
        self.due_at = instant + self.pause
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        return f"{self.process.name} ended {how}; it is started again (see {self.log})."

    def ask_to_end(self) -> None:
        """The gentle signal, to the process alone; it tells its own children."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()

    def kill(self) -> None:
        """The signal nobody can refuse, to the process and all it has started."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.running.pid, signal.SIGKILL)

    def end(self, *, patience: float) -> None:
        """Gone when this returns, with everything it has started."""
        if self.running is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(patience)
            self._clear_up()

    def _start(self, instant: float) -> None:
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as sink:
            self.running = subprocess.Popen(  # noqa: S603 - from our own table
                self.process.command, cwd=TREE, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                env={**self.environment, "SERVICEDESK_COPY": self.process.name},
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self.started_at = instant

    def _clear_up(self) -> None:
        """Kill what is left of its session, so that no orphan keeps the port or a message."""
        self.kill()
        if self.running is not None:
            self.running.wait()
        self.running = None


def die_with_parent() -> None:
    """Asks Linux to end this process when its supervisor is killed without a chance to do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def end_all(children: list[Child]) -> None:
    """All asked at once, then waited for one after the other."""
    for child in children:
        child.ask_to_end()
    since = time.monotonic()
    for child in children:
        spent = time.monotonic() - since
        child.end(patience=max(0.0, child.process.patience - spent))
