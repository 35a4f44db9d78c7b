"""The leader of a unit gives a ticket back (退单) without asking anybody (verb)."""

from datetime import datetime

from organisation.models import Staff, Unit
from tickets import giving_back, lifecycle, transition
from tickets.models import Ticket
from tickets.states import Move


def give_back(
    *, ticket: Ticket, reason_code: str, reason: str, proposed: Unit, by: Staff, at: datetime,
    version: int | None = None,
) -> Ticket:
    """The leader returns the ticket without a request; raises ReasonMissing, TooLateToReturn,
    ProposesItself, Ruled."""
    if not reason.strip():
        raise lifecycle.ReasonMissing
    with transition.step(ticket, Move.RETURN, by=by, at=at, version=version) as step:
        giving_back.give_back(step, reason_code, reason, proposed)
    return step.ticket
