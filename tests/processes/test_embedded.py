"""The embedded servers: made, healed, closed to the network, kept through every kind of end."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from servicedesk.processes import embedded, launching, places, postgres, redis_server
from servicedesk.processes.places import Places

pytestmark = pytest.mark.processes


@pytest.fixture
def own() -> Iterator[Places]:
    """Places of the test's own, with nothing started; put away afterwards."""
    with tempfile.TemporaryDirectory(prefix="desk-own-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        found = places.find(Path(folder) / "var")
        yield found
        embedded.stop(found)
        if found.home != found.var:
            shutil.rmtree(found.home)


def ask(found: Places, statement: str) -> str:
    with psycopg2.connect(found.database_url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        answer = cursor.fetchone()[0] if cursor.description else ""
    connection.close()
    return str(answer)


def servers(found: Places) -> list[psutil.Process]:
    pids = (postgres.pid_of(found), redis_server.pid_of(found))
    return [psutil.Process(pid) for pid in pids if pid is not None]


def test_they_run_without_root_and_without_a_network_port(own: Places) -> None:
    embedded.start(own, fsync=False)
    running = servers(own)
    assert len(running) == 2
    for server in running:
        assert server.uids().effective != 0
        assert [line for line in server.net_connections() if line.status == "LISTEN"] == []
    assert own.sockets.stat().st_mode & 0o077 == 0
    assert own.postgres_data.stat().st_mode & 0o077 == 0


def test_they_are_durable_checked_and_speak_utf8(own: Places) -> None:
    embedded.start(own)
    found = {
        name: ask(own, f"SHOW {name}")
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")
    }
    assert set(found.values()) == {"on"}
    assert ask(own, "SHOW server_encoding") == "UTF8"
    assert ask(own, "SHOW server_version").startswith("18.")


def test_what_was_written_is_there_after_a_restart(own: Places) -> None:
    embedded.start(own, fsync=False)
    ask(own, "CREATE TABLE kept AS SELECT '停电'::text AS what")
    embedded.stop(own)
    assert servers(own) == []
    embedded.start(own, fsync=False)
    assert ask(own, "SELECT what FROM kept") == "停电"


@pytest.mark.parametrize("spared", ["nobody", "backends"])
def test_it_comes_back_after_kill_9(own: Places, spared: str) -> None:
    """Of the whole family, or of the parent alone, whose children then bar the way."""
    embedded.start(own, fsync=False)
    ask(own, "CREATE TABLE kept AS SELECT 1 AS what")
    parent = servers(own)[0]
    family = [parent] if spared == "backends" else [parent, *parent.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    embedded.start(own, fsync=False)
    assert postgres.pid_of(own) != parent.pid
    assert ask(own, "SELECT what FROM kept") == "1"


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_hindrance(own: Places) -> None:
    embedded.start(own, fsync=False)
    embedded.stop(own)
    stale = own.postgres_data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{own.postgres_data}\n1\n5432\n{own.sockets}\n\n\n")
    embedded.start(own, fsync=False)
    assert postgres.pid_of(own) not in (None, os.getpid())


def test_half_of_a_beginning_is_thrown_away(own: Places) -> None:
    half = own.home / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    embedded.start(own, fsync=False)
    assert ask(own, "SELECT 1") == "1"
    assert not half.exists()


def test_data_of_somebody_else_are_never_touched(own: Places) -> None:
    foreign = own.postgres_data / "precious"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("ours")
    with pytest.raises(launching.ServerTrouble, match="move it away"):
        embedded.start(own, fsync=False)
    assert foreign.read_text() == "ours"


def test_a_queue_that_cannot_be_read_is_set_aside(own: Places) -> None:
    embedded.start(own, fsync=False)
    redis_server.stop(own)
    (own.redis_data / "appendonly.aof").write_bytes(b"no such thing\r\n" * 10)
    embedded.start(own, fsync=False)
    assert redis_server.answers(own)
    assert (own.home / "redis.unreadable").exists()


def test_a_path_too_long_for_a_socket_gets_a_short_folder(own: Places) -> None:
    deep = own.var / ("d" * 60) / ("e" * 60)
    found = places.find(deep)
    assert not found.sockets.is_relative_to(deep)
    embedded.start(found, fsync=False)
    try:
        assert ask(found, "SELECT 1") == "1"
        assert found.sockets.stat().st_mode & 0o077 == 0
    finally:
        embedded.stop(found)
        shutil.rmtree(found.sockets)


def test_a_short_folder_made_by_somebody_else_is_refused(own: Places) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of somebody else's")
    deep = places.find(own.var / ("d" * 60) / ("e" * 60))
    elsewhere = own.var.parent / "elsewhere"
    elsewhere.mkdir()
    deep.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(launching.ServerTrouble, match="belongs to somebody else"):
            embedded.start(deep)
    finally:
        deep.sockets.unlink()


def test_as_root_below_a_closed_folder_the_data_go_where_the_server_may_pass(own: Places) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root runs the servers as another user")
    closed = own.var.parent / "closed"
    closed.mkdir(mode=0o700)
    found = places.find(closed / "var")
    assert found.home.is_relative_to("/var/lib/servicedesk")
    try:
        embedded.start(found)
        assert ask(found, "SELECT 1") == "1"
    finally:
        embedded.stop(found)
        shutil.rmtree(found.home)


def test_an_ordinary_user_needs_nothing_more(own: Places) -> None:
    """As another user if we are root; as ourselves otherwise."""
    uid = pwd.getpwnam("daemon").pw_uid if os.geteuid() == 0 else os.geteuid()
    folder = own.var.parent / "home"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, uid, uid)
    program = (
        "import pathlib, sys; from servicedesk.processes import embedded, places, postgres\n"
        "found = places.find(pathlib.Path(sys.argv[1]))\n"
        "embedded.start(found); print(postgres.answers(found)); embedded.stop(found)"
    )
    python = _python_for(uid)
    paths = [str(places.TREE), *(path for path in sys.path if "site-packages" in path)]
    done = subprocess.run(
        [python, "-c", program, str(folder / "var")], cwd="/", capture_output=True, text=True,
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(paths)}, check=False,
        **({"user": uid, "group": uid, "extra_groups": []} if os.geteuid() == 0 else {}),
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


def _python_for(uid: int) -> str:
    """This Python, or another of the same version where the user may not reach this one."""
    real = Path(sys.executable).resolve()
    if os.geteuid() == uid or places.can_reach(real, uid):
        return sys.executable
    same = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    if not same.exists():
        pytest.skip(f"no Python of this version that user {uid} may run")
    return str(same)


def test_starting_takes_no_time_when_they_run(own: Places) -> None:
    embedded.start(own, fsync=False)
    since = time.monotonic()
    embedded.start(own, fsync=False)
    assert time.monotonic() - since < 1.0
