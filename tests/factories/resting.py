"""Tickets that rest, have more time, or were not signed for in time, through the real verbs."""

from datetime import datetime, timedelta

from organisation.models import Staff
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import approvals, escalation
from tickets.models import Approval, Clock, Deadline, Ticket
from tickets.states import State

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ask_rest(
    cast: Cast, ticket: Ticket, *, code: str = "parts", rest: timedelta = 2 * DAY,
    by: Staff | None = None,
) -> Approval:
    at = ticket.latest_event_at + STEP
    wanted = approvals.Wanted(
        "suspension", "The relay must be ordered.", reason_code=code, until=at + rest
    )
    return approvals.ask(ticket=ticket, wanted=wanted, by=by or cast.handler, at=at)


def rested(cast: Cast, **changes: object) -> Ticket:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, **changes)  # type: ignore[arg-type]
    asked = ask_rest(cast, ticket)
    return approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)


def ask_time(
    cast: Cast, ticket: Ticket, *, more: timedelta = 2 * DAY, by: Staff | None = None,
    at: datetime | None = None, clock: str = "reply",
) -> Approval:
    due = Clock.objects.get(ticket=ticket, name=clock, measure="max").due_at
    wanted = approvals.Wanted(
        "extension", "A part comes late.", clock=clock, until=due + more if due else None
    )
    return approvals.ask(
        ticket=ticket, wanted=wanted, by=by or cast.leader, at=at or ticket.latest_event_at + STEP
    )


def miss_signing(ticket: Ticket) -> datetime:
    """The instant the sign limit was missed; the engine has fired it."""
    row = Deadline.objects.get(ticket=ticket, clock="sign", stage="due", cancelled_at=None)
    at = row.due_at + timedelta(milliseconds=300)
    Deadline.objects.filter(ticket=ticket).exclude(clock="sign").update(next_fire_at=None)
    escalation.fire_due(by=None, at=at)
    return at
