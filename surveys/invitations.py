"""Whom to ask: draw what has come to the callback, and end the windows (verb).

Both are standing tasks of the engine. Who is drawn rests on a seed made once a month, so that the
draw can be repeated and nobody can steer it.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from organisation.models import Staff
from surveys import drawing, links
from surveys.models import Ending, Invitation
from surveys.models.invitation import InvitationQuerySet
from tickets import lifecycle
from tickets.models import Supervision, Ticket
from tickets.states import State

DRAW_BATCH = 500
# Closing takes a whole transition each; a larger batch would hold the engine's loop up.
CLOSE_BATCH = 20
_PUSHED_AWAY = timedelta(minutes=10)

_log = logging.getLogger(__name__)


def draw_new(*, by: Staff | None, at: datetime) -> int:
    """An invitation for every ticket that waits for its callback without one; the number made.
    Raises NothingSetUp."""
    tickets = _uninvited()
    if not tickets:
        return 0
    with transaction.atomic():
        draw = drawing.prepare(tickets, at)
        rows = [draw.invitation(ticket) for ticket in tickets]
        _end(Invitation.objects.open().filter(ticket__in=tickets), Ending.OVERTAKEN, at)
        Invitation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def close_windows(*, by: Staff | None, at: datetime) -> int:
    """Act on each invitation whose time has come; the number acted on.

    1. Take what is due, oldest first, skipping what others hold.
    2. A window that ends closes the ticket and sends the link; who is left out gets none. Where
       nobody has said yet that the customer was told, or why not, the ticket stays as it is: its
       callback clock runs on, and the first sweep after the tracker's word closes it.
    3. A link that ran out unanswered ends the invitation. No answer is never a good answer.
    4. Each row has its own savepoint; one that raises is pushed ten minutes away.
    """
    unsaid = Ticket.objects.awaiting_confirmation().filter(pk=OuterRef("ticket"))
    due = Invitation.objects.filter(acts_at__lte=at).filter(~Exists(unsaid)).order_by("acts_at")
    ids = list(due.values_list("pk", flat=True)[:CLOSE_BATCH])
    for pk in ids:
        try:
            with transaction.atomic():
                _act(pk, at)
        except Exception:
            _log.exception("Invitation %d could not be acted on and is pushed away", pk)
            Invitation.objects.filter(pk=pk).update(acts_at=at + _PUSHED_AWAY)
    return len(ids)


def _end(invitations: InvitationQuerySet, ending: Ending, at: datetime) -> int:
    """Nothing more happens to them; the number ended."""
    return invitations.update(ended_at=at, ending=ending, acts_at=None, next_call_at=None)


def _uninvited() -> list[Ticket]:
    """Tickets in their callback whose present round nobody has been drawn for yet."""
    invited = Invitation.objects.filter(ticket=OuterRef("pk"), round=OuterRef("present_round"))
    waiting = Ticket.objects.filter(state=State.CALLBACK).annotate(
        present_round=F("redo_count") + F("reopen_count") + 1,
        was_supervised=Exists(Supervision.objects.filter(ticket=OuterRef("pk"))),
    )
    fresh = waiting.filter(~Exists(invited)).select_related("lead_unit", "customer")
    return list(fresh.defer("words").order_by("id")[:DRAW_BATCH])


def _act(pk: int, at: datetime) -> None:
    due = Invitation.objects.filter(pk=pk, acts_at__lte=at)
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
    invitation = locked.select_related("ticket", "plan").defer("ticket__words").first()
    if invitation is None:
        return
    if invitation.is_link_out:
        _end(due, Ending.NO_ANSWER, at)
    elif invitation.ticket.state != State.CALLBACK:
        _end(due, Ending.OVERTAKEN, at)
    else:
        lifecycle.conclude(ticket=invitation.ticket, reason="window_over", by=None, at=at)
        if invitation.exclusion:
            _end(due, Ending.EXCLUDED, at)
        else:
            links.send(invitation=invitation, at=at)
            invitation.save()
