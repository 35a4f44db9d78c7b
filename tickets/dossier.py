"""What the ticket page shows beside the ticket itself: clocks, history, people, related (question)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from organisation.models import Calendar, Staff
from organisation.roles import Permission
from tickets import accountable, arrangements, belongings, found, overseen, pending, permissions
from tickets.models import Clock, Event, Holding, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import State

_RELATED = 5
MOST_LINES = 200

# Facts of an event that name a person.
_PEOPLE = ("handler_id", "from_id", "to_id")


@dataclass(frozen=True)
class ClockBar:
    """A clock drawn on the ticket's own time line; left, width, mark and the pauses (left, width)
    are per mille."""

    clock: Clock
    left: int
    width: int
    mark: int | None
    is_late: bool
    is_running: bool
    is_paused: bool
    remaining: timedelta | None
    pauses: list[tuple[int, int]]


@dataclass(frozen=True)
class Line:
    """One event with the people it names."""

    event: Event
    who: str
    handler: str
    giver: str
    receiver: str


def of(ticket: Ticket, user: Staff, now: datetime) -> dict[str, Any]:
    """Context for the ticket page; nine queries, however long the history is."""
    clocks = list(Clock.objects.filter(ticket=ticket).select_related("limit").order_by("id"))
    stages = Holding.objects.filter(ticket=ticket).select_related("unit", "staff")
    holdings = list(stages.order_by("from_at", "id"))
    told = lines(ticket)
    happened = {line.event.code for line in told}
    return {
        "arrangements": arrangements.of(ticket, (line.event.code for line in told)),
        "may_propose_kind": Permission.REVIEW in user.permissions
        and not permissions.did_the_work(user, ticket),
        "accountable": accountable.of(ticket, holdings, now),
        "bars": bars(ticket, clocks, holdings, now),
        "calendars": {calendar.code: calendar.name for calendar in Calendar.objects.newest()},
        "lines": told,
        "holdings": holdings,
        "findings": found.of_ticket(ticket) if ticket.finding else [],
        "related": list(_related(ticket, user)),
        **_sending(ticket, user),
        **belongings.of(ticket, user, happened, now, is_all=len(told) < MOST_LINES),
        **overseen.of(ticket, user, happened, is_all=len(told) < MOST_LINES),
    }


def _sending(ticket: Ticket, user: Staff) -> dict[str, Any]:
    """What was asked for on the ticket, and what the person may ask for; one query."""
    requests = pending.of_ticket(ticket)
    return {"requests": requests, "askable": pending.askable(user, ticket, requests)}


def lines(ticket: Ticket) -> list[Line]:
    """The history, newest first, with people by the name their reader reads."""
    events = list(Event.objects.filter(ticket=ticket).order_by("-id")[:MOST_LINES])
    mentioned = {event.by_id for event in events}
    for event in events:
        mentioned |= {event.facts.get(name) for name in _PEOPLE}
    staff = Staff.objects.in_bulk([pk for pk in mentioned if isinstance(pk, int)])
    return [_line(event, {pk: person.name for pk, person in staff.items()}) for event in events]


def _line(event: Event, names: dict[int, str]) -> Line:
    handler, giver, receiver = (names.get(event.facts.get(name, 0), "") for name in _PEOPLE)
    return Line(event, names.get(event.by_id or 0, event.by_name), handler, giver, receiver)


def bars(
    ticket: Ticket, clocks: list[Clock], holdings: list[Holding], now: datetime
) -> list[ClockBar]:
    """The clocks on one scale, from receipt to the last instant that matters; the time a ticket
    rested is marked on those that paused with it."""
    ends = [now if ticket.is_open else ticket.latest_event_at]
    ends += [clock.due_at for clock in clocks if clock.due_at]
    span = max(max(ends) - ticket.received_at, timedelta(minutes=1))

    def place(instant: datetime) -> int:
        return min(1000, max(0, round(1000 * ((instant - ticket.received_at) / span))))

    rests = [
        (max(one.from_at, ticket.received_at), one.to_at or now)
        for one in holdings
        if one.state == State.SUSPENDED
    ]
    return [_bar(clock, rests, now, place) for clock in clocks]


def _bar(
    clock: Clock, rests: list[tuple[datetime, datetime]], now: datetime, place: Any
) -> ClockBar:
    is_internal = clock.limit is not None and clock.limit.is_internal
    begun, ended = clock.started_at, clock.stopped_at or now
    held = [(max(a, begun), min(b, ended)) for a, b in rests if is_internal and a < ended and b > begun]
    end = clock.stopped_at or now
    is_late = clock.measure == "max" and clock.due_at is not None and end > clock.due_at
    left = place(clock.started_at)
    return ClockBar(
        clock=clock, left=left, width=max(4, place(end) - left),
        mark=place(clock.due_at) if clock.due_at else None,
        is_late=is_late, is_running=clock.stopped_at is None,
        is_paused=clock.stopped_at is None and clock.due_at is None,
        remaining=clock.due_at - now if clock.due_at and clock.stopped_at is None else None,
        pauses=[(place(a), max(4, place(b) - place(a))) for a, b in held],
    )  # fmt: skip


def _related(ticket: Ticket, user: Staff) -> TicketQuerySet:
    """Other tickets of the same customer or place that the person may see, newest first."""
    others = Ticket.objects.visible_to(user).that_name_no_informant().exclude(pk=ticket.pk)
    others = others.only("number", "subject", "state", "received_at", "kind").order_by("-id")
    if ticket.customer_id is not None:
        return others.filter(customer=ticket.customer_id)[:_RELATED]
    if ticket.premises_id is not None:
        return others.filter(premises=ticket.premises_id)[:_RELATED]
    return others.none()
