"""Every process the supervisor lists is killed without a chance to tidy up, one after the other,
while complaints come in and their limits fall due. Afterwards the books must be right: every
acknowledged ticket is there once, every limit fired once, what nobody signed for was signed for
by the desk once and in time, nobody was told twice, every message left."""

import contextlib
import email
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg2
import pytest

from servicedesk.processes import places, table
from servicedesk.processes.places import TREE

pytestmark = pytest.mark.processes

# A message whose sender was killed is sent again when its lease of 60 s is over.
_PATIENCE = 90.0
_BETWEEN_TICKETS = 0.6
# The mail sink keeps 500; a ticket makes nine mails.
_MOST_TICKETS = 55
_STAGES = 3
_CSRF = "a" * 32
_OWN_LIFE = {"supervisor", "postgres", "redis"}


class Desk:
    """`make run` in a folder of its own, without the demonstration."""

    def __init__(self, folder: Path) -> None:
        self.var = folder / "var"
        self.port, mail_port = _free_port(), _free_port()
        named = {"DATABASE_URL", "REDIS_URL", "SMTP_URL"}
        kept = {name: value for name, value in os.environ.items() if name not in named}
        self.environment = kept | {
            "SERVICEDESK_VAR": str(self.var), "PORT": str(self.port), "DEMONSTRATION": "no",
            "MAIL_SINK_PORT": str(mail_port), "DJANGO_SETTINGS_MODULE": "servicedesk.settings",
        }  # fmt: skip
        self.places = places.find(self.var)
        self.log = (folder / "supervisor.log").open("w+b")
        self.start()

    def start(self) -> None:
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "servicedesk.processes.supervisor"], cwd=TREE,
            env=self.environment, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        wait_until(lambda: self.listed().get("supervisor") == self.supervisor.pid, "its list")
        wait_until(self.is_well, "the desk")

    def end(self) -> None:
        self.supervisor.send_signal(signal.SIGTERM)
        self.supervisor.wait(60)
        self.log.seek(0)
        # Shown by pytest when the test fails.
        print(self.log.read().decode())  # noqa: T201
        print((self.places.home / "postgres.log").read_text()[-3000:])  # noqa: T201
        self.log.close()

    def kill_supervisor(self) -> None:
        """Its processes follow it by themselves; the two servers live on."""
        pids = {name: pid for name, pid in self.listed().items() if name not in _OWN_LIFE}
        followers = [psutil.Process(pid) for pid in pids.values()]
        self.supervisor.kill()
        self.supervisor.wait()
        assert psutil.wait_procs(followers, timeout=_PATIENCE)[1] == []

    def listed(self) -> dict[str, int]:
        """var/processes.json: names and process numbers."""
        try:
            found: dict[str, int] = json.loads((self.var / "processes.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def is_well(self) -> bool:
        try:
            return self.ask("GET", "/healthz", "", {})[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        """Status and Location of the answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", "")
        finally:
            line.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        line = psycopg2.connect(self.places.database_url)
        try:
            with line.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()
        finally:
            line.close()

    def fill(self) -> dict[str, str]:
        """What the clerk's browser knows."""
        address = {"DATABASE_URL": self.places.database_url, "REDIS_URL": self.places.redis_url}
        done = subprocess.run(
            [sys.executable, "-m", "tests.processes.filling"], cwd=TREE, check=True,
            env=self.environment | address, stdout=subprocess.PIPE,
        )  # fmt: skip
        found: dict[str, str] = json.loads(done.stdout)
        return found


class Clerk(threading.Thread):
    """Logs complaints until told to stop; sends each form again, unchanged, until it is answered
    with a number. `journal` is what the clerk has seen acknowledged."""

    def __init__(self, desk: Desk, known: dict[str, str]) -> None:
        super().__init__()
        self.desk, self.known = desk, known
        self.journal: dict[str, str] = {}
        self.answers: Counter[int] = Counter()
        self.is_over = threading.Event()
        self._looked_at = 0

    def has_gone_on(self) -> bool:
        """Whether a ticket was acknowledged since this was last true."""
        if len(self.journal) == self._looked_at:
            return False
        self._looked_at = len(self.journal)
        return True

    def run(self) -> None:
        while not self.is_over.is_set() and len(self.journal) < _MOST_TICKETS:
            key = str(uuid.uuid4())
            until = time.monotonic() + _PATIENCE
            while key not in self.journal and time.monotonic() < until:
                self._send(key)
            time.sleep(_BETWEEN_TICKETS)

    def _send(self, key: str) -> None:
        typed = {
            "key": key, "kind": "COMPLAINT", "category": self.known["category"],
            "channel": "counter", "priority": "normal", "text": f"停电两小时没人解释。{key}",
            "contact_phone": "13900000001", "territory": self.known["territory"],
            "csrfmiddlewaretoken": _CSRF,
        }  # fmt: skip
        cookies = (
            f"{self.known['session_name']}={self.known['session']}; "
            f"{self.known['csrf_name']}={_CSRF}"
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        try:
            status, location = self.desk.ask(
                "POST", "/tickets/intake/", urlencode(typed), headers
            )
        except (OSError, http.client.HTTPException):
            status, location = 0, ""
        self.answers[status] += 1
        if status == 302:
            self.journal[key] = location.split("/")[2]
        else:
            time.sleep(0.2)


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < until, f"{what} did not come within {_PATIENCE:.0f} s"
        time.sleep(0.1)


def kill(pid: int) -> None:
    """The process with all its children, at once."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="desk-run-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        found = Desk(Path(folder))
        yield found
        found.end()


def test_killing_every_process_loses_nothing_and_doubles_nothing(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    expected = {one.name for one in table.processes(0)} | {"postgres", "redis", "supervisor"}
    wait_until(lambda: set(desk.listed()) == expected, "every process")
    clerk = Clerk(desk, desk.fill())
    clerk.start()
    try:
        kill_all_in_turn(desk, clerk)
        clerk.is_over.set()
    finally:
        clerk.is_over.set()
        clerk.join()
    wait_until(lambda: set(desk.listed()) == expected, "every process again")
    wait_until(lambda: waiting(desk) == 0, "the end of all limits and messages")
    for name, value in books(desk, clerk).items():
        record_property(name, value)


def kill_all_in_turn(desk: Desk, clerk: Clerk) -> None:
    """One after the other, the database first and the supervisor last; after each the clerk can
    work on."""
    names = sorted(set(desk.listed()) - {"supervisor"}, key=lambda name: name != "postgres")
    for name in names:
        wait_until(clerk.has_gone_on, f"the next ticket before the end of {name}")
        killed = desk.listed()[name]
        kill(killed)
        wait_until(lambda: desk.listed().get(name, killed) != killed, f"another {name}")  # noqa: B023
    wait_until(clerk.has_gone_on, "the next ticket before the end of the supervisor")
    desk.kill_supervisor()
    desk.start()
    wait_until(clerk.has_gone_on, "the next ticket after the end of the supervisor")


def waiting(desk: Desk) -> int:
    """Limits that have not fired, tickets not signed for and messages that have not left."""
    try:
        return int(
            desk.rows(
                "SELECT (SELECT count(*) FROM tickets_deadline WHERE next_fire_at IS NOT NULL)"
                " + (SELECT count(*) FROM tickets_ticket WHERE state = 'dispatched')"
                " + (SELECT count(*) FROM notifications_outbox WHERE next_try_at IS NOT NULL)"
            )[0][0]
        )
    except psycopg2.OperationalError:
        return -1


def books(desk: Desk, clerk: Clerk) -> dict[str, object]:
    """Everything counted and compared; the figures worth keeping."""
    assert set(clerk.answers) <= {0, 302, 503}, clerk.answers
    kept = dict(
        desk.rows(
            "SELECT i.key::text, t.number FROM tickets_idempotency i"
            " JOIN tickets_ticket t ON t.id = i.ticket_id"
        )
    )
    assert kept == clerk.journal
    tickets = [number for (number,) in desk.rows("SELECT number FROM tickets_ticket")]
    assert sorted(tickets) == sorted(clerk.journal.values())
    late = limits_fired_once(desk, len(tickets))
    signed = signed_once_by_the_desk(desk, len(tickets))
    told = nobody_told_twice(desk)
    sent = every_message_left(desk)
    figures = {"tickets": len(tickets), "notices": told, "latest_s": late}
    return figures | {"latest_signed_s": signed} | sent


def limits_fired_once(desk: Desk, tickets: int) -> float:
    """The greatest lateness in seconds."""
    rows = desk.rows(
        "SELECT d.id, d.cancelled_at, extract(epoch FROM d.fired_at - d.fires_at), count(e.id)"
        " FROM tickets_deadline d LEFT JOIN tickets_event e ON e.ticket_id = d.ticket_id"
        " AND e.facts->>'stage' = d.stage AND e.facts->>'clock' = d.clock GROUP BY d.id"
    )
    assert len(rows) == tickets * _STAGES
    assert all(cancelled is None for _, cancelled, _, _ in rows)
    assert {events for _, _, _, events in rows} == {1}
    assert min(late for _, _, late, _ in rows) >= 0
    return round(float(max(late for _, _, late, _ in rows)), 2)


def signed_once_by_the_desk(desk: Desk, tickets: int) -> float:
    """How long after the missed limit the desk signed, at the most, in seconds; the miss stays."""
    rows = desk.rows(
        "SELECT count(DISTINCT e.id), max(extract(epoch FROM e.at - d.fired_at)),"
        " bool_and(c.missed_at = c.due_at AND c.stopped_at = e.at), min(t.state)"
        " FROM tickets_ticket t JOIN tickets_event e ON e.ticket_id = t.id AND e.code = 'auto_signed'"
        " JOIN tickets_clock c ON c.ticket_id = t.id AND c.name = 'sign'"
        " JOIN tickets_deadline d ON d.ticket_id = t.id AND d.clock = 'sign' GROUP BY t.id"
    )
    assert len(rows) == tickets
    assert {(count, is_missed, state) for count, _, is_missed, state in rows} == {
        (1, True, "in_progress")
    }
    return round(float(max(late for _, late, _, _ in rows)), 2)


def nobody_told_twice(desk: Desk) -> int:
    """The number of notices: of each fired limit one for each person its event names."""
    expected = desk.rows(
        "SELECT 'deadline:' || d.id, jsonb_array_length(e.facts->'told') FROM tickets_deadline d"
        " JOIN tickets_event e ON e.ticket_id = d.ticket_id AND e.facts->>'stage' = d.stage"
        " AND e.facts->>'clock' = d.clock"
    )
    found = desk.rows(
        "SELECT key, count(*) FROM notifications_notice WHERE key LIKE 'deadline:%'"
        " GROUP BY key HAVING count(*) = count(DISTINCT staff_id)"
    )
    assert sorted(found) == sorted(expected)
    return sum(count for _, count in found)


def every_message_left(desk: Desk) -> dict[str, int]:
    """How many mails of how many messages reached the sink; a repeat carries the same key."""
    rows = desk.rows("SELECT key, state FROM notifications_outbox")
    assert {state for _, state in rows} == {"sent"}
    caught = Counter(
        str(email.message_from_bytes(file.read_bytes())["Message-ID"])
        for file in (desk.var / "mail" / "new").iterdir()
    )
    domain = "servicedesk.invalid"
    assert set(caught) == {f"<{key.replace(':', '.')}@{domain}>" for key, _ in rows}
    return {"messages": len(rows), "mails": sum(caught.values())}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
