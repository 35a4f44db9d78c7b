"""A unit gives a ticket back (退单), with a reason and the unit it proposes; never straight to that
unit, and the second time a ruling is due (effect).

domain.md §3b: the clock continues, the count goes up, and it goes to the dispatchers.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from organisation.models import Unit
from servicedesk.lib.errors import DeskError
from tickets import allotment, allowances, permissions, returns, transition
from tickets.kinds import ReturnReason
from tickets.models import Approval, Ticket

# From this return on only a ruling sends the ticket on.
MOST_RETURNS = 2


class TooLateToReturn(DeskError):
    """The time for giving the ticket back is over (退单时限)."""

    message = _("The time for returning this ticket is over. It stays with the unit.")


class ProposesItself(DeskError):
    """Whoever returns a ticket names another unit that they think is right."""

    message = _("Propose another unit than the one that returns the ticket.")
    field = "unit"


def check(ticket: Ticket, asked: Approval) -> None:
    """What stands against a request to return: the handler's own unit, in time, with another unit
    proposed."""
    if not permissions.is_of_the_unit(asked.asked_by, ticket):
        raise permissions.NotYours
    if ticket.is_adjudicated:
        raise permissions.Ruled
    _check(ticket, asked.reason_code, asked.proposed_unit, asked.asked_at)


def carry_out(step: transition.Step, asked: Approval) -> None:
    """Give the ticket back as it was asked."""
    assert asked.proposed_unit is not None
    give_back(step, asked.reason_code, asked.reason, asked.proposed_unit)


def give_back(step: transition.Step, reason_code: str, reason: str, proposed: Unit) -> None:
    """Take the ticket from the unit and put it before the dispatchers; raises ProposesItself,
    NotAHandlingUnit, TooLateToReturn."""
    ticket = step.ticket
    _check(ticket, reason_code, proposed, step.at)
    assert ticket.lead_unit is not None
    ticket.return_count += 1
    ticket.needs_adjudication = ticket.return_count >= MOST_RETURNS
    step.facts |= {
        **names("unit", ticket.lead_unit), **names("proposed", proposed),
        "unit_id": ticket.lead_unit_id, "proposed_unit_id": proposed.pk,
        "reason_code": reason_code, "reason": reason, "count": ticket.return_count,
        "from_id": ticket.lead_handler_id,
    }  # fmt: skip
    step.tell(ticket.tracker, "returned")
    for person in returns.dispatchers(ticket):
        step.tell(person, "returned")
    step.tell(ticket.lead_handler, "taken_away")
    Approval.objects.open().filter(ticket=ticket).lapse(step.at)
    ticket.lead_unit = ticket.lead_handler = ticket.auto_sign_at = None
    ticket.is_auto_signed = False
    ticket.choice_reasons = []


def names(field: str, unit: Unit) -> dict[str, Any]:
    """The unit's names as facts: history keeps what it was called."""
    return {f"{field}_zh": unit.name_zh, f"{field}_en": unit.name_en}


def _check(ticket: Ticket, reason_code: str, proposed: Unit | None, at: datetime) -> None:
    ReturnReason(reason_code)
    unit = ticket.lead_unit
    if proposed is None or unit is None or proposed.is_within(unit):
        raise ProposesItself
    if not (proposed.is_handling and proposed.is_active):
        raise allotment.NotAHandlingUnit
    if at > allowances.returnable_until(ticket, returns.got_at(ticket)):
        raise TooLateToReturn
