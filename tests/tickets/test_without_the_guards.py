"""What keeps the engine from losing, doubling and hurrying anything, taken away piece by piece.

Each guard has one check. With the guard the check holds; with the guard taken away it must fail, or
it would prove nothing. Whoever removes one of these lines from the code finds the check of that
name red.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from notifications import channels, delivery, outbox
from notifications.models import Channel, Notice, Outbox
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import dispatching, escalation, one_by_one, transition
from tickets.models import Clock, Deadline, Event, Ticket
from tickets.states import Happening, State

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Guard:
    """`remove` takes it away; `check` fails where it is not there."""

    name: str
    check: Callable[[Cast, Patch], None]
    remove: Callable[[Patch], None]


def overdue(ticket: Ticket) -> int:
    return Event.objects.filter(ticket=ticket, code=Happening.OVERDUE).count()


def due_alone(*tickets: Ticket) -> datetime:
    """Of each ticket the due time of its reply, and nothing else, is what waits; its instant."""
    rows = Deadline.objects.filter(
        ticket__in=tickets, clock="reply", measure="max", stage="due", next_fire_at__isnull=False
    )
    at = max(rows.values_list("fires_at", flat=True))
    far = at + timedelta(days=9999)
    Deadline.objects.exclude(pk__in=rows).filter(next_fire_at__isnull=False).update(
        next_fire_at=far
    )
    return at


def aside(do: Callable[[], object]) -> object:
    """What it gives in a connection of its own that waits for no lock; its error if it fails."""
    found: list[object] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '400ms'")
            found.append(do())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    return found[0]


def a_clock_that_moved_on_fires_no_more(cast: Cast, patch: Patch) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = due_alone(ticket)
    Clock.objects.filter(ticket=ticket, name="reply").update(generation=99)
    escalation.fire_due(by=None, at=at)
    assert overdue(ticket) == 0
    assert not Notice.objects.filter(code="overdue").exists()


def a_closed_ticket_fires_no_more(cast: Cast, patch: Patch) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = due_alone(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(state=State.CANCELLED, closed_at=at)
    escalation.fire_due(by=None, at=at)
    assert overdue(ticket) == 0


def a_stopped_clock_fires_no_more(cast: Cast, patch: Patch) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = due_alone(ticket)
    Clock.objects.filter(ticket=ticket, name="reply").update(stopped_at=at)
    escalation.fire_due(by=None, at=at)
    assert overdue(ticket) == 0


def a_row_that_breaks_keeps_nothing_and_holds_up_nobody(cast: Cast, patch: Patch) -> None:
    """It breaks in the database, after its event is written: only a savepoint takes that back."""
    bad, *good = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(3)]
    at, write = due_alone(bad, *good), escalation._write

    def break_on_one(effects: escalation.Effects) -> None:
        write(effects)
        if any(event.ticket_id == bad.pk for event in effects.said.events):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

    patch.setattr(escalation, "_write", break_on_one)
    with transaction.atomic():
        escalation.fire_due(by=None, at=at)
    assert [overdue(one) for one in (bad, *good)] == [0, 1, 1]
    pushed = Deadline.objects.get(ticket=bad, clock="reply", measure="max", stage="due")
    assert (pushed.attempts, pushed.fired_at) == (1, None)


def a_message_handed_on_twice_leaves_once(cast: Cast, patch: Patch) -> None:
    row = outbox.row(
        key="event:1:1", channel=Channel.EMAIL, recipient="a@desk.example", template="overdue",
        language="en", facts={}, subject="x", scope_path=cast.company.path, at=cast.at,
    )  # fmt: skip
    outbox.queue(rows=[row], by=None, at=cast.at)
    message_id, left = Outbox.objects.get().pk, []

    def send(message: Outbox, at: datetime) -> str:
        left.append(message.key)
        if len(left) == 1:
            # Another worker has the same message while this one still speaks with the server.
            delivery.deliver(message_id=message_id, by=None, at=at)
        return ""

    patch.setitem(channels.BY_NAME, Channel.EMAIL, SimpleNamespace(send=send))
    delivery.deliver(message_id=message_id, by=None, at=cast.at)
    assert left == ["event:1:1:email"]


def a_ticket_saved_by_two_keeps_what_the_first_saved(cast: Cast, patch: Patch) -> None:
    ticket = a_ticket(cast, state=State.NEW)
    at, seen = ticket.latest_event_at + STEP, ticket.version
    act: dict[str, Any] = {"ticket": ticket, "by": cast.dispatcher, "at": at, "version": seen}
    dispatching.dispatch(to=cast.unit, **act)
    Ticket.objects.filter(pk=ticket.pk).update(state=State.NEW)
    with pytest.raises(transition.ChangedMeanwhile):
        dispatching.dispatch(to=cast.other_unit, **act)
    assert Ticket.objects.get(pk=ticket.pk).lead_unit == cast.unit


def a_row_that_one_engine_has_is_left_alone_by_the_other(cast: Cast, patch: Patch) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = due_alone(ticket)
    with transaction.atomic():
        rows = escalation._claim(at, escalation.BATCH)
        assert aside(lambda: escalation.fire_due(by=None, at=at)) == 0
        escalation._apply(rows, at)
    assert overdue(ticket) == 1


def an_engine_waits_for_nobody(cast: Cast, patch: Patch) -> None:
    held, free = (a_ticket(cast, state=State.IN_PROGRESS) for _ in range(2))
    at = due_alone(held, free)
    with transaction.atomic():
        transition.lock(held)
        assert aside(lambda: escalation.fire_due(by=None, at=at)) == 1
    assert (overdue(held), overdue(free)) == (0, 1)


def _lock_with(**changes: Any) -> Callable[[Patch], None]:
    """Claims that lock otherwise than they say."""
    lock = QuerySet.select_for_update

    def locked(rows: Any, **asked: Any) -> Any:
        is_claim = asked.get("skip_locked", False)
        return lock(rows, **(asked | changes if is_claim else asked))

    return lambda patch: patch.setattr(QuerySet, "select_for_update", locked)


def _lock_nothing(patch: Patch) -> None:
    patch.setattr(QuerySet, "select_for_update", lambda rows, **asked: rows)


def _any_lease(message_id: int, at: datetime) -> Outbox:
    return Outbox.objects.get(pk=message_id)


def _check_no_version(patch: Patch) -> None:
    check = transition._check
    patch.setattr(
        transition, "_check", lambda ticket, move, by, version: check(ticket, move, by, None)
    )


HERE = [
    Guard(
        "generation", a_clock_that_moved_on_fires_no_more,
        lambda patch: patch.setattr(
            escalation, "_is_alive", lambda row, clock: row.ticket.is_open and clock is not None
        ),
    ),
    Guard(
        "judging the ticket again", a_closed_ticket_fires_no_more,
        lambda patch: patch.setattr(
            escalation, "_is_alive",
            lambda row, clock: clock is not None and clock.generation == row.generation,
        ),
    ),
    Guard(
        "judging the clock again", a_stopped_clock_fires_no_more,
        lambda patch: patch.setattr(
            escalation, "_running",
            lambda rows: {
                (one.ticket_id, one.name, one.measure): one for one in Clock.objects.all()
            },
        ),
    ),
    Guard(
        "savepoint", a_row_that_breaks_keeps_nothing_and_holds_up_nobody,
        lambda patch: patch.setattr(
            one_by_one, "transaction", SimpleNamespace(atomic=nullcontext)
        ),
    ),
    Guard(
        "replay one by one", a_row_that_breaks_keeps_nothing_and_holds_up_nobody,
        lambda patch: patch.setattr(one_by_one, "each", lambda rows, **asked: len(rows)),
    ),
    Guard(
        "lease", a_message_handed_on_twice_leaves_once,
        lambda patch: patch.setattr(delivery, "_lease", _any_lease),
    ),
    Guard("version", a_ticket_saved_by_two_keeps_what_the_first_saved, _check_no_version),
]  # fmt: skip
BESIDE_OTHERS = [
    Guard(
        "lock of the claim", a_row_that_one_engine_has_is_left_alone_by_the_other, _lock_nothing
    ),
    Guard("skipping what is locked", an_engine_waits_for_nobody, _lock_with(skip_locked=False)),
    Guard("lock of the ticket", an_engine_waits_for_nobody, _lock_with(of=("self",))),
]  # fmt: skip


def _each(guards: list[Guard]) -> Any:
    return pytest.mark.parametrize("guard", guards, ids=lambda guard: guard.name)


@_each(HERE)
def test_with_the_guard_it_holds(cast: Cast, guard: Guard, monkeypatch: Patch) -> None:
    guard.check(cast, monkeypatch)


@_each(HERE)
def test_without_the_guard_it_breaks(cast: Cast, guard: Guard, monkeypatch: Patch) -> None:
    guard.remove(monkeypatch)
    with (
        pytest.raises((AssertionError, DatabaseError, pytest.fail.Exception)),
        transaction.atomic(),
    ):
        guard.check(cast, monkeypatch)


@pytest.mark.django_db(transaction=True)
@_each(BESIDE_OTHERS)
def test_with_the_guard_two_engines_agree(cast: Cast, guard: Guard, monkeypatch: Patch) -> None:
    guard.check(cast, monkeypatch)


@pytest.mark.django_db(transaction=True)
@_each(BESIDE_OTHERS)
def test_without_the_guard_two_engines_clash(cast: Cast, guard: Guard, monkeypatch: Patch) -> None:
    guard.remove(monkeypatch)
    with pytest.raises(AssertionError):
        guard.check(cast, monkeypatch)
