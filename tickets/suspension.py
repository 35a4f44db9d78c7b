"""Let a ticket rest (挂起) for an allowed reason until a review date (effect).

domain.md §3b: internal clocks pause, the total and what was promised to the customer never do.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.errors import DeskError
from tickets import allowances, permissions, transition
from tickets.kinds import Priority
from tickets.models import Approval, Ticket


class SafetyNeverRests(DeskError):
    """What endangers people is never suspended (安全工单不得挂起)."""

    message = _("A safety matter is never suspended. Nothing was changed.")


class ReviewDateOutOfReach(DeskError):
    """The review date lies in the past, or beyond what the reason allows."""

    message = _("Choose a review date from now on and within %(days)s days for this reason.")
    field = "until"


class ReviewDatePast(DeskError):
    """The request was decided too late to be of use."""

    message = _("The review date asked for is past. It must be asked for anew.")


def check(ticket: Ticket, asked: Approval) -> None:
    """What stands against a request to suspend: not of the unit, safety, or a review date out of
    reach."""
    if not permissions.is_of_the_unit(asked.asked_by, ticket):
        raise permissions.NotYours
    _check_safety(ticket)
    most = allowances.most_rest(ticket, asked.reason_code)
    if asked.until is None or not asked.asked_at < asked.until <= asked.asked_at + most:
        raise ReviewDateOutOfReach(days=most.days)


def carry_out(step: transition.Step, asked: Approval) -> None:
    """Suspend until the review date; that it happened on the due day is kept (domain §6 row 13)."""
    ticket = step.ticket
    _check_safety(ticket)
    assert asked.until is not None
    if asked.until <= step.at:
        raise ReviewDatePast
    step.facts |= {"until": asked.until.isoformat(), "on_due_day": _is_due_today(ticket, step.at)}
    ticket.suspended_until = ticket.rest_fires_at = asked.until
    step.tell(ticket.lead_handler, "suspended")
    step.tell(ticket.tracker, "suspended")


def _check_safety(ticket: Ticket) -> None:
    if ticket.priority == Priority.EMERGENCY or ticket.category.is_safety:
        raise SafetyNeverRests


def _is_due_today(ticket: Ticket, at: datetime) -> bool:
    due = ticket.next_due_at
    return due is not None and timezone.localdate(due) <= timezone.localdate(at)
