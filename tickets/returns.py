"""What the history says of a ticket's returns: since when the unit has it, who gave it back, whom
they proposed (question)."""

from collections.abc import Iterable
from datetime import datetime

from organisation.models import Staff, Unit
from organisation.roles import Role
from tickets.models import Event, Ticket
from tickets.states import Happening

_MOST = 5
_SENT = (Happening.DISPATCHED, Happening.ADJUDICATED, Happening.TRANSFERRED)


def got_at(ticket: Ticket) -> datetime:
    """When the unit that holds the ticket got it; its receipt if nothing was ever sent."""
    sent = Event.objects.filter(ticket=ticket, code__in=_SENT).order_by("-id")
    return sent.values_list("at", flat=True).first() or ticket.received_at


def dispatchers(ticket: Ticket) -> list[Staff]:
    """Who sent the ticket last; where a rule or no dispatcher did, those of the company who are
    there."""
    sent = Event.objects.filter(ticket=ticket, code__in=_SENT).order_by("-id")
    all_of_them = Staff.objects.with_role(Role.DISPATCHER)
    sender = all_of_them.filter(pk=sent.values("by_id")[:1]).first()
    if sender is not None:
        return [sender]
    there = all_of_them.exclude(presence=Staff.Presence.ABSENT)
    return list(there.filter(unit__path__startswith=ticket.scope_path).order_by("staff_number")[:_MOST])


def of(ticket_ids: Iterable[int]) -> dict[int, list[Event]]:
    """The returns of each ticket, oldest first."""
    events = Event.objects.filter(ticket__in=list(ticket_ids), code=Happening.RETURNED)
    found: dict[int, list[Event]] = {}
    for event in events.order_by("id"):
        found.setdefault(event.ticket_id, []).append(event)
    return found


def parties(ticket: Ticket) -> list[Unit]:
    """The units that gave the ticket back and those they proposed instead."""
    ids: set[int] = set()
    for event in of([ticket.pk]).get(ticket.pk, []):
        ids |= {event.facts[name] for name in ("unit_id", "proposed_unit_id") if event.facts.get(name)}
    return list(Unit.objects.filter(pk__in=ids).select_related("leader").order_by("path"))


def is_party(user: Staff, units: Iterable[Unit]) -> bool:
    """Whether the person belongs to, leads or speaks for one of the units."""
    return any(
        user.unit.is_within(unit) or user.pk in (unit.leader_id, unit.liaison_id) for unit in units
    )
