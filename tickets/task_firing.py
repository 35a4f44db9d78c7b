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

from assignment.on_duty import OnDuty
from organisation import office_hours
from organisation.models import Staff, Unit
from organisation.roles import Role
from tickets import alarms, hearers, one_by_one, owed
from tickets.hearers import Hearer
from tickets.models import Task, TaskKind
from tickets.states import Happening, State

BATCH = 200


@dataclass
class _Effects:
    """Everything one batch will write."""

    at: datetime
    said: alarms.Said
    duty: OnDuty
    missed: list[int] = field(default_factory=list)
    warned: list[int] = field(default_factory=list)
    void: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


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
    units = {unit.pk: unit for task in tasks if (unit := _unit_of(task)) is not None}
    effects = _Effects(at, alarms.Said(at, is_backlog=len(tasks) >= BATCH), OnDuty(at, list(units.values())))
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
        owners = hearers.allowed(_owners(task, effects), task.ticket)
        _tell_all(owners, task, "task_near", owed.facts(task), effects)
    else:
        _miss(task, effects)


def _unit_of(task: Task) -> Unit | None:
    return task.unit or (task.staff.unit if task.staff else None)


def _miss(task: Task, effects: _Effects) -> None:
    people = [
        *_owners(task, effects), _answering(task, Role.UNIT_LEADER, effects),
        hearers.there(task.ticket.tracker, "tracker"), hearers.there(task.opened_by, "asked_for_it"),
        *_above(task, effects),
    ]  # fmt: skip
    heard = hearers.allowed(hearers.each_once(people), task.ticket)
    facts: dict[str, Any] = {**owed.facts(task), **alarms.lateness(task.due_at, effects.at)}
    effects.said.happened(
        task.ticket, Happening.TASK_MISSED, {**facts, **hearers.facts(heard)}
    )
    effects.missed.append(task.pk)
    _tell_all(heard, task, "task_missed", facts, effects)


def _above(task: Task, effects: _Effects) -> list[Hearer | None]:
    """Who else must hear: of a late report-back its supervisor and the unit's liaison, of a note
    nobody wrote the executive's deputy and the leader on duty (domain §3b)."""
    if task.kind == TaskKind.REPORT_BACK and task.unit is not None:
        supervisor = hearers.there(task.ticket.supervisor, "supervisor")
        return [supervisor, _answering(task, Role.LIAISON, effects)]
    if task.kind == TaskKind.ANNOTATE and task.staff is not None:
        leading = None
        if not office_hours.is_open(effects.at):
            leading = effects.duty.leading(task.staff.unit)
        deputy = task.staff.deputy
        return [
            Hearer.by(deputy, "owner") if deputy else None,
            Hearer.by(leading, "duty_leader") if leading else None,
        ]  # fmt: skip
    return []


def _owners(task: Task, effects: _Effects) -> list[Hearer]:
    """The person who owes it or their deputy, else the leader of the unit that does."""
    owner = hearers.there(task.staff, "owner")
    return hearers.each_once([owner or _answering(task, Role.UNIT_LEADER, effects)])


def _answering(task: Task, role: Role, effects: _Effects) -> Hearer | None:
    """Who answers for the unit of the task in the role now."""
    unit = _unit_of(task)
    answer = effects.duty.answering(unit, role) if unit is not None else None
    return Hearer.of(answer) if answer is not None else None


def _tell_all(
    people: list[Hearer], task: Task, code: str, facts: dict[str, Any], effects: _Effects
) -> None:
    # Notices and mails of a report carry none of its words.
    hidden = {"text"} if task.ticket.is_confidential else set()
    told = {name: value for name, value in facts.items() if name not in hidden}
    for one in people:
        effects.said.tell(
            one.staff, task.ticket, code=code, key=f"{code}:{task.pk}",
            facts={**told, "because": one.because},
        )  # fmt: skip


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
