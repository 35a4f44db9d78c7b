"""Firing: deadlines of one second by two equal engines, with all that each leaves behind, and how
late single ones are while nothing else is to be done.

Each deadline is of a ticket of its own: at any of its stages, as they come, or each a missed limit,
of which handler, tracker, leader and liaison hear. What is measured is seen from outside, in
another connection: what is not committed has not fired.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench import crowds
from notifications.models import Heartbeat, Held, Notice, Outbox
from servicedesk.lib import clock
from servicedesk.processes.places import TREE
from tickets import escalation
from tickets.models import Deadline, Event

_DUE = 10_000
_TEMPLATES = 40
_ENGINES = 2
_CALM = 300
_CALM_SECONDS = 15
_AHEAD = timedelta(seconds=3)
_HERDS = {"any stage": "%", "missed limits": "due"}
_RUNS = 2

_MAKE_DUE = """
    UPDATE tickets_deadline SET due_at = %(at)s, fires_at = %(at)s, next_fire_at = %(at)s
    WHERE id IN (
        SELECT DISTINCT ON (ticket_id) tickets_deadline.id FROM tickets_deadline
        JOIN tickets_ticket ON tickets_ticket.id = ticket_id
        WHERE next_fire_at IS NOT NULL AND number LIKE %(copies)s AND stage LIKE %(stages)s
        ORDER BY ticket_id, md5(tickets_deadline.id::text) LIMIT %(how_many)s
    )
"""
_SPREAD = """
    UPDATE tickets_deadline SET next_fire_at = %(at)s + random() * %(within)s::interval
    WHERE id IN (SELECT id FROM tickets_deadline WHERE next_fire_at > %(at)s LIMIT %(how_many)s)
    RETURNING id, next_fire_at
"""


def figures(folder: Path) -> Iterator[dict[str, object]]:
    """The statements of a batch, each herd more than once, as other work may disturb one, and the
    calm."""
    ids = crowds.logged(_TEMPLATES)
    crowds.copied(ids, _RUNS * (_DUE // len(ids) + 1))
    for name, stages in _HERDS.items():
        yield _batch(name, stages)
    with _engines():
        for name, stages in _HERDS.items():
            for _ in range(_RUNS):
                yield _herd(name, stages)
        yield _calm()


def _batch(name: str, stages: str) -> dict[str, object]:
    """One full batch in this process alone, which is then taken back."""
    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
        at = _make_due(escalation.BATCH, timedelta(), stages)
        began, before = time.perf_counter(), len(seen)
        taken = escalation.fire_due(by=None, at=at)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return {
        "figure": "firing, one batch", "of": name, "rows": taken, "statements": len(seen) - before,
        "ms": round(1000 * seconds, 1),
    }  # fmt: skip


@contextmanager
def _engines() -> Iterator[None]:
    command = [sys.executable, "manage.py", "run_deadlines"]
    running = [subprocess.Popen(command, cwd=TREE) for _ in range(_ENGINES)]  # noqa: S603
    try:
        until = time.monotonic() + 30
        while Heartbeat.objects.filter(process="deadlines").count() < _ENGINES:
            if time.monotonic() > until:
                raise RuntimeError("The engines did not start.")
            time.sleep(0.1)
        # Their first turns run the standing tasks.
        time.sleep(3)
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def _herd(name: str, stages: str) -> dict[str, object]:
    before = _written()
    at = _make_due(_DUE, _AHEAD, stages)
    began = _wait_until(at)
    left, seconds, late = _DUE, 0.0, {}
    while left:
        left = Deadline.objects.filter(next_fire_at__lte=at).count()
        seconds = time.perf_counter() - began
        late.setdefault(left <= _DUE // 100, seconds)
        time.sleep(0.02)
    events, notices, mails = (now - then for now, then in zip(_written(), before, strict=True))
    if events < _DUE:
        raise RuntimeError(f"{_DUE} were due and {events} left an event.")
    return {
        "figure": "firing, herd", "of": name, "engines": _ENGINES, "deadlines": _DUE, "events": events,
        "notices": notices, "messages": mails, "seconds": round(seconds, 2),
        "deadlines_per_second": round(_DUE / seconds), "p99_late_seconds": round(late[True], 2),
    }  # fmt: skip


def _calm() -> dict[str, object]:
    at = clock.now() + _AHEAD
    with connection.cursor() as cursor:
        asked = {"at": at, "within": timedelta(seconds=_CALM_SECONDS), "how_many": _CALM}
        cursor.execute(_SPREAD, asked)
        waiting = dict(cursor.fetchall())
    _wait_until(at - timedelta(seconds=1))
    late: list[float] = []
    while waiting:
        now = clock.now()
        fired = Deadline.objects.filter(pk__in=waiting, next_fire_at=None)
        for pk in fired.values_list("pk", flat=True):
            late.append((now - waiting.pop(pk)).total_seconds())
        time.sleep(0.002)
    late.sort()
    return {
        "figure": "firing, calm", "deadlines": len(late),
        "p50_late_ms": round(1000 * late[len(late) // 2]),
        "p99_late_ms": round(1000 * late[len(late) * 99 // 100]),
        "max_late_ms": round(1000 * late[-1]),
    }  # fmt: skip


def _make_due(how_many: int, ahead: timedelta, stages: str) -> datetime:
    """That many deadlines, each of another ticket, due at the instant given back."""
    at = clock.now() + ahead
    with connection.cursor() as cursor:
        asked = {"at": at, "copies": f"%{crowds.MARK}%", "stages": stages, "how_many": how_many}
        cursor.execute(_MAKE_DUE, asked)
        if cursor.rowcount != how_many:
            raise RuntimeError(f"Only {cursor.rowcount} deadlines could be made due.")
    return at


def _wait_until(at: datetime) -> float:
    """Waits; the reading of the stopwatch at that instant."""
    left = (at - clock.now()).total_seconds()
    began = time.perf_counter() + left
    time.sleep(max(0.0, left))
    return began


def _written() -> tuple[int, int, int]:
    """Events, notices, and what leaves the desk or is gathered for that."""
    leaving = Outbox.objects.count() + Held.objects.count()
    return Event.objects.count(), Notice.objects.count(), leaving
