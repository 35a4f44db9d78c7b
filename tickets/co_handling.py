"""Joint handling: other units help, the lead stays lead (会办) (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import owed, tasks, transition
from tickets.models import Task, TaskKind, Ticket
from tickets.states import WITH_UNIT


class NobodyLeads(DeskError):
    """Joint handling has a lead: a ticket without one is dispatched first."""

    message = _("No unit leads this ticket yet. Dispatch it first, then ask others to help.")


class NoHelper(DeskError):
    """Units of the same company that handle tickets help, other than the lead."""

    message = _("Choose a handling unit of the same company, other than the lead unit.")
    field = "unit"


class HelpsAlready(DeskError):
    """A unit has one open task at a time on a ticket."""

    message = _("This unit is helping already. Wait for its report, or drop its task first.")
    field = "unit"


def invite(
    *, ticket: Ticket, unit: Unit, text: str, due_at: datetime, by: Staff, at: datetime
) -> Task:
    """The unit's own task with its own due time; it names its own handler and reports its part.
    Raises NotYoursToInvite, NobodyLeads, NoHelper, HelpsAlready and what tasks.open raises."""
    with transaction.atomic():
        locked = transition.lock(ticket)
        owed.check_may_invite(by, locked)
        if locked.lead_unit is None or locked.state not in WITH_UNIT:
            raise NobodyLeads
        is_of_company = unit.path.startswith(locked.scope_path) and unit.is_active
        is_lead = unit.is_within(locked.lead_unit) or locked.lead_unit.is_within(unit)
        if not (is_of_company and unit.is_handling) or is_lead:
            raise NoHelper
        if owed.co_tasks(locked).filter(unit=unit).exists():
            raise HelpsAlready
        return tasks.open(
            ticket=locked, kind=TaskKind.CO_HANDLING, text=text, due_at=due_at, unit=unit,
            by=by, at=at,
        )  # fmt: skip

