"""Idling: what a turn of the engine costs while nothing is due, beside ten million open deadlines."""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.management import load_command_class
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench import crowds
from servicedesk.lib import clock
from tickets import escalation
from tickets.models import Deadline

_OPEN = 10_000_000
_TEMPLATES = 40
_TIMES = 400

# Constraints hold by construction; ten million lookups of each would only cost minutes.
_FILL = """
    INSERT INTO tickets_deadline (ticket_id, clock, measure, stage, generation, due_at, fires_at,
        next_fire_at, role, attempts, latest_error)
    SELECT ticket_id, 'reply', 'max', 'due', 1000 + n, soon, soon, soon, '', 0, ''
    FROM unnest(%s) AS ticket_id, generate_series(1, %s) AS n,
        LATERAL (SELECT clock_timestamp() + interval '1 day' + n * interval '1 second' AS soon) AS x
"""


def figures(folder: Path) -> Iterator[dict[str, object]]:
    """A whole turn of the loop, over every table it asks, and for comparison a claim of deadlines
    that finds nothing, which an idle turn does without."""
    ids = crowds.logged(_TEMPLATES)
    _fill(ids)
    loop = load_command_class("tickets", "run_deadlines")
    loop.begin()
    yield _figure("whole turn", loop.turn)
    at = clock.now()
    yield _figure("empty claim", lambda: escalation.fire_due(by=None, at=at))


def _fill(ids: list[int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_FILL, [ids, _OPEN // len(ids)])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE tickets_deadline")


def _figure(name: str, turn: Callable[[], object]) -> dict[str, object]:
    for _ in range(20):
        turn()
    took = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        turn()
        took.append(1000 * (time.perf_counter() - began))
    with CaptureQueriesContext(connection) as seen:
        turn()
    return {
        "figure": f"idling, {name}", "open_deadlines": Deadline.objects.exclude(next_fire_at=None).count(),
        "statements": len(seen),
        "p50_ms": round(statistics.median(took), 2),
        "p99_ms": round(statistics.quantiles(took, n=100)[-1], 2),
    }  # fmt: skip
