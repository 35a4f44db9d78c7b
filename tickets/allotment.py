"""A ticket comes to a unit and a person (effect): what dispatch, transfer and ruling share."""

from django.utils.translation import gettext_lazy as _

from organisation.models import Unit
from servicedesk.lib.errors import DeskError
from tickets import choosing, transition
from tickets.models import Task, TaskKind, Ticket


class NotAHandlingUnit(DeskError):
    """Work can only be sent to a unit that handles tickets."""

    message = _("This unit does not handle tickets. Choose another one.")


class AccusedUnit(DeskError):
    """A confidential report never goes to the unit it is about (举报)."""

    message = _("A confidential report cannot be handled by the unit it is about.")


def give(
    step: transition.Step, to: Unit, *, skill: str = "",
    reasons: tuple[dict[str, object], ...] = (),
) -> None:
    """Hand the ticket of the step to the unit and to the person the choice falls on; raises
    NotAHandlingUnit, AccusedUnit."""
    ticket = step.ticket
    if not (to.is_handling and to.is_active):
        raise NotAHandlingUnit
    if is_accused(ticket, to):
        raise AccusedUnit
    found = choosing.choose(ticket=ticket, unit=to, skill=skill, by=step.by, at=step.at)
    ticket.lead_unit, ticket.lead_handler = to, found.person
    ticket.choice_reasons = [*(reasons or ({"code": "dispatcher"},)), *found.reasons]
    # The new unit signs in its own time.
    ticket.auto_sign_at, ticket.is_auto_signed = None, False
    step.facts |= {"unit": to.code, "handler_id": found.person.pk if found.person else None}
    step.tell(found.person, "dispatched")
    if ticket.supervisor_id is not None:
        _pass_the_report_on(step, to)


def _pass_the_report_on(step: transition.Step, to: Unit) -> None:
    """Whoever has the ticket owes the supervisor the report, by the time already set."""
    owed = Task.objects.open().filter(ticket=step.ticket, kind=TaskKind.REPORT_BACK)
    if owed.exclude(unit=to).update(unit=to, staff=None, signed_at=None):
        step.tell(to.leader, "supervised")


def is_accused(ticket: Ticket, unit: Unit) -> bool:
    """Whether the report is about the unit, one above it or one below."""
    accused = ticket.accused_unit
    return accused is not None and (unit.is_within(accused) or accused.is_within(unit))
