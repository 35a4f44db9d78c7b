"""A desk to measure: own PostgreSQL and Redis, the two made-up utilities, and its web processes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from servicedesk.processes import command_line, places, users

SEED = 20261121
_START_SECONDS = 30.0


@dataclass(frozen=True)
class Web:
    """Running web processes."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What the processor has spent on them; depends less on what else the machine does."""
        master = psutil.Process(self.pid)
        spent = [one.cpu_times() for one in (master, *master.children(recursive=True))]
        return sum(one.user + one.system for one in spent)


@contextmanager
def founded(folder: Path) -> Iterator[None]:
    """Servers that write to the disk as they do in earnest, a migrated database, staff, rules."""
    os.environ["SERVICEDESK_VAR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "servicedesk.settings"
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "PUBLIC_URL"):
        os.environ.pop(name, None)
    found = places.find(folder)
    with users.using(found):
        os.environ |= command_line.addresses(found)
        _call("prepare_desk")
        _found()
        yield


def _call(*words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=places.TREE, check=True)  # noqa: S603


def _found() -> None:
    import django

    django.setup()
    from demonstration import founding
    from servicedesk.lib import clock

    founding.found(seed=SEED, months=1, by=None, at=clock.now())


@contextmanager
def served() -> Iterator[Web]:
    """gunicorn as `make run` starts it: two processes of four threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "servicedesk.wsgi:application", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--bind", f"127.0.0.1:{port}",
        "--log-level", "warning", "--graceful-timeout", "2",
    ]  # fmt: skip
    environment = os.environ | {"PORT": str(port)}
    web = subprocess.Popen(command, cwd=places.TREE, env=environment)  # noqa: S603
    try:
        _wait(web, port)
        yield Web(port, web.pid)
    finally:
        web.terminate()
        web.wait(10)


def _wait(web: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and web.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("The web processes did not start.")
