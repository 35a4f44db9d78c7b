"""The storm's own PostgreSQL and Redis: killed in every way there is, brought back as the
supervisor would."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import psycopg2

from servicedesk.processes import embedded, launching, postgres, redis_server
from servicedesk.processes.places import Places
from tests.chaos.windows import Windows

# Commit times are kept by the server itself: the judge of lateness.
_MORE_SETTINGS = "track_commit_timestamp = 'on'\n"

# How long a table is barred at the most, to catch somebody at it.
_LONGEST_BAR = 1.5


class Backing:
    """Both servers, kept up by a thread."""

    def __init__(self, places: Places, windows: Windows, *, fsync: bool) -> None:
        self.places, self.windows, self.fsync = places, windows, fsync
        self.redis_may_live = True
        self.is_over = threading.Event()
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.troubles: list[str] = []

    def start(self) -> None:
        """Both answer when this returns."""
        embedded.start(self.places, fsync=self.fsync)
        with (self.places.postgres_data / "postgresql.conf").open("a") as configuration:
            configuration.write(_MORE_SETTINGS)
        postgres.stop(self.places)
        postgres.start(self.places, fsync=self.fsync)

    def watch(self) -> None:
        """From now on what has died is started again."""
        self.keeper.start()

    def stop_watching(self) -> None:
        self.is_over.set()
        if self.keeper.is_alive():
            self.keeper.join()

    def _keep(self) -> None:
        while not self.is_over.wait(0.05):
            try:
                self._revive()
            except launching.ServerTrouble as trouble:
                # Tried again at the next turn, as the supervisor does.
                self.troubles.append(str(trouble))

    def _revive(self) -> None:
        if postgres.pid_of(self.places) is None:
            window = self.windows.open("postgres restarting")
            postgres.start(self.places, fsync=self.fsync)
            self.windows.close(window)
        if self.redis_may_live and redis_server.pid_of(self.places) is None:
            redis_server.start(self.places)

    def kill_postgres(self, way: str) -> bool:
        """`tree`: everything at once; `parent`: the postmaster alone, whose children live on;
        `immediate`: the stop that skips everything. Whether there was one to kill."""
        pid = postgres.pid_of(self.places)
        if pid is None:
            return False
        number = signal.SIGQUIT if way == "immediate" else signal.SIGKILL
        family = psutil.Process(pid).children(recursive=True) if way == "tree" else []
        os.kill(pid, number)
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        return True

    def kill_redis(self) -> bool:
        """Whether there was one to kill."""
        pid = redis_server.pid_of(self.places)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    def flush_redis(self) -> bool:
        """FLUSHALL; whether Redis answered."""
        return self.tell_redis(b"FLUSHALL\r\n")

    def tell_redis(self, command: bytes) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.places.redis_socket))
                line.sendall(command)
                return line.recv(64).startswith(b"+OK")
            except OSError:
                return False

    def terminate_backends(self) -> int:
        """pg_terminate_backend for everybody but us; how many."""
        return int(self.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ) or 0)  # fmt: skip

    def holds_locks(self, name: str) -> bool:
        """Whether the process of that name has a transaction open that has written or locked
        something, and does nothing in it."""
        return bool(self.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            f" AND backend_xid IS NOT NULL AND application_name = '{name}'"
        ))  # fmt: skip

    @contextmanager
    def barred(self, table: str, prefix: str) -> Iterator[str]:
        """Nobody writes into the table inside. The name of a process, beginning so, that came to
        wait there in the midst of its transaction; nothing if none came in time."""
        try:
            line = psycopg2.connect(self.places.database_url, connect_timeout=2)
        except psycopg2.OperationalError:
            yield ""
            return
        try:
            with suppress(psycopg2.Error), line.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '1s'; LOCK TABLE {table} IN SHARE MODE")
            yield self._comes_to_wait(prefix)
        finally:
            line.close()

    def _comes_to_wait(self, prefix: str) -> str:
        until = time.monotonic() + _LONGEST_BAR
        while time.monotonic() < until:
            found = self.ask(
                "SELECT min(application_name) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                f" AND wait_event = 'relation' AND application_name LIKE '{prefix}%'"
            )
            if found:
                return str(found)
            time.sleep(0.02)
        return ""

    def seconds_to_next(self) -> float:
        """Until the next deadline falls due that is not due yet; a second if none is known."""
        found = self.ask(
            "SELECT extract(epoch FROM min(next_fire_at) - clock_timestamp())::float8"
            " FROM tickets_deadline WHERE next_fire_at > clock_timestamp() + interval '0.1 s'"
        )
        return float(found) if found is not None else 1.0

    def ask(self, query: str) -> Any:
        """The first value of the answer, or None while the server is away."""
        try:
            line = psycopg2.connect(self.places.database_url, connect_timeout=2)
        except psycopg2.OperationalError:
            return None
        try:
            line.autocommit = True
            with line.cursor() as cursor:
                cursor.execute(query)
                found = cursor.fetchone()
                return found[0] if found else None
        except psycopg2.Error:
            return None
        finally:
            line.close()


def wait_until(is_so: Callable[[], bool], what: str, patience: float = 90.0) -> None:
    """Return once it is so; fails after the patience, naming what did not come."""
    until = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < until, f"{what} did not come within {patience:.0f} s"
        time.sleep(0.05)
