"""What the engine asks each turn: one statement, answered from indexes alone."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets.management.commands import run_deadlines
from tickets.models import Deadline, Event, Ticket
from tickets.soonest import Soonest, Wait
from tickets.states import State

WAITS = [wait for _, wait in run_deadlines._FIRE]


@pytest.fixture
def loop(cast: Cast) -> run_deadlines.Command:
    found = run_deadlines.Command()
    found.begin()
    return found


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: f"{wait.rows.model.__name__}.{wait.until}")
def test_each_wait_reads_one_entry_of_an_index(cast: Cast, wait: Wait) -> None:
    text, values = wait.sql()
    with transaction.atomic(), connection.cursor() as cursor:
        # A table of a few rows is read whole and sorted, whatever indexes it has.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {text}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert re.search(r"Limit.*\n\s*->\s+Index( Only)? Scan", plan), plan
    assert "Sort" not in plan


def test_it_tells_the_first_of_each_table(cast: Cast) -> None:
    assert Soonest(WAITS).ask()[1] == [None] * len(WAITS)
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Ticket.objects.filter(pk=ticket.pk).update(update_fires_at=cast.at + STEP)
    now, firsts = Soonest(WAITS).ask()
    waiting = Deadline.objects.exclude(next_fire_at=None)
    assert firsts[0] == min(waiting.values_list("next_fire_at", flat=True))
    assert firsts[5] == cast.at + STEP
    assert now.utcoffset() == timedelta(0)


def test_an_idle_turn_asks_once(loop: run_deadlines.Command, cast: Cast) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    Deadline.objects.exclude(next_fire_at=None).update(next_fire_at=cast.at + timedelta(days=9999))
    loop.turn()
    counts = []
    # A standing task or the heartbeat may fall into one of them.
    for _ in range(3):
        with CaptureQueriesContext(connection) as seen:
            assert loop.turn() == pytest.approx(0.25, abs=0.1)
        counts.append(len(seen))
    assert min(counts) == 1


def test_it_wakes_when_the_next_is_due(loop: run_deadlines.Command, cast: Cast) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    now, _ = loop.soonest.ask()
    Deadline.objects.exclude(next_fire_at=None).update(next_fire_at=now + timedelta(days=1))
    loop.turn()
    Ticket.objects.update(update_fires_at=loop.soonest.ask()[0] + timedelta(milliseconds=120))
    assert 0 < loop.turn() < 0.12


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_is_looked_at_again_soon(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Deadline.objects.exclude(next_fire_at=None).update(next_fire_at=cast.at)
    naps: list[float] = []

    def sweep() -> None:
        loop = run_deadlines.Command()
        loop.begin()
        naps.append(loop.turn())
        connection.close()

    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
        other = Thread(target=sweep)
        other.start()
        other.join(timeout=20)
    assert 0 < naps[0] <= run_deadlines._HELD
    assert not Event.objects.filter(ticket=ticket, code="overdue").exists()
