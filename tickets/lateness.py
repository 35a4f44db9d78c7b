"""What is late and what soon will be, and what was escalated to whom (question)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from organisation.models import Staff
from tickets.models import Event, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening

SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Chosen:
    """Which part of the late work is looked at; lives in the address."""

    part: str
    unit: str
    clock: str
    holder: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Chosen":
        part = query.get("part", "late")
        return cls(
            part if part in {"late", "soon"} else "late",
            query.get("unit", "")[:40], query.get("clock", "")[:20], query.get("holder", "")[:30],
        )  # fmt: skip


def tickets(user: Staff, chosen: Chosen, now: datetime) -> TicketQuerySet:
    """The chosen late, or soon due, tickets that the person may see."""
    found = _in_part(user, chosen.part, now)
    if chosen.unit:
        found = found.filter(lead_unit__code=chosen.unit)
    if chosen.clock:
        found = found.filter(next_due_clock=chosen.clock)
    if chosen.holder:
        found = found.filter(lead_handler__staff_number=chosen.holder)
    return found


def counts(user: Staff, chosen: Chosen, now: datetime) -> dict[str, Any]:
    """How many by unit, by clock and by holder; each number is the length of its list."""
    found = _in_part(user, chosen.part, now)
    return {
        "late": _in_part(user, "late", now).count(),
        "soon": _in_part(user, "soon", now).count(),
        "by_unit": _count(found, "lead_unit__code", "lead_unit__name_en", "lead_unit__name_zh"),
        "by_clock": _count(found, "next_due_clock"),
        "by_holder": _count(
            found, "lead_handler__staff_number", "lead_handler__name_en", "lead_handler__name_zh"
        ),
    }


def escalations(rows: Sequence[Ticket]) -> dict[int, Event]:
    """The latest event by which the engine spoke of each ticket."""
    codes = (Happening.OVERDUE, Happening.ESCALATED)
    spoken = Event.objects.filter(ticket__in=[row.pk for row in rows], code__in=codes)
    latest = spoken.order_by("ticket_id", "-id").distinct("ticket_id")
    return {event.ticket_id: event for event in latest}


def _in_part(user: Staff, part: str, now: datetime) -> TicketQuerySet:
    visible = Ticket.objects.visible_to(user).open()
    if part == "soon":
        return visible.filter(next_due_at__gt=now, next_due_at__lte=now + SOON)
    return visible.filter(Q(next_due_at__lte=now))


def _count(found: TicketQuerySet, *names: str) -> list[dict[str, Any]]:
    grouped = found.values(*names).annotate(n=Count("pk")).order_by("-n", names[0])
    return list(grouped[:40])
