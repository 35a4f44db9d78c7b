"""What the ticket page shows beside the ticket itself: clocks, history, people, related (question)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from organisation.models import Calendar, Staff
from organisation.roles import Permission
from tickets import (
    accountable,
    arrangements,
    belongings,
    found,
    overseen,
    pending,
    permissions,
    stays,
    timeline,
)
from tickets.models import Clock, Event, Holding, Ticket
from tickets.models.ticket import TicketQuerySet

_RELATED = 5
MOST_LINES = 200

# Facts of an event that name a person.
_PEOPLE = ("handler_id", "from_id", "to_id")


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
    answering = accountable.of(ticket, holdings, now)
    events = history(ticket, told)
    return {
        "arrangements": arrangements.of(ticket, (line.event.code for line in told)),
        "may_propose_kind": Permission.REVIEW in user.permissions
        and not permissions.did_the_work(user, ticket),
        "accountable": answering,
        "timeline": timeline.of(ticket, clocks, events, holdings, answering.waiting, now),
        "calendars": {calendar.code: calendar.name for calendar in Calendar.objects.newest()},
        "lines": told,
        "stays": stays.of(ticket, holdings, now),
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


def history(ticket: Ticket, told: list[Line]) -> list[Event]:
    """The whole history, oldest first; a query only where the page shows a part of it."""
    if len(told) < MOST_LINES:
        return [line.event for line in reversed(told)]
    return list(Event.objects.filter(ticket=ticket).order_by("id"))


def _line(event: Event, names: dict[int, str]) -> Line:
    handler, giver, receiver = (names.get(event.facts.get(name, 0), "") for name in _PEOPLE)
    return Line(event, names.get(event.by_id or 0, event.by_name), handler, giver, receiver)


def _related(ticket: Ticket, user: Staff) -> TicketQuerySet:
    """Other tickets of the same customer or place that the person may see, newest first."""
    others = Ticket.objects.visible_to(user).that_name_no_informant().exclude(pk=ticket.pk)
    others = others.only("number", "subject", "state", "received_at", "kind").order_by("-id")
    if ticket.customer_id is not None:
        return others.filter(customer=ticket.customer_id)[:_RELATED]
    if ticket.premises_id is not None:
        return others.filter(premises=ticket.premises_id)[:_RELATED]
    return others.none()
