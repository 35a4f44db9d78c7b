"""`make run`: brings the whole desk up, starts again what dies, ends it all on one Ctrl-C.

1. Takes the machine's place: one supervisor per folder, one program per port.
2. Starts PostgreSQL and Redis, unless DATABASE_URL and REDIS_URL name others.
3. Prepares the database, the translations and the static files.
4. Starts the table of processes, and says the address once the desk answers.
5. Until it is told to end: whatever has died is started again, the servers too.
"""

import contextlib
import fcntl
import http.client  # noqa: TID251 - asks this machine's own desk
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from servicedesk.lib import environment
from servicedesk.processes import (
    child,
    command_line,
    embedded,
    places,
    postgres,
    redis_server,
    table,
    users,
)
from servicedesk.processes.launching import ServerTrouble
from servicedesk.processes.places import Places

_NAP = 0.1
_SLOW_START_SECONDS = 60.0


class Supervisor:
    """The state of one `make run`."""

    def __init__(self, found: Places, port: int) -> None:
        self.places = found
        self.port = port
        self.is_embedded = command_line.needs_embedded()
        self.is_ending = False
        self.written: dict[str, int] = {}
        logs = found.var / "logs"
        logs.mkdir(exist_ok=True)
        self.environment = os.environ | command_line.addresses(found)
        mail_port = _sink_port("MAIL_SINK_PORT", 8025)
        http_port = _sink_port("HTTP_SINK_PORT", mail_port + 1)
        self.environment |= {
            "PORT": str(port), "MAIL_SINK_PORT": str(mail_port), "HTTP_SINK_PORT": str(http_port),
        }  # fmt: skip
        # A worker told to end gives what it works on a little time, and the rest back to the queue.
        self.environment.setdefault("REMAP_SIGTERM", "SIGQUIT")
        # What a child says is read at once, on the terminal or in its log.
        self.environment["PYTHONUNBUFFERED"] = "1"
        self.children = [
            child.Child(process, self.environment, logs) for process in table.processes(port)
        ]
        self.demonstration: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Until told to end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told_to_end)
        try:
            self._prepare()
            self._watch()
        finally:
            self._end()

    def _prepare(self) -> None:
        done = subprocess.run(  # noqa: S603 - from our own table
            table.preparation(), cwd=places.TREE, env=self.environment, check=False
        )
        if done.returncode != 0 and not self.is_ending:
            raise ServerTrouble("The desk could not be prepared; the reason is above.")

    def _watch(self) -> None:
        started_at = time.monotonic()
        is_announced = False
        while not self.is_ending:
            self._turn(time.monotonic())
            if not is_announced:
                is_late = time.monotonic() - started_at > _SLOW_START_SECONDS
                is_announced = self._announce(is_late=is_late)
            time.sleep(_NAP)

    def _turn(self, instant: float) -> None:
        """Start again what has died; write down who runs."""
        if self.is_embedded and not _servers_live(self.places):
            self._revive_servers()
        for one in self.children:
            news = one.turn(instant)
            if news:
                say(news)
        self._write_down()
        self._look_after_demonstration()

    def _revive_servers(self) -> None:
        say("PostgreSQL or Redis has ended; it is started again.")
        try:
            with users.alone(self.places):
                embedded.start(self.places)
        except ServerTrouble as trouble:
            # Tried again at the next turn: a full disk may be emptied, a slow death may end.
            say(str(trouble))
            time.sleep(1)

    def _write_down(self) -> None:
        """var/processes.json: the name and number of every process."""
        running = {one.process.name: one.running.pid for one in self.children if one.running}
        running["supervisor"] = os.getpid()
        if self.is_embedded:
            servers = {
                "postgres": postgres.pid_of(self.places),
                "redis": redis_server.pid_of(self.places),
            }
            running |= {name: pid for name, pid in servers.items() if pid is not None}
        if running != self.written:
            fresh = self.places.var / "processes.json.new"
            fresh.write_text(json.dumps(running, indent=1))
            fresh.replace(self.places.var / "processes.json")
            self.written = running

    def _announce(self, *, is_late: bool) -> bool:
        """Once the desk answers: the address; whether there is nothing more to announce."""
        if not _answers(self.port):
            if is_late:
                say(f"The desk does not answer yet; its words are in {self.places.var / 'logs'}.")
            return is_late
        say(f"The desk is open at http://127.0.0.1:{self.port} (Ctrl-C ends it).")
        if environment.flag("DEMONSTRATION", default=self.is_embedded):
            self._load_demonstration()
        return True

    def _load_demonstration(self) -> None:
        """In the background; it says on the terminal who can sign in, and when it is all there."""
        with self._demonstration_log().open("wb") as log:
            self.demonstration = subprocess.Popen(  # noqa: S603 - from our own table
                table.demonstration(), cwd=places.TREE, env=self.environment, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
                preexec_fn=child.die_with_parent,
            )  # fmt: skip

    def _look_after_demonstration(self) -> None:
        """It is not started again before the next start of the desk."""
        if self.demonstration is not None and self.demonstration.poll() is not None:
            if self.demonstration.returncode != 0:
                say(f"The demonstration could not be loaded; see {self._demonstration_log()}.")
            self.demonstration = None

    def _demonstration_log(self) -> Path:
        return self.places.var / "logs" / "demonstration.log"

    def _told_to_end(self, number: int, frame: FrameType | None) -> None:
        """The second time nobody is waited for."""
        if self.is_ending:
            for one in self.children:
                one.kill()
        self.is_ending = True

    def _end(self) -> None:
        say("Ending ...")
        if self.demonstration is not None:
            # With the processes that share its work; the next start goes on where it stopped.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.demonstration.pid, signal.SIGKILL)
            self.demonstration.wait()
        child.end_all(self.children)
        (self.places.var / "processes.json").unlink(missing_ok=True)


def main() -> None:
    """The desk, until Ctrl-C."""
    # Until the desk runs, the end of the terminal is an end like Ctrl-C.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, command_line.leave_by_the_front_door)
    port = environment.number("PORT", 8000, least=1, most=65535)
    found = places.find()
    with _only_supervisor(found):
        _refuse_taken(port)
        servers = (
            users.using(found) if command_line.needs_embedded() else contextlib.nullcontext()
        )
        with servers:
            Supervisor(found, port).run()


@contextlib.contextmanager
def _only_supervisor(found: Places) -> Iterator[None]:
    """One per folder; a second start ends with a sentence."""
    found.var.mkdir(parents=True, exist_ok=True)
    with (found.var / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(
                f"The desk of {found.var} runs already; end it with Ctrl-C where it was started."
            ) from None
        yield


def _refuse_taken(port: int) -> None:
    if not _is_free(port):
        raise SystemExit(
            f"Port {port} is taken by another program; end that one, "
            f"or choose another port: make run PORT={port + 1}"
        )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _sink_port(variable: str, first: int) -> int:
    """The port named by the environment, or the first free one from `first` on."""
    named = environment.number(variable, 0, most=65535)
    return named or next(port for port in range(first, 65536) if _is_free(port))


def _servers_live(found: Places) -> bool:
    return postgres.pid_of(found) is not None and redis_server.pid_of(found) is not None


def _answers(port: int) -> bool:
    """Whether the desk says of itself that it is well."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)  # noqa: TID251
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):  # noqa: TID251
        return False
    finally:
        line.close()


def say(sentence: str) -> None:
    """One line on the terminal."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
