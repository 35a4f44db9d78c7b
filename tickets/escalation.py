"""What happens when a deadline fires: claim, judge, tell, record, in one commit (verb).

1. Claim what is due at the database's instant `at`, oldest first, skipping what others hold.
2. Judge again under the lock: the ticket is open, and the clock still runs in this generation.
3. Write the event, the notices, the outgoing messages and the mark in the same transaction.
4. A batch that raises is replayed row by row, each in its own savepoint; a row that raises again
   is pushed 30 seconds away with its error, and the rest go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from assignment import duty_roster
from organisation.models import Staff
from organisation.roles import Role
from tickets import alarms, one_by_one
from tickets.kinds import ClockName
from tickets.models import Clock, Deadline, Ticket
from tickets.states import Happening, State

BATCH = 200

# Wide, and of no use here.
_UNREAD = tuple(
    f"ticket__{name}"
    for name in ("words", "text", "result", "source_facts", "choice_reasons", "calendar_versions")
)
_PEOPLE = tuple(
    f"ticket__{name}" for name in ("lead_unit", "intake_unit", "lead_handler", "tracker")
)


@dataclass
class Effects:
    """Everything one batch will write."""

    at: datetime
    said: alarms.Said
    fired: list[int] = field(default_factory=list)
    void: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    unsigned: list[int] = field(default_factory=list)
    raised: dict[int, int] = field(default_factory=dict)
    on_duty: dict[tuple[int, str], Staff | None] = field(default_factory=dict)


def fire_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Fire what is due now, at most `limit` rows; the number taken."""
    with transaction.atomic():
        rows = _claim(at, limit)
        return one_by_one.together(rows, do=_apply, fires="next_fire_at", at=at)


def _claim(at: datetime, limit: int) -> list[Deadline]:
    # What falls due while this runs is left to the next sweep, so that nothing is recorded as
    # fired before its time.
    due = Deadline.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket"))
    rows = list(locked.select_related("ticket").defer(*_UNREAD)[:limit])
    # The same few people and units answer for most of a batch: each is read once.
    models.prefetch_related_objects(rows, *_PEOPLE)
    return rows


def _apply(rows: Sequence[Deadline], at: datetime) -> None:
    effects = Effects(at=at, said=alarms.Said(at))
    clocks = _running(rows)
    for row in rows:
        clock = clocks.get((row.ticket_id, row.clock, row.measure))
        if row.ticket.is_open and clock is not None and clock.generation == row.generation:
            _judge(row, clock, effects)
        else:
            effects.void.append(row.pk)
    _write(effects)


def _running(rows: Sequence[Deadline]) -> dict[tuple[int, str, str], Clock]:
    """The clocks of these tickets that still run."""
    clocks = Clock.objects.filter(ticket_id__in={row.ticket_id for row in rows}, stopped_at=None)
    return {(one.ticket_id, one.name, one.measure): one for one in clocks}


def _judge(row: Deadline, clock: Clock, effects: Effects) -> None:
    code, answering = _who_hears(row, effects)
    people = alarms.who_may_hear(answering, row.ticket)
    # A limit that holds since another kind was found could not fire before that.
    wanted_at = max(row.fires_at, clock.replanned_at or row.fires_at)
    facts: dict[str, Any] = {
        "clock": row.clock, "stage": row.stage, "due_at": row.due_at.isoformat(),
        "role": row.role, **alarms.told(people),
        **alarms.lateness(wanted_at, max(effects.at, row.ticket.latest_event_at)),
    }  # fmt: skip
    effects.said.happened(row.ticket, code, facts)
    effects.fired.append(row.pk)
    if code == Happening.OVERDUE:
        effects.missed.append(clock.pk)
        if row.clock == ClockName.SIGN and row.ticket.state == State.DISPATCHED:
            effects.unsigned.append(row.ticket_id)
    if code == Happening.ESCALATED:
        rung = int(row.stage.removeprefix("rung-"))
        effects.raised[row.ticket_id] = max(rung, effects.raised.get(row.ticket_id, 0))
    for person in people:
        effects.said.tell(person, row.ticket, code=code, key=f"deadline:{row.pk}", facts=facts)


def _who_hears(row: Deadline, effects: Effects) -> tuple[Happening, list[Staff]]:
    """The code of the event and the people told, each once."""
    ticket = row.ticket
    unit = ticket.lead_unit or ticket.intake_unit
    leader = _responsible(unit, Role.UNIT_LEADER, effects)
    if row.stage.startswith("remind"):
        return Happening.REMINDED, alarms.distinct(ticket.lead_handler or leader)
    if row.stage == "warn":
        return Happening.LIMIT_WARNED, alarms.distinct(ticket.lead_handler, leader)
    on_duty = _duty_leader(unit, effects)
    if row.stage == "due":
        liaison = _responsible(unit, Role.LIAISON, effects)
        return Happening.OVERDUE, alarms.distinct(
            ticket.lead_handler, ticket.tracker, leader, liaison, on_duty
        )
    return Happening.ESCALATED, alarms.distinct(
        _responsible(unit, Role(row.role), effects), on_duty
    )


def _responsible(unit: Any, role: Role, effects: Effects) -> Staff | None:
    key = (unit.pk, role)
    if key not in effects.on_duty:
        effects.on_duty[key] = duty_roster.responsible(unit, role, effects.at)
    return effects.on_duty[key]


def _duty_leader(unit: Any, effects: Effects) -> Staff | None:
    """Who leads on duty out of hours (带班领导), when the holders of the posts are at home."""
    key = (unit.pk, "duty_leader")
    if key not in effects.on_duty:
        effects.on_duty[key] = duty_roster.duty_leader(unit, effects.at)
    return effects.on_duty[key]


def _write(effects: Effects) -> None:
    at = effects.at
    effects.said.write()
    Deadline.objects.filter(pk__in=effects.fired).update(fired_at=at, next_fire_at=None)
    Deadline.objects.filter(pk__in=effects.void).update(cancelled_at=at, next_fire_at=None)
    missed = Clock.objects.filter(pk__in=effects.missed, missed_at=None)
    missed.update(missed_at=models.F("due_at"))
    # The desk signs in a claim of its own (tickets.signing), right after this commit.
    Ticket.objects.filter(pk__in=effects.unsigned, state=State.DISPATCHED).update(auto_sign_at=at)
    for rung in set(effects.raised.values()):
        ids = [pk for pk, level in effects.raised.items() if level == rung]
        Ticket.objects.filter(pk__in=ids, escalation_level__lt=rung).update(escalation_level=rung)
