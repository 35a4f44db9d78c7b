"""What happens when a task comes near its due time or passes it: tell, record, in one commit (verb).

1. Claim what is due at the database's instant `at`, oldest first, skipping what others hold.
2. Judge again under the lock: still open, and its ticket not cancelled.
3. Write the event, the notices, the outgoing messages and the mark in the same transaction.
4. A batch that raises is replayed row by row, each in its own savepoint; a row that raises again
   is pushed 30 seconds away with its error, and the rest go on.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Greatest

from assignment import duty_roster
from notifications import outbox, silence
from notifications.models import Channel, Notice, Outbox
from organisation.models import Staff, Unit
from organisation.roles import Role
from tickets import confidants, history, owed, sight
from tickets.models import Event, Task, TaskKind, Ticket
from tickets.states import Happening, State

BATCH = 200
_PUSHED_AWAY = timedelta(seconds=30)
_LATE_ENOUGH_TO_SAY = timedelta(seconds=60)

_log = logging.getLogger(__name__)


@dataclass
class _Effects:
    """Everything one batch will write."""

    at: datetime
    events: list[Event] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    messages: list[Outbox] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    warned: list[int] = field(default_factory=list)
    void: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    leaders: dict[int, Staff | None] = field(default_factory=dict)


def fire_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Warn of and record what is due now, at most `limit` tasks; the number taken."""
    with transaction.atomic():
        tasks = _claim(at, limit)
        if not tasks:
            return 0
        try:
            with transaction.atomic():
                _apply(tasks, at)
        except Exception:
            _log.exception("A batch of %d tasks failed; replaying it row by row", len(tasks))
            for task in tasks:
                _apply_alone(task, at)
    return len(tasks)


def _claim(at: datetime, limit: int) -> list[Task]:
    due = Task.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket"))
    return list(
        locked.select_related(
            "ticket__tracker", "ticket__lead_unit", "ticket__supervisor", "unit", "staff__unit",
            "staff__deputy", "opened_by",
        ).defer("ticket__words")[:limit]
    )  # fmt: skip


def _apply_alone(task: Task, at: datetime) -> None:
    try:
        with transaction.atomic():
            _apply([task], at)
    except Exception as error:
        _log.exception("Task %d failed and is pushed away", task.pk)
        Task.objects.filter(pk=task.pk).update(
            next_fire_at=at + _PUSHED_AWAY, attempts=models.F("attempts") + 1,
            latest_error=repr(error)[:500],
        )  # fmt: skip


def _apply(tasks: list[Task], at: datetime) -> None:
    effects = _Effects(at=at)
    for task in tasks:
        _judge(task, effects)
    _write(effects)


def _judge(task: Task, effects: _Effects) -> None:
    if not task.is_open:
        effects.void.append(task.pk)
    elif task.ticket.state == State.CANCELLED:
        # Nothing is owed on a ticket that was taken out.
        facts = {**owed.facts(task), "reason_code": "ticket_cancelled"}
        effects.events.append(_event(task, Happening.TASK_DROPPED, facts, effects.at))
        effects.dropped.append(task.pk)
    elif effects.at < task.due_at:
        effects.warned.append(task.pk)
        owners = _who_may_hear(_owners(task, effects), task.ticket)
        _tell_all(owners, task, "task_near", owed.facts(task), effects)
    else:
        _miss(task, effects)


def _miss(task: Task, effects: _Effects) -> None:
    unit = task.unit or (task.staff.unit if task.staff else None)
    people = [
        *_owners(task, effects), _leader(unit, effects), task.ticket.tracker, task.opened_by,
        *_above(task, unit, effects),
    ]  # fmt: skip
    heard = _who_may_hear(_distinct(people), task.ticket)
    facts: dict[str, Any] = {
        **owed.facts(task), "told": [one.name_zh for one in heard],
        "told_en": [one.name_en for one in heard],
    }  # fmt: skip
    if effects.at - task.due_at > _LATE_ENOUGH_TO_SAY:
        facts["late_seconds"] = int((effects.at - task.due_at).total_seconds())
    effects.events.append(_event(task, Happening.TASK_MISSED, facts, effects.at))
    effects.missed.append(task.pk)
    _tell_all(heard, task, "task_missed", facts, effects)


