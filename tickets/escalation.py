"""What happens when a deadline fires: claim, judge, tell, record, in one commit (verb).

1. Claim what is due at the database's instant `at`, oldest first, skipping what others hold.
2. Judge again under the lock: the ticket is open, and the clock still runs in this generation.
3. Write the event, the notices, the outgoing messages and the mark in the same transaction; a rung
   leaves a call besides, which is said again until somebody acknowledges it (tickets.calling).
4. A batch that raises is replayed row by row, each in its own savepoint; a row that raises again
   is pushed 30 seconds away with its error, and the rest go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from organisation.models import Staff
from organisation.roles import Role
from servicedesk.lib import table_insert
from tickets import alarms, hearers, one_by_one, repeats
from tickets.kinds import ClockName
from tickets.models import Clock, Deadline, Escalation, Ticket
from tickets.states import Happening, State

BATCH = 200

# Wide, and of no use here.
_UNREAD = tuple(
    f"ticket__{name}" for name in ("words", "text", "result", "source_facts", "choice_reasons")
)


@dataclass
class Effects:
    """Everything one batch will write."""

    at: datetime
    said: alarms.Said
    room: hearers.Room
    fired: list[int] = field(default_factory=list)
    void: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    unsigned: list[int] = field(default_factory=list)
    raised: dict[int, int] = field(default_factory=dict)
    calls: list[Escalation] = field(default_factory=list)


def fire_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Fire what is due now, at most `limit` rows; the number taken."""
    with transaction.atomic():
        rows = _claim(at, limit)
        return one_by_one.together(rows, do=_apply, fires="next_fire_at", at=at)


def _claim(at: datetime, limit: int) -> list[Deadline]:
    # What falls due while this runs is left to the next sweep, so that nothing is recorded as
    # fired before its time. People and units are read once for the whole batch (tickets.hearers).
    due = Deadline.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket"))
    return list(locked.select_related("ticket").defer(*_UNREAD)[:limit])


def _apply(rows: Sequence[Deadline], at: datetime) -> None:
    clocks = _running(rows)
    alive = [row for row in rows if _is_alive(row, clocks.get(_clock_of(row)))]
    # A full batch is a backlog: what each person hears then leaves bundled (notifications.posting).
    said = alarms.Said(at, is_backlog=len(rows) >= BATCH)
    roles = sorted({row.role for row in alive if row.role})
    effects = Effects(at, said, hearers.Room(at, [row.ticket for row in alive], roles))
    effects.void += [row.pk for row in {*rows} - {*alive}]
    for row in alive:
        _judge(row, clocks[_clock_of(row)], effects)
    _write(effects)


def _clock_of(row: Deadline) -> tuple[int, str, str]:
    return row.ticket_id, row.clock, row.measure


def _is_alive(row: Deadline, clock: Clock | None) -> bool:
    return row.ticket.is_open and clock is not None and clock.generation == row.generation


def _running(rows: Sequence[Deadline]) -> dict[tuple[int, str, str], Clock]:
    """The clocks of these tickets that still run."""
    clocks = Clock.objects.filter(ticket_id__in={row.ticket_id for row in rows}, stopped_at=None)
    return {(one.ticket_id, one.name, one.measure): one for one in clocks}


def _judge(row: Deadline, clock: Clock, effects: Effects) -> None:
    code, answering = _who_hears(row, effects.room)
    people = hearers.allowed(answering, row.ticket)
    # A limit that holds since another kind was found could not fire before that.
    wanted_at = max(row.fires_at, clock.replanned_at or row.fires_at)
    facts: dict[str, Any] = {
        "clock": row.clock, "stage": row.stage, "due_at": row.due_at.isoformat(),
        "role": row.role, "generation": row.generation,
        **alarms.lateness(wanted_at, max(effects.at, row.ticket.latest_event_at)),
    }  # fmt: skip
    effects.said.happened(row.ticket, code, {**facts, **hearers.facts(people)})
    effects.fired.append(row.pk)
    if code == Happening.OVERDUE:
        effects.missed.append(clock.pk)
        if row.clock == ClockName.SIGN and row.ticket.state == State.DISPATCHED:
            effects.unsigned.append(row.ticket_id)
    if code == Happening.ESCALATED:
        rung = int(row.stage.removeprefix("rung-"))
        effects.raised[row.ticket_id] = max(rung, effects.raised.get(row.ticket_id, 0))
        effects.calls += _call(row, people, effects)
    for one in people:
        effects.said.tell(
            one.staff, row.ticket, code=code, key=f"deadline:{row.pk}",
            facts={**facts, "because": one.because},
        )  # fmt: skip


def _who_hears(row: Deadline, room: hearers.Room) -> tuple[Happening, list[hearers.Hearer]]:
    """The code of the event and the people told, each once."""
    ticket = row.ticket
    leader = room.holder(ticket, Role.UNIT_LEADER)
    handler = room.handler(ticket)
    if row.stage == "warn":
        return Happening.LIMIT_WARNED, hearers.each_once([handler, leader])
    if not row.stage.startswith(("due", "rung-")):
        return Happening.REMINDED, hearers.each_once([handler or leader])
    if row.stage == "due":
        liaison = room.holder(ticket, Role.LIAISON)
        told = [handler, room.tracker(ticket), leader, liaison, room.leading(ticket)]
        return Happening.OVERDUE, hearers.each_once(told)
    found = repeats.rung(ticket, row.clock, row.measure, row.stage)
    called = room.holder(ticket, Role(row.role), found.then if found else ())
    return Happening.ESCALATED, hearers.each_once([called, room.leading(ticket)])


def _call(
    row: Deadline, people: Sequence[hearers.Hearer], effects: Effects
) -> list[Escalation]:
    """The call that a fired rung leaves, with the instant at which it is first said again."""
    if not people:
        return []
    found = repeats.rung(row.ticket, row.clock, row.measure, row.stage)
    first, *others = people
    stands_for = first.answer.stands_for if first.answer else None
    return [
        Escalation(
            ticket=row.ticket, deadline=row, clock=row.clock, measure=row.measure, stage=row.stage,
            generation=row.generation, role=row.role, staff=first.staff, stands_for=stands_for,
            duty_leader=others[0].staff if others else None, told_at=effects.at,
            next_fire_at=repeats.following(row.ticket, found, effects.at) if found else None,
        )
    ]  # fmt: skip


def _write(effects: Effects) -> None:
    at = effects.at
    effects.said.write()
    Deadline.objects.filter(pk__in=effects.fired).update(fired_at=at, next_fire_at=None)
    Deadline.objects.filter(pk__in=effects.void).update(cancelled_at=at, next_fire_at=None)
    table_insert.new(effects.calls)
    missed = Clock.objects.filter(pk__in=effects.missed, missed_at=None)
    missed.update(missed_at=models.F("due_at"))
    # The desk signs in a claim of its own (tickets.signing), right after this commit.
    Ticket.objects.filter(pk__in=effects.unsigned, state=State.DISPATCHED).update(auto_sign_at=at)
    for rung in set(effects.raised.values()):
        ids = [pk for pk, level in effects.raised.items() if level == rung]
        Ticket.objects.filter(pk__in=ids, escalation_level__lt=rung).update(escalation_level=rung)
