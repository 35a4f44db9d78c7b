"""A process that has the whole desk imported and forks the desk's processes off itself, so that one
that was killed is back after milliseconds instead of a second of importing.

It is told on its socket, one JSON object to a line, what to keep alive; it answers with who was
born and who died. What it forks runs the very commands of `servicedesk.processes.table`. When the
socket closes it ends with all it has forked.
"""

import ctypes
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

_PARENT_DEATH_SIGNAL = 1
_TURN_SECONDS = 0.05

# What the processes would import while they start; a module that is not there is left out.
_IMPORTED = (
    "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "celery.bin.worker", "celery.concurrency.prefork",
    "celery.worker.worker", "kombu.transport.redis", "tickets.management.commands.run_deadlines",
    "notifications.management.commands.run_delivery", "servicedesk.urls", "django.test",
)  # fmt: skip

# Where `python -m` of a package begins, without its package's own `__main__`.
_ENTRANCES = {
    "gunicorn": ("gunicorn.app.wsgiapp", "run"), "celery": ("celery.__main__", "main"),
}  # fmt: skip


@dataclass
class Kept:
    """One process by name: what it runs, and whether it is started again."""

    name: str
    command: list[str]
    is_respawned: bool = True
    crash_at: str = ""
    pid: int = 0
    due_at: float = 0.0


@dataclass
class Nursery:
    """The state of one nursery."""

    line: socket.socket
    logs: Path
    kept: dict[str, Kept] = field(default_factory=dict)
    heard: bytes = b""
    is_over: bool = False

    def run(self) -> None:
        """Until nobody listens any more."""
        woken, wakes = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wakes, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        while not self.is_over:
            self._start_due()
            ears: list[Any] = [self.line, woken]
            ready, _, _ = select.select(ears, [], [], _TURN_SECONDS)
            if woken in ready:
                with suppress(BlockingIOError):
                    os.read(woken, 4096)
            if self.line in ready:
                self._listen()
            self._bury()
        for one in self.kept.values():
            _kill_family(one.pid)

    def _listen(self) -> None:
        said = self.line.recv(65536)
        if not said:
            self.is_over = True
            return
        *lines, self.heard = (self.heard + said).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))

    def _obey(self, order: dict[str, Any]) -> None:
        """`keep` a process, or `retire` it: it is not started again."""
        if order["do"] == "keep":
            wanted = {key: value for key, value in order.items() if key != "do"}
            self.kept[order["name"]] = Kept(**wanted)
        elif order["name"] in self.kept:
            self.kept[order["name"]].is_respawned = False
            self.kept[order["name"]].due_at = float("inf")
            if order.get("is_killed", True):
                _kill_family(self.kept[order["name"]].pid)

    def _start_due(self) -> None:
        now = time.monotonic()
        for one in self.kept.values():
            if not one.pid and now >= one.due_at:
                one.pid = os.fork()
                if not one.pid:
                    self._become(one)
                one.due_at = now if one.is_respawned else float("inf")
                self._say({"born": one.name, "pid": one.pid})

    def _bury(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            _kill_family(pid)
            for one in [kept for kept in self.kept.values() if kept.pid == pid]:
                one.pid = 0
                self._say({"died": one.name, "pid": pid, "code": os.waitstatus_to_exitcode(status)})
                if not one.is_respawned:
                    del self.kept[one.name]

    def _say(self, news: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):
            self.line.sendall(json.dumps(news).encode() + b"\n")

    def _become(self, one: Kept) -> NoReturn:
        """The forked process: alone in its session, dead when the nursery dies."""
        code = 1
        try:
            os.setsid()
            ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.line.close()
            _talk_to(self.logs / f"{one.name}.log")
            random.seed()
            # So that the database can tell which session is whose.
            os.environ["PGAPPNAME"] = one.name
            if one.crash_at:
                from tests.chaos import crash_points

                crash_points.arm(one.crash_at)
            _run(one.command)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(Exception):
                sys.stderr.flush()
            os._exit(code)


def _run(command: list[str]) -> None:
    """What `command` of the table would do, without a new interpreter."""
    program, *words = command[1:]
    sys.argv = command[1:]
    if program == "manage.py":
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
        return
    module, *rest = words
    sys.argv = [module, *rest]
    where, what = _ENTRANCES.get(module, (module, "main"))
    getattr(importlib.import_module(where), what)()


def _talk_to(log: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(nothing, 0)
    os.dup2(said, 1)
    os.dup2(said, 2)


def _kill_family(pid: int) -> None:
    """The process and all it has started: it leads a session of its own."""
    if pid:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _prepare() -> None:
    """Everything imported, nothing opened: a connection must not be shared by forks."""
    import django

    django.setup()
    for name in _IMPORTED:
        with suppress(ImportError):
            importlib.import_module(name)
    from django.urls import get_resolver

    assert get_resolver().reverse_dict is not None
    from servicedesk.celery import app

    app.loader.import_default_modules()
    lease = os.environ.get("CHAOS_LEASE_SECONDS")
    if lease:
        from datetime import timedelta

        from notifications import delivery

        delivery.LEASE = timedelta(seconds=float(lease))
    gc.collect()
    gc.freeze()


def main() -> None:
    """`python -m tests.chaos.nursery FD LOGS`."""
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    line = socket.socket(fileno=int(sys.argv[1]))
    _prepare()
    line.sendall(json.dumps({"ready": os.getpid()}).encode() + b"\n")
    Nursery(line, Path(sys.argv[2])).run()


if __name__ == "__main__":
    main()
