"""`make run` as a whole: everything comes back, one signal ends it all, nothing written is lost."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
import pytest

from servicedesk.processes import places, postgres, table, users
from servicedesk.processes.places import TREE

pytestmark = pytest.mark.processes

_PATIENCE = 120.0
_NAMES = [one.name for one in table.processes(0)]


@dataclass
class Desk:
    """A running desk in a folder of its own."""

    process: subprocess.Popen[str]
    var: Path
    port: int

    def pids(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.var / "processes.json").read_text())
        return found

    def is_well(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def end(self, number: signal.Signals = signal.SIGTERM) -> str:
        self.process.send_signal(number)
        return self.process.communicate(timeout=_PATIENCE)[0]


def wait_until(is_so: "object", what: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if is_so():  # type: ignore[operator]
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within {_PATIENCE:.0f} s")


def start(var: Path, port: int) -> subprocess.Popen[str]:
    named = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in named}
    return subprocess.Popen(
        [sys.executable, "-m", "servicedesk.processes.supervisor"], cwd=TREE, text=True,
        env=kept | {"SERVICEDESK_VAR": str(var), "PORT": str(port), "DEMONSTRATION": "no"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@contextlib.contextmanager
def running(var: Path) -> Iterator[Desk]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    desk = Desk(start(var, port), var, port)
    try:
        wait_until(lambda: desk.is_well() or desk.process.poll() is not None, "the desk")
        assert desk.process.poll() is None, desk.process.communicate()[0]
        yield desk
    finally:
        if desk.process.poll() is None:
            desk.end()


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="desk-run-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "var"


@pytest.fixture(scope="module")
def desk(var: Path) -> Iterator[Desk]:
    with running(var) as found:
        yield found


@pytest.mark.parametrize("name", [*_NAMES, "postgres", "redis"])
def test_it_comes_back_after_kill_9(desk: Desk, name: str) -> None:
    wait_until(lambda: name in desk.pids(), name)
    killed = desk.pids()[name]
    family = psutil.Process(killed).children(recursive=True)
    for process in [psutil.Process(killed), *family]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: desk.pids().get(name, killed) != killed, f"another {name}")
    wait_until(desk.is_well, f"the desk after the end of {name}")
    assert psutil.pid_exists(desk.pids()[name])


def test_postgres_comes_back_when_only_its_parent_was_killed(desk: Desk) -> None:
    killed = desk.pids()["postgres"]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: desk.pids().get("postgres", killed) != killed, "another PostgreSQL")
    wait_until(desk.is_well, "the desk")


def test_a_second_desk_in_the_folder_gets_one_sentence(desk: Desk) -> None:
    said = start(desk.var, 1).communicate(timeout=_PATIENCE)[0]
    assert said == (
        f"The desk of {desk.var} runs already; end it with Ctrl-C where it was started.\n"
    )


def test_a_taken_port_gets_one_sentence(desk: Desk) -> None:
    second = start(desk.var.parent / "other", desk.port)
    said = second.communicate(timeout=_PATIENCE)[0]
    assert second.returncode == 1
    assert said == (
        f"Port {desk.port} is taken by another program; end that one, "
        f"or choose another port: make run PORT={desk.port + 1}\n"
    )


def test_one_signal_ends_all_and_the_next_start_finds_the_data() -> None:
    with tempfile.TemporaryDirectory(prefix="desk-run-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        var = Path(folder) / "var"
        with running(var) as desk:
            with psycopg2.connect(places.find(var).database_url) as line, line.cursor() as cursor:
                cursor.execute("CREATE TABLE kept AS SELECT 7 AS what")
            line.close()
            everything = psutil.Process(desk.process.pid).children(recursive=True)
            everything += [psutil.Process(pid) for pid in desk.pids().values()]
            said = desk.end(signal.SIGINT)
        assert f"The desk is open at http://127.0.0.1:{desk.port}" in said
        assert [one for one in everything if one.is_running()] == []
        since = time.monotonic()
        with running(var) as desk:
            assert time.monotonic() - since < _PATIENCE / 2
            with psycopg2.connect(places.find(var).database_url) as line, line.cursor() as cursor:
                cursor.execute("SELECT what FROM kept")
                assert cursor.fetchone() == (7,)
            line.close()
            orphans = [psutil.Process(desk.pids()[name]) for name in _NAMES]
            desk.process.kill()
            desk.process.communicate()
            _, left = psutil.wait_procs(orphans, timeout=30)
            assert left == [], "they outlive a supervisor that was killed"
        with users.using(places.find(var)):
            assert postgres.answers(places.find(var))
        assert postgres.pid_of(places.find(var)) is None
