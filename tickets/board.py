"""What waits to be dispatched, what was sent and nobody has signed for, and where each would go
(question)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery

from assignment import routing
from organisation.models import Staff, Unit
from tickets import matters, returns
from tickets.kinds import ClockName
from tickets.models import Clock, Event, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import State

# Part of the board, which tickets belong to it, and by which clock they stand in order.
_PARTS: dict[str, tuple[Q, ClockName]] = {
    "waiting": (Q(state=State.NEW, needs_adjudication=False), ClockName.DISPATCH),
    "ruling": (Q(state=State.NEW, needs_adjudication=True), ClockName.DISPATCH),
    "unsigned": (Q(state=State.DISPATCHED), ClockName.SIGN),
}
PARTS = tuple(_PARTS)


@dataclass(frozen=True)
class Entry:
    """A ticket of the board, its returns so far, the unit proposed for it and why."""

    ticket: Ticket
    returns: Sequence[Event]
    unit: Unit | None
    reasons: tuple[dict[str, object], ...]

    @property
    def latest_return(self) -> Event | None:
        return self.returns[-1] if self.returns else None


def part(user: Staff, code: str) -> TicketQuerySet:
    """The tickets of one part that the person may see, with `clock_due_at` to stand in order of and
    `clock_started_at`."""
    which, clock = _PARTS[code]
    running = Clock.objects.filter(
        ticket=OuterRef("pk"), name=clock, measure="max", stopped_at=None
    )
    return (
        Ticket.objects.visible_to(user).filter(which).for_worklist()
        .select_related("category__parent", "territory", "tracker__unit")
        .annotate(
            clock_due_at=Subquery(running.values("due_at")[:1]),
            clock_started_at=Subquery(running.values("started_at")[:1]),
        )
    )  # fmt: skip


def counts(user: Staff) -> dict[str, int]:
    """How many tickets each part holds; one statement."""
    states = Ticket.objects.visible_to(user).filter(state__in=[State.NEW, State.DISPATCHED])
    counted = {code: Count("pk", filter=which) for code, (which, _clock) in _PARTS.items()}
    found: dict[str, int] = states.aggregate(**counted)
    return found


def entries(tickets: Sequence[Ticket]) -> list[Entry]:
    """Each ticket with its proposal; the same few statements however many there are."""
    given_back = returns.of(ticket.pk for ticket in tickets if ticket.return_count)
    named = {
        event.facts.get("proposed_unit_id") for events in given_back.values() for event in events
    }
    units = Unit.objects.handling().in_bulk([pk for pk in named if pk])
    routes = routing.routes([matters.of(ticket) for ticket in tickets]) if tickets else []
    return [
        _entry(ticket, route, given_back.get(ticket.pk, []), units)
        for ticket, route in zip(tickets, routes, strict=True)
    ]


def _entry(
    ticket: Ticket, route: routing.Route | None, given_back: Sequence[Event],
    units: dict[int, Unit],
) -> Entry:
    """The unit of the rules, unless it was they that returned it: then the one they proposed."""
    refused = {event.facts.get("unit_id") for event in given_back}
    if route is not None and route.unit.pk not in refused:
        return Entry(ticket, given_back, route.unit, route.reasons)
    if not given_back:
        return Entry(ticket, given_back, None, ())
    latest = given_back[-1].facts
    unit = units.get(latest.get("proposed_unit_id", 0))
    if unit is None or unit.pk in refused:
        return Entry(ticket, given_back, None, ())
    names = {"unit_zh": latest.get("unit_zh", ""), "unit_en": latest.get("unit_en", "")}
    return Entry(ticket, given_back, unit, ({"code": "proposed_by_unit", **names},))
