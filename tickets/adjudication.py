"""Rule which unit has a ticket that was returned twice (裁定): binding, on a basis that is cited, by
somebody who belongs to neither side (verb)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import allotment, lifecycle, returns, transition
from tickets.models import Approval, Ticket
from tickets.states import Move


class Party(DeskError):
    """Nobody rules in a matter of their own unit."""

    message = _("You belong to one of the units concerned. Somebody else adjudicates this.")
    http_status = 403


def adjudicate(
    *, ticket: Ticket, to: Unit, basis: str, reason: str, by: Staff, at: datetime,
    version: int | None = None,
) -> Ticket:
    """Send the ticket to the unit that has to handle it, whatever it says; raises Party,
    ReasonMissing, NotAHandlingUnit, AccusedUnit. `basis` names the rule or document."""
    if not (basis.strip() and reason.strip()):
        raise lifecycle.ReasonMissing
    with transition.step(ticket, Move.ADJUDICATE, by=by, at=at, version=version) as step:
        parties = returns.parties(step.ticket)
        if returns.is_party(by, parties):
            raise Party
        step.facts |= {"unit_id": to.pk, "basis": basis, "reason": reason}
        step.facts |= {"unit_zh": to.name_zh, "unit_en": to.name_en}
        step.ticket.needs_adjudication, step.ticket.is_adjudicated = False, True
        Approval.objects.open().filter(ticket=step.ticket).lapse(step.at)
        allotment.give(step, to, reasons=({"code": "adjudicated", "by": by.name_zh},))
        step.tell(step.ticket.tracker, "adjudicated")
        for unit in parties:
            step.tell(unit.leader, "adjudicated")
    return step.ticket
