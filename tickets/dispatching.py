"""Send work to a unit and a person, sign for it, move it inside the unit (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assignment import routing
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import choosing, matters, transition
from tickets.models import Ticket
from tickets.states import Move


class NotAHandlingUnit(DeskError):
    """Work can only be sent to a unit that handles tickets."""

    message = _("This unit does not handle tickets. Choose another one.")


class NotOfTheUnit(DeskError):
    """Inside a unit, work can only be given to its own people."""

    message = _("This person is not of the unit that holds the ticket. Choose a colleague there.")


class AccusedUnit(DeskError):
    """A confidential report never goes to the unit it is about (举报)."""

    message = _("A confidential report cannot be handled by the unit it is about.")


def dispatch_by_rule(*, ticket: Ticket, by: Staff | None, at: datetime) -> Ticket:
    """Send a new ticket where the routing rules say; where none fits it stays with the
    dispatchers, whose clock is running."""
    found = routing.route(matters.of(ticket))
    if found is None or _is_accused(ticket, found.unit):
        return ticket
    return dispatch(
        ticket=ticket, to=found.unit, skill=found.skill, reasons=found.reasons, by=by, at=at
    )


def dispatch(
    *, ticket: Ticket, to: Unit, by: Staff | None, at: datetime, skill: str = "",
    reasons: tuple[dict[str, object], ...] = (), version: int | None = None,
) -> Ticket:
    """Send a new ticket to a unit, and in it to the person the choice falls on; raises
    NotAHandlingUnit, AccusedUnit."""
    if not (to.is_handling and to.is_active):
        raise NotAHandlingUnit
    if _is_accused(ticket, to):
        raise AccusedUnit
    with (
        transaction.atomic(),
        transition.step(ticket, Move.DISPATCH, by=by, at=at, version=version) as step,
    ):
        found = choosing.choose(ticket=step.ticket, unit=to, skill=skill, by=by, at=step.at)
        step.ticket.lead_unit, step.ticket.lead_handler = to, found.person
        step.ticket.choice_reasons = [*(reasons or ({"code": "dispatcher"},)), *found.reasons]
        step.facts |= {"unit": to.code, "handler_id": found.person.pk if found.person else None}
        step.tell(found.person, "dispatched")
    return step.ticket


def accept(*, ticket: Ticket, by: Staff, at: datetime, version: int | None = None) -> Ticket:
    """Sign for a ticket (签收): who signs becomes its lead handler (首办)."""
    with transition.step(ticket, Move.ACCEPT, by=by, at=at, version=version) as step:
        step.ticket.lead_handler = by
    return step.ticket


def reassign(*, ticket: Ticket, to: Staff, reason: str, by: Staff, at: datetime) -> Ticket:
    """Give a ticket to another person of the unit that holds it; raises NotOfTheUnit."""
    with transition.step(ticket, Move.REASSIGN, by=by, at=at) as step:
        unit = step.ticket.lead_unit
        if unit is None or not to.unit.is_within(unit) or not to.is_active:
            raise NotOfTheUnit
        step.facts |= {"from_id": step.ticket.lead_handler_id, "to_id": to.pk, "reason": reason}
        step.tell(step.ticket.lead_handler, "taken_away")
        step.tell(to, "reassigned")
        step.ticket.lead_handler = to
        step.ticket.choice_reasons = [{"code": "reassigned", "by": by.name_zh}]
    return step.ticket


def _is_accused(ticket: Ticket, unit: Unit) -> bool:
    accused = ticket.accused_unit
    return accused is not None and (unit.is_within(accused) or accused.is_within(unit))
