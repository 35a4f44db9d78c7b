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


class NotYoursToInvite(DeskError):
    """Dispatchers, supervisors and the lead unit's own leader ask other units to help."""

    message = _("Only a dispatcher, a supervisor or the leader of the lead unit asks others to help.")
    http_status = 403


class NotYoursToPromise(DeskError):
    """Those who speak with the customer promise: the tracker, the lead unit, callback, dispatch."""

    message = _("Only the tracker, the lead unit and those who steer the ticket promise anything.")
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


def is_own_debt(user: Staff, task: Task) -> bool:
    """Whether the person, or their unit, owes it, and so cannot decide that it falls away."""
    if task.staff_id == user.pk:
        return True
    return task.unit is not None and user.unit.is_within(task.unit)


def may_drop(user: Staff, task: Task, ticket: Ticket) -> bool:
    """Whether the person may decide that it falls away: supervisors; of anything but a promise to a
    customer dispatchers too; of a request to help also the leader of the lead unit."""
    if is_own_debt(user, task):
        return False
    if Permission.SUPERVISE in user.permissions:
        return True
    if task.kind == TaskKind.FOLLOW_UP:
        return False
    is_of_lead = ticket.lead_unit is not None and user.unit.is_within(ticket.lead_unit)
    leads = is_of_lead and Permission.LEAD_UNIT in user.permissions
    return Permission.DISPATCH in user.permissions or (
        task.kind == TaskKind.CO_HANDLING and leads
    )


def may_invite(user: Staff, ticket: Ticket) -> bool:
    """Whether the person asks other units to help: who steers, and the lead unit's own leader."""
    leads = Permission.LEAD_UNIT in user.permissions and permissions.is_of_the_unit(user, ticket)
    return leads or bool(user.permissions & {Permission.DISPATCH, Permission.SUPERVISE})


def check_may_invite(user: Staff, ticket: Ticket) -> None:
    """Nothing if the person may ask other units to help; else NotYoursToInvite."""
    if not may_invite(user, ticket):
        raise NotYoursToInvite


def check_may_promise(user: Staff, ticket: Ticket) -> None:
    """Nothing if the person may promise the customer something; else NotYoursToPromise."""
    if not may_promise(user, ticket):
        raise NotYoursToPromise


def may_promise(user: Staff, ticket: Ticket) -> bool:
    """Whether the person speaks with the customer: the tracker, the lead unit, who steers it."""
    is_first_asked = user.pk == ticket.tracker_id
    return is_first_asked or permissions.is_of_the_unit(user, ticket) or steers(user)


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
