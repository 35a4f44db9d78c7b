"""What the ticket page shows beside the ticket itself: clocks, history, people, related (question)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from organisation.models import Calendar, Staff
from tickets import accountable
from tickets.models import Clock, Event, Holding, Ticket
from tickets.models.ticket import TicketQuerySet

_RELATED = 5

# Facts of an event that name a person.
_PEOPLE = ("handler_id", "from_id", "to_id")


@dataclass(frozen=True)
class ClockBar:
    """A clock drawn on the ticket's own time line; left, width and mark are per mille."""

    clock: Clock
    left: int
    width: int
    mark: int | None
    is_late: bool
    is_running: bool
    remaining: timedelta | None


@dataclass(frozen=True)
class Line:
    """One event with the people it names."""

    event: Event
    who: str
    handler: str
    giver: str
    receiver: str


def of(ticket: Ticket, user: Staff, now: datetime) -> dict[str, Any]:
    """Context for the ticket page; eight queries, however long the history is."""
    clocks = list(Clock.objects.filter(ticket=ticket).select_related("limit").order_by("id"))
    stages = Holding.objects.filter(ticket=ticket).select_related("unit", "staff")
    holdings = list(stages.order_by("from_at", "id"))
    return {
        "accountable": accountable.of(ticket, holdings, now),
        "bars": bars(ticket, clocks, now),
        "calendars": {calendar.code: calendar.name for calendar in Calendar.objects.newest()},
        "lines": lines(ticket),
        "holdings": holdings,
        "related": list(_related(ticket, user)),
    }


def lines(ticket: Ticket) -> list[Line]:
    """The history, newest first, with people by the name their reader reads."""
    events = list(Event.objects.filter(ticket=ticket).order_by("-id")[:200])
    mentioned = {event.by_id for event in events}
    for event in events:
        mentioned |= {event.facts.get(name) for name in _PEOPLE}
    staff = Staff.objects.in_bulk([pk for pk in mentioned if isinstance(pk, int)])
    return [_line(event, {pk: person.name for pk, person in staff.items()}) for event in events]


def _line(event: Event, names: dict[int, str]) -> Line:
    handler, giver, receiver = (names.get(event.facts.get(name, 0), "") for name in _PEOPLE)
    return Line(event, names.get(event.by_id or 0, event.by_name), handler, giver, receiver)


def bars(ticket: Ticket, clocks: list[Clock], now: datetime) -> list[ClockBar]:
    """The clocks on one scale, from receipt to the last instant that matters."""
    ends = [now if ticket.is_open else ticket.latest_event_at]
    ends += [clock.due_at for clock in clocks if clock.due_at]
    span = max(max(ends) - ticket.received_at, timedelta(minutes=1))

    def place(instant: datetime) -> int:
        return min(1000, max(0, round(1000 * ((instant - ticket.received_at) / span))))

    return [_bar(clock, now, place) for clock in clocks]


def _bar(clock: Clock, now: datetime, place: Any) -> ClockBar:
    end = clock.stopped_at or now
    is_late = clock.measure == "max" and clock.due_at is not None and end > clock.due_at
    left = place(clock.started_at)
    return ClockBar(
        clock=clock, left=left, width=max(4, place(end) - left),
        mark=place(clock.due_at) if clock.due_at else None,
        is_late=is_late, is_running=clock.stopped_at is None,
        remaining=clock.due_at - now if clock.due_at and clock.stopped_at is None else None,
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
