"""A ticket that rests goes on: by itself on its review date, or earlier by a person (verb)."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from organisation.models import Staff
from tickets import transition
from tickets.models import Ticket
from tickets.states import Move, State

BATCH = 20
_PUSHED_AWAY = timedelta(seconds=30)

_log = logging.getLogger(__name__)


def resume(*, ticket: Ticket, reason: str = "", by: Staff | None, at: datetime) -> Ticket:
    """Go on with the work: by the desk on the review date, or by a person earlier."""
    with transition.step(ticket, Move.RESUME, by=by, at=at) as step:
        step.facts |= {"why": "asked" if by else "review_date", "reason": reason}
        step.ticket.suspended_until = None
        step.tell(step.ticket.lead_handler, "resumed")
        step.tell(step.ticket.tracker, "resumed")
    return step.ticket


def resume_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Go on with what rested until now, at most `limit` tickets; the number taken. Two engines never
    take the same: the ticket is claimed, and once it goes on it is no longer due."""
    due = Ticket.objects.filter(state=State.SUSPENDED, suspended_until__lte=at)
    with transaction.atomic():
        locked = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
        found = list(locked.order_by("suspended_until").defer("words")[:limit])
        for ticket in found:
            _resume_alone(ticket, at)
    return len(found)


def _resume_alone(ticket: Ticket, at: datetime) -> None:
    try:
        with transaction.atomic():
            resume(ticket=ticket, by=None, at=at)
    except Exception:
        _log.exception("Ticket %s could not go on and is tried again later", ticket.number)
        Ticket.objects.filter(pk=ticket.pk).update(suspended_until=at + _PUSHED_AWAY)
