"""Tasks beside a ticket's own handling: give, sign for, finish, drop (verb).

Whoever owes a task answers for it alone: its person, or while nobody is named the people of its
unit. Nobody finishes it on their behalf, and nobody takes back what they owe themselves.
tickets.task_firing warns before the due time and records that it passed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from assignment import duty_roster
from organisation.models import Staff, Unit
from organisation.roles import Role
from servicedesk.lib.errors import DeskError
from tickets import confidants, owed, receivers, task_times, transition
from tickets.models import Task, TaskKind, Ticket
from tickets.states import Move


class NothingToDo(DeskError):
    """A task says what is to be done."""

    message = _("Say what is to be done.")
    field = "text"


class NobodyOwesIt(DeskError):
    """A task is owed by a person or a unit that is there."""

    message = _("Say which active person or unit is to do it.")


class NotOfThatUnit(DeskError):
    """A unit's task is done by its own people."""

    message = _("This person is not of the unit that owes the task. Choose a colleague there.")
    field = "to"


class AboutThem(DeskError):
    """A confidential report gives no task to those it is about (举报)."""

    message = _("A confidential report gives no task to those it is about.")


class DueAlready(DeskError):
    """A task is due in time to come."""

    message = _("The time it is due by has passed already. Choose a later one.")
    field = "due_at"


class NotYourTask(DeskError):
    """Only whoever owes a task signs for it and finishes it."""

    message = _("Somebody else owes this task. Nothing was changed.")
    http_status = 403


class OwnDebt(DeskError):
    """Nobody drops what they owe themselves."""

    message = _("You owe this task yourself; somebody else must decide that it falls away.")
    http_status = 403


class TaskOver(DeskError):
    """The task is finished or dropped already."""

    message = _("This task is over already. Nothing was changed.")


class PromiseToACustomer(DeskError):
    """A ticket may wait for a promise: tickets.follow_ups ends it and sees to the ticket."""

    message = _("This is a promise to a customer. Finish it as a promised follow-up.")


class OwedToTheSupervisor(DeskError):
    """A report-back is heard by the supervisor: tickets.supervision takes it."""

    message = _("This is a report to the supervisor. Give it on the ticket, under Report back.")


class ResultMissing(DeskError):
    """A finished task says what came of it."""

    message = _("Say what came of it.")
    field = "result"


class WhyDropped(DeskError):
    """A dropped task says why."""

    message = _("Say why the task falls away.")
    field = "reason"


def open(  # noqa: A001
    *, ticket: Ticket, kind: TaskKind, text: str, due_at: datetime, unit: Unit | None = None,
    staff: Staff | None = None, by: Staff | None, at: datetime,
) -> Task:
    """A task owed by the person, or by the unit until somebody there signs for it; its owner and
    the unit's leader hear of it. Raises NothingToDo, NobodyOwesIt, NotOfThatUnit, AboutThem,
    DueAlready."""
    if not text.strip():
        raise NothingToDo
    if due_at <= at:
        raise DueAlready
    _check_owner(ticket, unit, staff)
    with transition.step(ticket, Move.OPEN_TASK, by=by, at=at) as step:
        receivers.hold([staff] if staff else [])
        task = Task.objects.create(
            ticket=step.ticket, kind=kind, text=text.strip(), unit=unit, staff=staff,
            opened_at=step.at, opened_by=by, due_at=due_at,
            next_fire_at=task_times.first(step.at, due_at),
        )  # fmt: skip
        step.facts |= owed.facts(task)
        for person in _receivers(task, step.at):
            step.tell(person, "task_opened")
    return task


def sign(*, task: Task, to: Staff | None = None, by: Staff, at: datetime) -> Task:
    """Sign for a task (签收): who signs does it, or, if the unit's leader does, whom they name.
    The leader may name another one later. Raises NotYourTask, NotOfThatUnit, TaskOver."""
    with _changing(task, Move.SIGN_TASK, by, at) as (step, locked):
        doer = to or by
        leads = owed.is_led_by(by, locked)
        if not (leads or (doer == by and owed.is_owed_by(by, locked))):
            raise NotYourTask
        receivers.hold([doer])
        if locked.unit is not None and not (doer.is_active and doer.unit.is_within(locked.unit)):
            raise NotOfThatUnit
        if confidants.is_excluded(doer, step.ticket):
            raise AboutThem
        if locked.unit is not None:
            locked.staff = doer
        locked.signed_at = locked.signed_at or step.at
        locked.save(update_fields=["staff", "signed_at"])
        step.tell(doer, "task_opened")
    return locked


