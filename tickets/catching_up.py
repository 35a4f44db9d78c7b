"""Limits that fell due before the desk knew of the matter: judged and recorded, never fired (verb)."""

from datetime import datetime

from organisation.models import Staff
from tickets import history
from tickets.models import Clock, Deadline, Event, Ticket
from tickets.states import Happening

_HAPPENING = {"remind": Happening.REMINDED, "warn": Happening.LIMIT_WARNED, "due": Happening.OVERDUE}


def judge_past(*, ticket: Ticket, until: datetime, by: Staff | None, at: datetime) -> int:
    """Mark what the ticket's clocks missed before `until` as fired at its own time; the number.

    History loaded is not lived (design §8): events and misses are recorded, nobody is told.
    Call it before each loaded step, so that what fell due before the step stands before it.
    """
    rows = list(
        Deadline.objects.filter(ticket=ticket, next_fire_at__lt=until).order_by("fires_at", "id")
    )
    for row in rows:
        _judge(row, ticket, at)
    if rows:
        latest = max(ticket.latest_event_at, rows[-1].fires_at)
        Ticket.objects.filter(pk=ticket.pk).update(
            latest_event_at=latest, escalation_level=ticket.escalation_level
        )
        ticket.latest_event_at = latest
    return len(rows)


def _judge(row: Deadline, ticket: Ticket, at: datetime) -> None:
    code = _HAPPENING.get(row.stage.partition("-")[0], Happening.ESCALATED)
    happened = history.event(
        ticket=ticket, code=code, by=None, at=row.fires_at, recorded_at=at, from_state=ticket.state,
        facts={
            "clock": row.clock, "stage": row.stage, "due_at": row.due_at.isoformat(),
            "role": row.role, "told": [], "told_en": [],
        },
    )  # fmt: skip
    Event.objects.bulk_create([happened])
    Deadline.objects.filter(pk=row.pk).update(fired_at=row.fires_at, next_fire_at=None)
    if code == Happening.OVERDUE:
        clock = Clock.objects.filter(ticket=ticket, name=row.clock, measure=row.measure)
        clock.filter(missed_at=None).update(missed_at=row.due_at)
    if code == Happening.ESCALATED:
        rung = int(row.stage.removeprefix("rung-"))
        ticket.escalation_level = max(ticket.escalation_level, rung)
