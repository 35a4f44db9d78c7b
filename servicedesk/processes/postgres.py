"""The embedded PostgreSQL: made when missing, healed after a crash."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2

from servicedesk.processes import binaries, launching
from servicedesk.processes.launching import ServerTrouble
from servicedesk.processes.places import Places

# Written last: a folder without it is half of an interrupted beginning.
_COMPLETE = "servicedesk_complete"

# How long a living server that does not answer may take.
_PATIENCE_SECONDS = 20.0

# Durable in every respect; small enough for a laptop, connections enough for all processes.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "log_min_duration_statement": "1000",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def start(places: Places, *, fsync: bool = True) -> None:
    """PostgreSQL answers when this returns; raises ServerTrouble."""
    if _comes_to_answer(places):
        return
    _end_orphans(places)
    _make_cluster(places, fsync=fsync)
    (places.postgres_data / "postmaster.pid").unlink(missing_ok=True)
    data, sockets = str(places.postgres_data), str(places.sockets)
    command = [str(binaries.postgres(places, "postgres")), "-D", data, "-k", sockets]
    if sys.platform == "linux":
        # After a crash one call for the whole file system, not one for each of a thousand files.
        command += ["-c", "recovery_init_sync_method=syncfs"]
    if not fsync:
        command += ["-c", "fsync=off", "-c", "full_page_writes=off"]
    log = places.home / "postgres.log"
    process = launching.launch(places, command, log)
    launching.wait_for("PostgreSQL", process, lambda: answers(places), log)
    _make_database(places)


def stop(places: Places) -> None:
    """Ends it without waiting for sessions; what was committed stays."""
    pid = pid_of(places)
    if pid is not None:
        launching.end(pid, signal.SIGINT)
    _end_orphans(places)


def pid_of(places: Places) -> int | None:
    """The living postmaster of these data, or None."""
    try:
        pid = int((places.postgres_data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if launching.is_that_server(pid, "postgres", places.postgres_data) else None


def answers(places: Places) -> bool:
    """Whether it takes sessions; its socket alone may belong to one that is still recovering."""
    try:
        _connect(places).close()
    except psycopg2.OperationalError:
        return False
    return True


def _comes_to_answer(places: Places) -> bool:
    """Whether a living server answers, now or once it is through with recovering: a slow one is
    waited for, never ended."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while pid_of(places) is not None and time.monotonic() < until:
        if answers(places):
            return True
        time.sleep(0.2)
    return False


def _make_cluster(places: Places, *, fsync: bool) -> None:
    """initdb, unless a finished one is there; foreign data are never touched."""
    data = places.postgres_data
    if (data / _COMPLETE).exists():
        return
    if data.exists():
        raise ServerTrouble(
            f"{data} is not a PostgreSQL this desk has made; "
            "move it away, or set SERVICEDESK_VAR to another folder."
        )
    fresh = places.home / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    launching.own(places, fresh)
    _run_initdb(places, fresh, fsync=fsync)
    lines = [f"{name} = '{value}'\n" for name, value in _SETTINGS.items()]
    with (fresh / "postgresql.conf").open("a") as configuration:
        configuration.writelines(lines)
    (fresh / _COMPLETE).touch()
    fresh.rename(data)


def _run_initdb(places: Places, folder: Path, *, fsync: bool) -> None:
    command = [
        str(binaries.postgres(places, "initdb")), "-D", str(folder), "-k", "--locale=C",
        "--encoding=UTF8", "--username=servicedesk", "--auth=trust", "--no-instructions",
        *([] if fsync else ["--no-sync"]),
    ]  # fmt: skip
    done = subprocess.run(  # noqa: S603 - our own binary
        command, cwd=places.home, env=launching.bare_environment(), capture_output=True,
        text=True, check=False, **launching.as_server_user(places),
    )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        log = places.home / "initdb.log"
        raise ServerTrouble(launching.explained("PostgreSQL", done.stderr, log))


def _make_database(places: Places) -> None:
    connection = _connect(places)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'servicedesk'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE DATABASE servicedesk")
    connection.close()


def _connect(places: Places) -> "psycopg2.extensions.connection":
    return psycopg2.connect(
        host=str(places.sockets), user="servicedesk", dbname="postgres", connect_timeout=5
    )


def _end_orphans(places: Places) -> None:
    """When the postmaster was killed its backends live on, and a new one refuses until they end."""
    everybody = psutil.process_iter()
    orphans = [
        one for one in everybody
        if launching.is_that_server(one.pid, "postgres", places.postgres_data)
    ]  # fmt: skip
    for one in orphans:
        launching.send(one.pid, signal.SIGQUIT)
    launching.end_all(orphans, patience=3)