def finish(
    *, task: Task, result: str, frees_ticket: bool = False, by: Staff, at: datetime
) -> Task:
    """The owner's word on what came of it; whoever gave it and the ticket's tracker hear. Raises
    ResultMissing, NotYourTask, TaskOver, OwedToTheSupervisor, and PromiseToACustomer unless the
    caller `frees_ticket` that waited for it."""
    if not result.strip():
        raise ResultMissing
    with _changing(task, Move.FINISH_TASK, by, at) as (step, locked):
        if not owed.is_owed_by(by, locked):
            raise NotYourTask
        if locked.kind == TaskKind.FOLLOW_UP and not frees_ticket:
            raise PromiseToACustomer
        if locked.kind == TaskKind.REPORT_BACK:
            raise OwedToTheSupervisor
        locked.signed_at = locked.signed_at or step.at
        locked.done_at, locked.done_by, locked.result = step.at, by, result.strip()
        _end(locked)
        step.facts |= {"result": locked.result}
        for person in _hearers(locked, step.ticket):
            step.tell(person, "task_done")
    return locked


def drop(*, task: Task, reason: str, by: Staff | None, at: datetime) -> Task:
    """Decide that a task falls away, with the reason; its owner and whoever gave it hear. A
    promise to a customer is let go by a supervisor alone. Raises WhyDropped, OwnDebt, NotYourTask,
    TaskOver."""
    if not reason.strip():
        raise WhyDropped
    with _changing(task, Move.DROP_TASK, by, at) as (step, locked):
        if by is not None and owed.is_own_debt(by, locked):
            raise OwnDebt
        if by is not None and not owed.may_drop(by, locked, step.ticket):
            raise NotYourTask
        locked.dropped_at, locked.result = step.at, reason.strip()
        _end(locked)
        step.facts |= {"reason": locked.result}
        step.tell(locked.staff, "task_dropped")
        for person in _hearers(locked, step.ticket):
            step.tell(person, "task_dropped")
    return locked


@contextmanager
def _changing(
    task: Task, move: Move, by: Staff | None, at: datetime
) -> Iterator[tuple[transition.Step, Task]]:
    """The ticket's step and the task, both locked; its event says which task as it was left."""
    with transition.step(task.ticket, move, by=by, at=at) as step:
        rows = Task.objects.select_for_update(no_key=True, of=("self",))
        locked = rows.select_related("unit", "staff", "opened_by").get(pk=task.pk)
        if not locked.is_open:
            raise TaskOver
        yield step, locked
        step.facts = {**owed.facts(locked), **step.facts}


def _end(task: Task) -> None:
    task.next_fire_at = None
    task.save(
        update_fields=["signed_at", "done_at", "done_by", "result", "dropped_at", "next_fire_at"]
    )


def _check_owner(ticket: Ticket, unit: Unit | None, staff: Staff | None) -> None:
    is_there = unit is not None or staff is not None
    if not is_there or (unit and not unit.is_active) or (staff and not staff.is_active):
        raise NobodyOwesIt
    if unit is not None and staff is not None and not staff.unit.is_within(unit):
        raise NotOfThatUnit
    if unit is not None and confidants.keeps_out(unit, ticket):
        raise AboutThem
    if staff is not None and confidants.is_excluded(staff, ticket):
        raise AboutThem


def _receivers(task: Task, at: datetime) -> list[Staff]:
    """The person who owes it; of a unit its leader and liaison, who name one."""
    if task.staff is not None:
        return [task.staff]
    if task.unit is None:
        return []
    posts = (Role.UNIT_LEADER, Role.LIAISON)
    found = [duty_roster.responsible(task.unit, role, at) for role in posts]
    return list({one.pk: one for one in found if one is not None}.values())


def _hearers(task: Task, ticket: Ticket) -> list[Staff]:
    """Whoever gave it, the tracker and the lead handler, each once."""
    people = [task.opened_by, ticket.tracker, ticket.lead_handler]
    return list({one.pk: one for one in people if one is not None}.values())
