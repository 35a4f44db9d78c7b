"""Send work to a unit and a person, sign for it, move it inside the unit or to another (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assignment import routing
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import allotment, lifecycle, matters, permissions, transition
from tickets.models import Approval, Ticket
from tickets.states import Move


class NotOfTheUnit(DeskError):
    """Inside a unit, work can only be given to its own people."""

    message = _("This person is not of the unit that holds the ticket. Choose a colleague there.")


class SameUnit(DeskError):
    """A transfer leads to another unit."""

    message = _("The ticket is with this unit already. Choose another one.")
    field = "unit"


def dispatch_by_rule(*, ticket: Ticket, by: Staff | None, at: datetime) -> Ticket:
    """Send a new ticket where the routing rules say; where none fits it stays with the
    dispatchers, whose clock is running."""
    found = routing.route(matters.of(ticket))
    if found is None or allotment.is_accused(ticket, found.unit):
        return ticket
    return dispatch(
        ticket=ticket, to=found.unit, skill=found.skill, reasons=found.reasons, by=by, at=at
    )


def dispatch(
    *, ticket: Ticket, to: Unit, by: Staff | None, at: datetime, skill: str = "",
    reasons: tuple[dict[str, object], ...] = (), version: int | None = None,
) -> Ticket:
    """Send a new ticket to a unit, and in it to the person the choice falls on; raises
    NotAHandlingUnit, AccusedUnit, AwaitsRuling."""
    with transition.step(ticket, Move.DISPATCH, by=by, at=at, version=version) as step:
        if step.ticket.needs_adjudication:
            raise permissions.AwaitsRuling
        why = (reasons, skill) if reasons else _rule_of(ticket, to, skill)
        allotment.give(step, to, reasons=why[0], skill=why[1])
    return step.ticket


def _rule_of(
    ticket: Ticket, to: Unit, skill: str
) -> tuple[tuple[dict[str, object], ...], str]:
    """The reasons, and the skill it takes, where the dispatcher sends it as the rules would."""
    found = routing.route(matters.of(ticket))
    if found is None or found.unit != to:
        return ({"code": "dispatcher"},), skill
    return ({"code": "dispatcher"}, *found.reasons), skill or found.skill


def transfer(
    *, ticket: Ticket, to: Unit, reason: str, by: Staff, at: datetime, version: int | None = None
) -> Ticket:
    """Take a ticket from one unit and send it to another (转办): the dispatcher alone does that, no
    unit. Raises SameUnit, NotAHandlingUnit, AccusedUnit, Ruled, ReasonMissing."""
    if not reason.strip():
        raise lifecycle.ReasonMissing
    with transition.step(ticket, Move.TRANSFER, by=by, at=at, version=version) as step:
        left = step.ticket.lead_unit
        if left is None or to == left:
            raise SameUnit
        step.facts |= {"from_unit_id": left.pk, "unit_id": to.pk, "reason": reason}
        step.facts |= {"unit_zh": left.name_zh, "unit_en": left.name_en}
        step.facts |= {"to_zh": to.name_zh, "to_en": to.name_en}
        step.tell(step.ticket.lead_handler, "taken_away")
        step.tell(step.ticket.tracker, "transferred")
        Approval.objects.open().filter(ticket=step.ticket).lapse(step.at)
        allotment.give(step, to)
    return step.ticket


def accept(*, ticket: Ticket, by: Staff, at: datetime, version: int | None = None) -> Ticket:
    """Sign for a ticket (签收): who signs becomes its lead handler (首办). Where the desk has signed
    already because nobody did, the person takes it on; the miss stays."""
    with transaction.atomic():
        is_signed = transition.lock(ticket).is_auto_signed
        move = Move.TAKE_OVER if is_signed else Move.ACCEPT
        with transition.step(ticket, move, by=by, at=at, version=version) as step:
            if is_signed:
                step.facts |= {"from_id": step.ticket.lead_handler_id, "to_id": by.pk}
            step.ticket.lead_handler = by
            step.ticket.auto_sign_at, step.ticket.is_auto_signed = None, False
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
        step.ticket.is_auto_signed = False
        step.ticket.choice_reasons = [{"code": "reassigned", "by": by.name_zh}]
    return step.ticket