def _above(task: Task, unit: Unit | None, effects: _Effects) -> list[Staff | None]:
    """Who else must hear: of a late report-back its supervisor and the unit's liaison, of a note
    nobody wrote the executive's deputy and the leader on duty (domain §3b)."""
    if task.kind == TaskKind.REPORT_BACK and unit is not None:
        liaison = duty_roster.responsible(unit, Role.LIAISON, effects.at)
        return [task.ticket.supervisor, liaison]
    if task.kind == TaskKind.ANNOTATE and task.staff is not None:
        return [task.staff.deputy, duty_roster.duty_leader(task.staff.unit, effects.at)]
    return []


def _event(task: Task, code: Happening, facts: dict[str, Any], at: datetime) -> Event:
    instant = max(at, task.ticket.latest_event_at)
    event = history.event(ticket=task.ticket, code=code, by=None, at=instant, facts=facts)
    event.from_state = task.ticket.state
    return event


def _owners(task: Task, effects: _Effects) -> list[Staff]:
    """The person who owes it, or the leader of the unit that does."""
    return _distinct([task.staff or _leader(task.unit, effects)])


def _leader(unit: Unit | None, effects: _Effects) -> Staff | None:
    """Who leads the unit now; an absent leader's deputy."""
    if unit is None:
        return None
    if unit.pk not in effects.leaders:
        effects.leaders[unit.pk] = duty_roster.responsible(unit, Role.UNIT_LEADER, effects.at)
    return effects.leaders[unit.pk]


def _distinct(people: list[Staff | None]) -> list[Staff]:
    return list({one.pk: one for one in people if one is not None}.values())


def _who_may_hear(people: list[Staff], ticket: Ticket) -> list[Staff]:
    """Of a confidential report only those who may see it; whoever answers for it in their place."""
    if not ticket.is_confidential:
        return people
    heard = [one for one in people if sight.may_hear(one, ticket)]
    if len(heard) == len(people) > 0:
        return heard
    return _distinct([*heard, confidants.answering(ticket)])


def _tell_all(
    people: list[Staff], task: Task, code: str, facts: dict[str, Any], effects: _Effects
) -> None:
    # Notices and mails of a report carry none of its words.
    hidden = {"text"} if task.ticket.is_confidential else set()
    told = {name: value for name, value in facts.items() if name not in hidden}
    for person in people:
        _tell(person, task, code, told, effects)


def _tell(
    person: Staff, task: Task, code: str, facts: dict[str, Any], effects: _Effects
) -> None:
    ticket, key = task.ticket, f"{code}:{task.pk}"
    told = {**facts, "title": ticket.subject}
    effects.notices.append(
        Notice(
            key=key, staff=person, code=code, subject=ticket.number, facts=told,
            created_at=effects.at,
        )
    )  # fmt: skip
    if person.email:
        name = person.name_zh if person.language.startswith("zh") else person.name_en
        effects.messages.append(
            outbox.row(
                key=f"{key}:{person.pk}", channel=Channel.EMAIL, recipient=person.email,
                template=code, language=person.language,
                facts={**told, "name": name, "number": ticket.number},
                subject="" if ticket.is_confidential else ticket.number,
                scope_path=ticket.scope_path, at=effects.at,
            )
        )  # fmt: skip


def _write(effects: _Effects) -> None:
    at = effects.at
    Event.objects.bulk_create(effects.events)
    if not silence.is_kept():
        Notice.objects.bulk_create(effects.notices, ignore_conflicts=True)
    outbox.queue(rows=effects.messages, by=None, at=at)
    Task.objects.filter(pk__in=effects.missed).update(
        missed_at=models.F("due_at"), next_fire_at=None
    )
    Task.objects.filter(pk__in=effects.warned).update(
        warned_at=at, next_fire_at=models.F("due_at")
    )
    Task.objects.filter(pk__in=effects.dropped).update(dropped_at=at, next_fire_at=None)
    Task.objects.filter(pk__in=effects.void).update(next_fire_at=None)
    touched = {event.ticket_id for event in effects.events}
    Ticket.objects.filter(pk__in=touched).update(
        latest_event_at=Greatest(models.F("latest_event_at"), models.Value(at))
    )
