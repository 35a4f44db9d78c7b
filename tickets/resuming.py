"""A ticket that rests goes on: by itself on its review date, or earlier by a person (verb)."""

from datetime import datetime

from django.db import transaction

from organisation.models import Staff
from tickets import one_by_one, transition
from tickets.models import Ticket
from tickets.states import Move, State

BATCH = 20


def resume(*, ticket: Ticket, reason: str = "", by: Staff | None, at: datetime) -> Ticket:
    """Go on with the work: by the desk on the review date, or by a person earlier."""
    with transition.step(ticket, Move.RESUME, by=by, at=at) as step:
        step.facts |= {"why": "asked" if by else "review_date", "reason": reason}
        step.ticket.suspended_until = step.ticket.rest_fires_at = None
        step.tell(step.ticket.lead_handler, "resumed")
        step.tell(step.ticket.tracker, "resumed")
    return step.ticket


def resume_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Go on with what rested until now, at most `limit` tickets; the number taken. Two engines never
    take the same: the ticket is claimed, and once it goes on it is no longer due."""
    due = Ticket.objects.filter(state=State.SUSPENDED, rest_fires_at__lte=at)
    with transaction.atomic():
        locked = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
        found = list(locked.order_by("rest_fires_at").defer("words")[:limit])
        return one_by_one.each(found, do=_resume, fires="rest_fires_at", at=at)


def _resume(ticket: Ticket, at: datetime) -> None:
    resume(ticket=ticket, by=None, at=at)
