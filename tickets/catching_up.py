"""Limits that fell due before the desk knew of the matter: judged and recorded, never fired (verb)."""

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Greatest

from organisation.models import Staff
from tickets import history, owed
from tickets.models import Clock, Deadline, Event, Task, Ticket
from tickets.states import Happening

_HAPPENING = {"remind": Happening.REMINDED, "warn": Happening.LIMIT_WARNED, "due": Happening.OVERDUE}


def judge_past(*, ticket: Ticket, until: datetime, by: Staff | None, at: datetime) -> int:
    """Mark what the ticket's clocks and tasks missed before `until` as fired at its own time; the number.

    History loaded is not lived (design §8): events and misses are recorded, nobody is told.
    Call it before each loaded step, so that what fell due before the step stands before it; the
    ticket given is as the last step left it.
    """
    return _judge_deadlines(ticket, until, at) + _judge_tasks(ticket, until, at)


def _judge_deadlines(ticket: Ticket, until: datetime, at: datetime) -> int:
    due = Deadline.objects.filter(ticket=ticket, next_fire_at__lt=until)
    if not due.exists():
        return 0
    rows = list(due.order_by("fires_at", "id"))
    # A clock that runs on after a result was sent back may have been due before that.
    since = ticket.latest_event_at
    Event.objects.bulk_create(_event(row, ticket, max(row.fires_at, since), at) for row in rows)
    due.update(fired_at=Greatest(F("fires_at"), Value(since)), next_fire_at=None)
    for row in rows:
        if row.stage == "due":
            clock = Clock.objects.filter(ticket=ticket, name=row.clock, measure=row.measure)
            clock.filter(missed_at=None).update(missed_at=row.due_at)
    ticket.latest_event_at = max(since, rows[-1].fires_at)
    ticket.escalation_level = max(ticket.escalation_level, *map(_rung, rows))
    Ticket.objects.filter(pk=ticket.pk).update(
        latest_event_at=ticket.latest_event_at, escalation_level=ticket.escalation_level
    )
    return len(rows)


def _judge_tasks(ticket: Ticket, until: datetime, at: datetime) -> int:
    """Tasks that came due before `until` while they were open are recorded as overdue; a warning
    whose time has passed is dropped."""
    waiting = Task.objects.filter(ticket=ticket, next_fire_at__lt=until)
    overdue = list(waiting.filter(due_at__lt=until).order_by("due_at", "id"))
    waiting.filter(due_at__gte=until).update(next_fire_at=F("due_at"))
    since = ticket.latest_event_at
    Event.objects.bulk_create(
        history.event(
            ticket=ticket, code=Happening.TASK_MISSED, by=None, at=max(task.due_at, since),
            recorded_at=at, from_state=ticket.state,
            facts={**owed.facts(task), "told": [], "told_en": []},
        )
        for task in overdue
    )  # fmt: skip
    if overdue:
        Task.objects.filter(pk__in=[task.pk for task in overdue]).update(
            missed_at=F("due_at"), next_fire_at=None
        )
        ticket.latest_event_at = max(since, overdue[-1].due_at)
        Ticket.objects.filter(pk=ticket.pk).update(latest_event_at=ticket.latest_event_at)
    return len(overdue)


def _event(row: Deadline, ticket: Ticket, happened_at: datetime, at: datetime) -> Event:
    code = _HAPPENING.get(row.stage.partition("-")[0], Happening.ESCALATED)
    return history.event(
        ticket=ticket, code=code, by=None, at=happened_at, recorded_at=at, from_state=ticket.state,
        facts={
            "clock": row.clock, "stage": row.stage, "due_at": row.due_at.isoformat(),
            "role": row.role, "told": [], "told_en": [],
        },
    )  # fmt: skip


def _rung(row: Deadline) -> int:
    """The step of the ladder a stage stands for; 0 where it is none."""
    return int(row.stage.removeprefix("rung-")) if row.stage.startswith("rung-") else 0
