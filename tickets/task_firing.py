"""What happens when a task comes near its due time or passes it: tell, record, in one commit (verb).

1. Claim what is due at the database's instant `at`, oldest first, skipping what others hold.
2. Judge again under the lock: still open, and its ticket not cancelled.
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
from organisation.models import Staff, Unit
from organisation.roles import Role
from tickets import alarms, one_by_one, owed
from tickets.models import Task, TaskKind
from tickets.states import Happening, State

BATCH = 200


@dataclass
class _Effects:
    """Everything one batch will write."""

    at: datetime
    said: alarms.Said
    missed: list[int] = field(default_factory=list)
    warned: list[int] = field(default_factory=list)
    void: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    leaders: dict[int, Staff | None] = field(default_factory=dict)


def fire_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Warn of and record what is due now, at most `limit` tasks; the number taken."""
    with transaction.atomic():
        tasks = _claim(at, limit)
        return one_by_one.together(tasks, do=_apply, fires="next_fire_at", at=at)


def _claim(at: datetime, limit: int) -> list[Task]:
    due = Task.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket"))
    return list(
        locked.select_related(
            "ticket__tracker", "ticket__lead_unit", "ticket__supervisor", "unit", "staff__unit",
            "staff__deputy", "opened_by",
        ).defer("ticket__words")[:limit]
    )  # fmt: skip


def _apply(tasks: Sequence[Task], at: datetime) -> None:
    effects = _Effects(at=at, said=alarms.Said(at))
    for task in tasks:
        _judge(task, effects)
    _write(effects)


def _judge(task: Task, effects: _Effects) -> None:
    if not task.is_open:
        effects.void.append(task.pk)
    elif task.ticket.state == State.CANCELLED:
        # Nothing is owed on a ticket that was taken out.
        facts = {**owed.facts(task), "reason_code": "ticket_cancelled"}
        effects.said.happened(task.ticket, Happening.TASK_DROPPED, facts)
        effects.dropped.append(task.pk)
    elif effects.at < task.due_at:
        effects.warned.append(task.pk)
        owners = alarms.who_may_hear(_owners(task, effects), task.ticket)
        _tell_all(owners, task, "task_near", owed.facts(task), effects)
    else:
        _miss(task, effects)


def _miss(task: Task, effects: _Effects) -> None:
    unit = task.unit or (task.staff.unit if task.staff else None)
    people = [
        *_owners(task, effects), _leader(unit, effects), task.ticket.tracker, task.opened_by,
        *_above(task, unit, effects),
    ]  # fmt: skip
    heard = alarms.who_may_hear(alarms.distinct(*people), task.ticket)
    facts: dict[str, Any] = {
        **owed.facts(task), **alarms.told(heard), **alarms.lateness(task.due_at, effects.at)
    }
    effects.said.happened(task.ticket, Happening.TASK_MISSED, facts)
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


def _owners(task: Task, effects: _Effects) -> list[Staff]:
    """The person who owes it, or the leader of the unit that does."""
    return alarms.distinct(task.staff or _leader(task.unit, effects))


def _leader(unit: Unit | None, effects: _Effects) -> Staff | None:
    """Who leads the unit now; an absent leader's deputy."""
    if unit is None:
        return None
    if unit.pk not in effects.leaders:
        effects.leaders[unit.pk] = duty_roster.responsible(unit, Role.UNIT_LEADER, effects.at)
    return effects.leaders[unit.pk]


def _tell_all(
    people: list[Staff], task: Task, code: str, facts: dict[str, Any], effects: _Effects
) -> None:
    # Notices and mails of a report carry none of its words.
    hidden = {"text"} if task.ticket.is_confidential else set()
    told = {name: value for name, value in facts.items() if name not in hidden}
    for person in people:
        effects.said.tell(
            person, task.ticket, code=code, key=f"{code}:{task.pk}", facts=told
        )


def _write(effects: _Effects) -> None:
    at = effects.at
    effects.said.write()
    Task.objects.filter(pk__in=effects.missed).update(
        missed_at=models.F("due_at"), next_fire_at=None
    )
    Task.objects.filter(pk__in=effects.warned).update(
        warned_at=at, next_fire_at=models.F("due_at")
    )
    Task.objects.filter(pk__in=effects.dropped).update(dropped_at=at, next_fire_at=None)
    Task.objects.filter(pk__in=effects.void).update(next_fire_at=None)
