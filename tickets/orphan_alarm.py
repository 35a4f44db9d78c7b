"""Tell somebody of each ticket that nobody has, once for each reason (verb)."""

from collections.abc import Sequence
from datetime import datetime

from assignment import duty_roster
from notifications import notices
from notifications.models import Notice
from organisation.models import Staff, Unit
from organisation.roles import Role
from tickets import confidants, orphans, sight
from tickets.models import Ticket
from tickets.orphans import Why

BATCH = 200

# Whose place is empty, and so whose absence the notice is about.
_OF_THE_TRACKER = frozenset({Why.TRACKER_LEFT, Why.TRACKER_ABSENT})


def tell(*, by: Staff | None, at: datetime) -> int:
    """Put every ticket that nobody has before the liaison of its unit, or a dispatcher; once per
    ticket, reason and person. The number told now."""
    told, after = 0, 0
    while True:
        rows = orphans.found(Ticket.objects.filter(pk__gt=after), at).order_by("pk")
        tickets = list(
            rows.select_related(
                "lead_unit", "lead_handler", "tracker__unit", "intake_unit"
            ).defer("words")[:BATCH]
        )  # fmt: skip
        if not tickets:
            return told
        told += _tell(tickets, by, at)
        after = tickets[-1].pk


def _tell(tickets: Sequence[Ticket], by: Staff | None, at: datetime) -> int:
    keys = {ticket.pk: _key(ticket) for ticket in tickets}
    known = set(Notice.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    fresh = [ticket for ticket in tickets if keys[ticket.pk] not in known]
    for ticket in fresh:
        person = _receiver(ticket, at)
        if person is not None:
            notices.put(
                key=keys[ticket.pk], staff=person, code="nobody_has_it", subject=ticket.number,
                facts={"title": ticket.subject, "why": _why(ticket)}, by=by, at=at,
            )  # fmt: skip
    return len(fresh)


def _why(ticket: Ticket) -> Why:
    return Why(ticket.why)  # type: ignore[attr-defined]


def _key(ticket: Ticket) -> str:
    """The same until the reason, the person or their absence is another one."""
    person = ticket.tracker if _why(ticket) in _OF_THE_TRACKER else ticket.lead_handler
    since = int(person.presence_since.timestamp()) if person and person.presence_since else 0
    return f"nobody:{ticket.pk}:{_why(ticket)}:{person.pk if person else 0}:{since}"


def _receiver(ticket: Ticket, at: datetime) -> Staff | None:
    """The liaison of the unit where the place is empty, else a dispatcher, else whoever stands by;
    of a confidential report somebody who may read it."""
    unit = _unit(ticket)
    gone = {ticket.lead_handler_id, ticket.tracker_id}
    for role in (Role.LIAISON, Role.DISPATCHER, Role.UNIT_LEADER, Role.SUPERVISOR):
        person = duty_roster.responsible(unit, role, at)
        if person is not None and person.pk not in gone and sight.may_hear(person, ticket):
            return person
    return confidants.answering(ticket) if ticket.is_confidential else None


def _unit(ticket: Ticket) -> Unit:
    if _why(ticket) in _OF_THE_TRACKER:
        return ticket.tracker.unit
    return ticket.lead_unit or ticket.intake_unit
