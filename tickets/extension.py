"""More time for one clock (延期): asked before it is due, decided outside the unit, told to the
customer (effect). The first due time stays visible."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import allowances, permissions, transition
from tickets.kinds import ClockName
from tickets.models import Approval, Clock, Ticket

# Steps of the house: more time for them would only move the promise.
_NEVER = (
    ClockName.DISPATCH, ClockName.SIGN, ClockName.REVIEW, ClockName.CALLBACK, ClockName.DWELL,
)  # fmt: skip
# The customer hears of a new promise by then, and before the old one is over.
_TOLD_WITHIN = timedelta(days=1)


class NoSuchClock(DeskError):
    """Only a running limit of the matter itself can be given more time."""

    message = _("This limit is not running, or is none that can be given more time.")
    field = "clock"


class TooLateToExtend(DeskError):
    """More time is asked for and granted before the due time; late requests un-breach nothing."""

    message = _("The due time is past. Late requests do not undo a missed limit.")


class NotLater(DeskError):
    """An extension ends after the due time it extends."""

    message = _("Choose a time after the present due time.")
    field = "until"


class NoMoreExtensions(DeskError):
    """The policy grants more time only so often."""

    message = _("More time was granted %(times)s× already; the limit allows no more.")


def extendable(ticket: Ticket) -> list[Clock]:
    """The ticket's running limits that can be given more time, soonest due first."""
    running = Clock.objects.filter(ticket=ticket, measure="max", stopped_at=None)
    return list(running.exclude(name__in=_NEVER).exclude(due_at=None).order_by("due_at"))


def check(ticket: Ticket, asked: Approval) -> None:
    """What stands against a request for more time: not by a leader of the unit, too late, too
    often."""
    by = asked.asked_by
    is_leading = Permission.LEAD_UNIT in by.permissions
    if not (is_leading and permissions.is_of_the_unit(by, ticket)):
        raise permissions.NotYours
    _check(ticket, asked, asked.asked_at)


def carry_out(step: transition.Step, asked: Approval) -> None:
    """Give the clock its new due time, and the tracker the task of telling the customer."""
    ticket, until = step.ticket, asked.until
    assert until is not None
    clock = _check(ticket, asked, step.at)
    was = clock.due_at
    assert was is not None
    step.facts |= {"clock": clock.name, "until": until.isoformat(), "was": was.isoformat()}
    if ticket.promised_at == was:
        ticket.promised_at = until
    told_by = max(step.at, min(was, step.at + _TOLD_WITHIN))
    if ticket.next_update_at is None or told_by < ticket.next_update_at:
        ticket.next_update_at = ticket.update_fires_at = told_by
    step.tell(ticket.lead_handler, "extended")
    step.tell(ticket.tracker, "extended")


def _check(ticket: Ticket, asked: Approval, at: datetime) -> Clock:
    clock = next((one for one in extendable(ticket) if one.name == asked.clock), None)
    if clock is None or clock.due_at is None or ticket.policy_id is None:
        raise NoSuchClock
    if at > clock.due_at:
        raise TooLateToExtend
    if asked.until is None or asked.until <= clock.due_at:
        raise NotLater
    granted = Approval.objects.filter(
        ticket=ticket, matter=Approval.Matter.EXTENSION, is_granted=True
    ).exclude(pk=asked.pk)
    times = granted.count()
    if times >= allowances.most_extensions(ticket):
        raise NoMoreExtensions(times=times)
    return clock
