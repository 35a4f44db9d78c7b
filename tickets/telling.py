"""Word that the customer was told, without which nothing closes (verb).

The tracker (首问责任人) alone confirms it. What is a fact is recorded by the verb that knows it: the
customer spoke in the callback, or could not be reached in it. Any other reason is the tracker's or
a supervisor's, in their own words.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import lifecycle, permissions, promises, transition
from tickets.kinds import Means, Untold
from tickets.models import Ticket
from tickets.states import Move

# How the tracker knows it; beside the means of a contact, what the desk itself heard.
CALLBACK = "callback"


class NotTheTracker(permissions.NotYours):
    """Only the first-asked tracker confirms that the customer was told."""

    message = _("Only the first-asked tracker confirms that the customer was told.")


class AlreadyConfirmed(DeskError):
    """It is on record that the customer was told, or why not."""

    message = _("It is on record already that the customer was told, or why not.")


class WhyUntold(DeskError):
    """A ticket that closes without the customer being told says why."""

    message = _("Say why the customer could not be told.")
    field = "why_not"


def confirm(*, ticket: Ticket, means: Means, note: str = "", by: Staff, at: datetime) -> Ticket:
    """The tracker's word that the customer has the answer, and how they know; a ticket that waited
    for it alone closes. Raises NotTheTracker, AlreadyConfirmed."""
    with transaction.atomic():
        with transition.step(ticket, Move.CONFIRM_TOLD, by=by, at=at) as step:
            if step.ticket.tracker_id != by.pk:
                raise NotTheTracker
            _check_open(step.ticket)
            _confirm(step, means, note.strip())
        return lifecycle.conclude_if_free(ticket=step.ticket, by=None, at=step.at)


def excuse(*, ticket: Ticket, why_not: str, by: Staff, at: datetime) -> Ticket:
    """The tracker's or a supervisor's reason why the customer could not be told. Raises
    NotTheTracker, AlreadyConfirmed, WhyUntold."""
    if not why_not.strip():
        raise WhyUntold
    with transaction.atomic():
        with transition.step(ticket, Move.CONFIRM_TOLD, by=by, at=at) as step:
            if step.ticket.tracker_id != by.pk and Permission.SUPERVISE not in by.permissions:
                raise NotTheTracker
            _check_open(step.ticket)
            step.ticket.untold_reason = why_not.strip()
            step.facts |= {"why_not": step.ticket.untold_reason}
        return lifecycle.conclude_if_free(ticket=step.ticket, by=None, at=step.at)


def hear(*, ticket: Ticket, by: Staff | None, at: datetime) -> Ticket:
    """The customer spoke in the callback `by` the caller: that they were told is a fact from then
    on; where it is on record already, the ticket as it is."""
    if ticket.is_told_settled:
        return ticket
    with transition.step(ticket, Move.CONFIRM_TOLD, by=None, at=at) as step:
        _confirm(step, CALLBACK, "")
        step.facts |= {"caller_id": by.pk if by else None}
    return step.ticket


def miss(*, ticket: Ticket, fact: Untold, by: Staff | None, at: datetime) -> Ticket:
    """The callback `by` the caller found that the customer cannot be told; where it is on record
    already, the ticket as it is."""
    if ticket.is_told_settled:
        return ticket
    with transition.step(ticket, Move.CONFIRM_TOLD, by=None, at=at) as step:
        step.ticket.untold_reason = fact
        step.facts |= {"why_not_code": fact, "caller_id": by.pk if by else None}
    return step.ticket


def _check_open(ticket: Ticket) -> None:
    if ticket.is_told_settled:
        raise AlreadyConfirmed


def _confirm(step: transition.Step, means: str, note: str) -> None:
    step.ticket.told_confirmed_at = step.at
    step.facts |= {"means": means, "note": note}
    promises.keep(step)
