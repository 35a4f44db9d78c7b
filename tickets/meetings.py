"""The liaisons' meeting (联络员会议): what was decided about a stuck case, who does it, by when (verb)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import tasks
from tickets.models import Task, TaskKind, Ticket


class NotAtTheMeeting(DeskError):
    """Liaisons, leaders and supervisors decide there."""

    message = _("Only liaisons, leaders and supervisors record what the meeting decided.")
    http_status = 403


class NotAtThisTable(DeskError):
    """A confidential report is not spoken of among units."""

    message = _("A confidential report is not a matter for the liaisons’ meeting.")


def decide(
    *, ticket: Ticket, text: str, unit: Unit, due_at: datetime, by: Staff, at: datetime
) -> Task:
    """The decision as a task of the unit, with its due time. Raises NotAtTheMeeting,
    NotAtThisTable, and what tasks.open raises."""
    if not {Permission.LEAD_UNIT, Permission.SUPERVISE} & by.permissions:
        raise NotAtTheMeeting
    if ticket.is_confidential:
        raise NotAtThisTable
    return tasks.open(
        ticket=ticket, kind=TaskKind.MEETING, text=text, unit=unit, due_at=due_at, by=by, at=at
    )
