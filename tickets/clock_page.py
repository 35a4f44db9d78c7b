"""What the page of one ticket's clocks shows: lanes, reasons, stays, every deadline row (question)."""

from datetime import datetime
from typing import Any

from organisation.models import Calendar
from tickets import accountable, stays, timeline
from tickets.models import Clock, Deadline, Event, Holding, Ticket


def of(
    ticket: Ticket, now: datetime, *, with_rows: bool, clock: str = "", measure: str = ""
) -> dict[str, Any]:
    """All clocks with their reasons, or the one that is named; with the deadline rows of every
    generation for those who supervise. Six queries."""
    clocks = list(Clock.objects.filter(ticket=ticket).select_related("limit").order_by("id"))
    events = list(Event.objects.filter(ticket=ticket).order_by("id"))
    held = Holding.objects.filter(ticket=ticket).select_related("unit", "staff")
    holdings = list(held.order_by("from_at", "id"))
    waiting = accountable.of(ticket, holdings, now).waiting
    drawn = timeline.of(ticket, clocks, events, holdings, waiting, now)
    rows = _rows(ticket) if with_rows else {}
    return {
        "timeline": drawn,
        "stays": stays.of(ticket, holdings, now),
        "calendars": {one.code: one.name for one in Calendar.objects.newest()},
        "reasons": [
            {"lane": lane, "rows": rows.get((lane.clock.name, lane.clock.measure), [])}
            for lane in drawn.lanes
            if clock in ("", lane.clock.name) and measure in ("", lane.clock.measure)
        ],
    }


def _rows(ticket: Ticket) -> dict[tuple[str, str], list[Deadline]]:
    """Every deadline there ever was, latest plan first."""
    found: dict[tuple[str, str], list[Deadline]] = {}
    for row in Deadline.objects.filter(ticket=ticket).order_by("-generation", "fires_at", "id"):
        found.setdefault((row.clock, row.measure), []).append(row)
    return found
