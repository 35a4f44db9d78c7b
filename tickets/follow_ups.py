"""What was promised to the customer beyond the answer: it keeps the ticket from closing (verb).

承诺跟进事项 (seeds row 47): whoever speaks with the customer promises, somebody owes it by a time,
and only keeping the promise, or a supervisor's reasoned word, frees the ticket.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import lifecycle, owed, tasks
from tickets.models import Task, TaskKind, Ticket
from tickets.states import OPEN


class OverAlready(DeskError):
    """Nothing is promised on a ticket that has ended."""

    message = _("This ticket has ended. Reopen it before you promise anything more.")


def promise(
    *, ticket: Ticket, text: str, due_at: datetime, staff: Staff, by: Staff, at: datetime
) -> Task:
    """Something the customer was promised, owed by the person until the due time. Raises
    owed.NotYoursToPromise, OverAlready and what tasks.open raises."""
    owed.check_may_promise(by, ticket)
    if ticket.state not in OPEN:
        raise OverAlready
    return tasks.open(
        ticket=ticket, kind=TaskKind.FOLLOW_UP, text=text, due_at=due_at, staff=staff, by=by, at=at
    )


def finish(*, task: Task, result: str, by: Staff, at: datetime) -> Task:
    """The promise is kept; if it was the last and the callback is over, the ticket closes."""
    with transaction.atomic():
        ended = tasks.finish(task=task, result=result, frees_ticket=True, by=by, at=at)
        _free(task, at)
    return ended


def drop(*, task: Task, reason: str, by: Staff, at: datetime) -> Task:
    """A supervisor lets the promise go, with the reason; then as when it is kept."""
    with transaction.atomic():
        ended = tasks.drop(task=task, reason=reason, by=by, at=at)
        _free(task, at)
    return ended


def _free(task: Task, at: datetime) -> None:
    if task.kind == TaskKind.FOLLOW_UP:
        ticket = Ticket.objects.defer("words").get(pk=task.ticket_id)
        lifecycle.conclude_if_free(ticket=ticket, by=None, at=at)
