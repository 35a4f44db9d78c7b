"""All that happened to the tickets of one page of a list, read at once (question)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from organisation.models import Staff, Unit
from tickets.kinds import ClockName
from tickets.models import Clock, Event, Holding, Ticket
from tickets.states import Happening

PROMISED = (ClockName.REPLY, ClockName.RESTORE)


class Story:
    """Events, stays and clocks of a few tickets; each sort costs one query, and only if asked."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        self.tickets = tickets
        self._ids = [ticket.pk for ticket in tickets]

    @cached_property
    def _events(self) -> dict[int, list[Event]]:
        return _by_ticket(self._ids, Event.objects.filter(ticket__in=self._ids).order_by("id"))

    @cached_property
    def _holdings(self) -> dict[int, list[Holding]]:
        rows = Holding.objects.filter(ticket__in=self._ids).order_by("from_at", "id")
        return _by_ticket(self._ids, rows)

    @cached_property
    def _clocks(self) -> dict[int, list[Clock]]:
        rows = Clock.objects.filter(ticket__in=self._ids, measure="max").select_related("limit")
        return _by_ticket(self._ids, rows.order_by("due_at"))

    @cached_property
    def _people(self) -> dict[int, Staff]:
        ids = {event.by_id for events in self._events.values() for event in events}
        return Staff.objects.select_related("unit").in_bulk(sorted(filter(None, ids)))

    @cached_property
    def _units(self) -> dict[int, Unit]:
        ids = {event.unit_id for events in self._events.values() for event in events}
        return Unit.objects.in_bulk(sorted(filter(None, ids)))

    def events(self, ticket: Ticket, *codes: Happening) -> list[Event]:
        """What happened to it, of the codes, in order."""
        return [event for event in self._events[ticket.pk] if not codes or event.code in codes]

    def latest(self, ticket: Ticket, *codes: Happening) -> Event | None:
        found = self.events(ticket, *codes)
        return found[-1] if found else None

    def time(self, ticket: Ticket, *codes: Happening) -> datetime | None:
        """When one of the codes happened last."""
        found = self.latest(ticket, *codes)
        return found.at if found else None

    def holdings(self, ticket: Ticket) -> list[Holding]:
        return self._holdings[ticket.pk]

    def dwell(self, ticket: Ticket, state: str, now: datetime) -> timedelta:
        """How long it stood in the state, all stays together."""
        stays = [one for one in self.holdings(ticket) if one.state == state]
        return sum(((one.to_at or now) - one.from_at for one in stays), timedelta())

    def promised(self, ticket: Ticket) -> Clock | None:
        """The limit that was promised to the customer, if one runs or ran."""
        return self.clock(ticket, *PROMISED)

    def clock(self, ticket: Ticket, *names: str) -> Clock | None:
        return next((one for one in self._clocks[ticket.pk] if one.name in names), None)

    def person(self, event: Event | None) -> str:
        """Who did it, in the reader's language; a dash for the desk itself."""
        if event is None or event.by_id is None:
            return "–"
        known = self._people.get(event.by_id)
        return known.name if known else event.by_name

    def units(self, events: Iterable[Event]) -> list[str]:
        """The names of the units whose people did these, each once, in order."""
        ids = dict.fromkeys(event.unit_id for event in events if event.unit_id)
        return [self._units[pk].name for pk in ids if pk in self._units]


def each(
    tickets: Sequence[Ticket], values: Callable[[Story, Ticket], tuple[Any, ...]]
) -> dict[int, tuple[Any, ...]]:
    """The values of each ticket, told from one reading of them all."""
    story = Story(tickets)
    return {ticket.pk: values(story, ticket) for ticket in tickets}


def _by_ticket(ids: list[int], rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {pk: [] for pk in ids}
    for row in rows:
        found[row.ticket_id].append(row)
    return found
