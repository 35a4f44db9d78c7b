"""Who owes which task (question)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import permissions
from tickets.models import Task, TaskKind, Ticket
from tickets.models.task import TaskQuerySet


class OnlyTheLeadAnswers(DeskError):
    """Three units never give a customer three answers (多头答复, domain §6 row 28)."""

    message = _(
        "Your unit helps with this ticket. Only the lead unit answers the customer: finish your"
        " own part, and the lead unit reports done."
    )
    http_status = 403


def is_owed_by(user: Staff, task: Task) -> bool:
    """Whether the person is the one who owes it, or of the unit that has named nobody yet."""
    if task.staff_id is not None:
        return task.staff_id == user.pk
    return task.unit is not None and user.unit.is_within(task.unit)


def is_led_by(user: Staff, task: Task) -> bool:
    """Whether the person leads the unit that owes it, and so may name who does it."""
    is_there = task.unit is not None and user.unit.is_within(task.unit)
    return is_there and Permission.LEAD_UNIT in user.permissions


def follow_ups(ticket: Ticket) -> TaskQuerySet:
    """Promises to the customer (承诺跟进事项) that are still open; they keep a ticket from closing."""
    return Task.objects.open().filter(ticket=ticket, kind=TaskKind.FOLLOW_UP)


def co_tasks(ticket: Ticket) -> TaskQuerySet:
    """What other units still owe in joint handling (会办)."""
    return Task.objects.open().filter(ticket=ticket, kind=TaskKind.CO_HANDLING)


def steers(user: Staff) -> bool:
    """Whether the person sends tickets on or works the overdue: dispatch, supervision, callback."""
    steering = {Permission.DISPATCH, Permission.SUPERVISE, Permission.CALL_BACK}
    return bool(user.permissions & steering)


def helps(user: Staff, ticket: Ticket) -> bool:
    """Whether the person's unit was asked to help with the ticket, now or before."""
    asked = Task.objects.filter(ticket=ticket, kind=TaskKind.CO_HANDLING)
    return asked.filter(unit__path__in=user.unit.paths_to_root).exists()


def check_lead_answers(user: Staff, ticket: Ticket) -> None:
    """Nothing unless the person helps with a ticket that another unit leads; else
    OnlyTheLeadAnswers."""
    if not permissions.is_of_the_unit(user, ticket) and helps(user, ticket):
        raise OnlyTheLeadAnswers


def facts(task: Task) -> dict[str, Any]:
    """What every event and notice of a task says of it."""
    return {
        "task": task.pk, "kind": task.kind, "text": task.text, "unit_id": task.unit_id,
        "staff_id": task.staff_id, "due_at": task.due_at.isoformat(),
    }  # fmt: skip
