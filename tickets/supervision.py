"""Chasing and supervision: adds to a ticket, never makes a new one, resets no clock (verb)."""

from datetime import datetime

from organisation.models import Staff
from tickets import transition
from tickets.models import Ticket
from tickets.states import Move


def urge(*, ticket: Ticket, note: str, by: Staff, at: datetime) -> Ticket:
    """The customer asks again (催办): counted, and the people who hold the ticket hear of it."""
    with transition.step(ticket, Move.URGE, by=by, at=at) as step:
        step.ticket.urge_count += 1
        step.facts |= {"note": note, "count": step.ticket.urge_count}
        step.tell(step.ticket.lead_handler, "urged")
        step.tell(step.ticket.tracker, "urged")
        if step.ticket.urge_count >= 2 and step.ticket.lead_unit:
            step.tell(step.ticket.lead_unit.leader, "urged")
    return step.ticket


def supervise(*, ticket: Ticket, reason: str, by: Staff, at: datetime) -> Ticket:
    """Put the ticket under the person's own supervision (督办)."""
    with transition.step(ticket, Move.SUPERVISE, by=by, at=at) as step:
        step.ticket.supervisor = by
        step.facts |= {"reason": reason, "supervisor": by.name_zh}
        step.tell(step.ticket.lead_handler, "supervised")
        if step.ticket.lead_unit:
            step.tell(step.ticket.lead_unit.leader, "supervised")
    return step.ticket
