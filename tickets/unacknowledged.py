"""What was escalated and nobody has acknowledged yet (question)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from organisation.models import Staff
from tickets.models import Escalation, Ticket

# From this on the list of the overdue says so, and how long.
LONG = timedelta(hours=2)


def of_ticket(ticket: Ticket) -> list[Escalation]:
    """The calls on this ticket that wait for somebody, the longest first; one statement."""
    if not ticket.is_open or not ticket.escalation_level:
        return []
    found = Escalation.objects.filter(ticket=ticket).waiting()
    people = found.select_related("staff", "stands_for", "duty_leader")
    return list(people.order_by("told_at", "pk"))


def calls(staff: Staff, waiting: Collection[Escalation]) -> bool:
    """Whether one of them calls the person: themselves, as deputy, or for an absent one."""
    return any(
        staff.pk in {one.staff_id, one.stands_for_id, one.duty_leader_id, one.staff.deputy_id}
        for one in waiting
    )


def has_called(staff: Staff, ticket: Ticket) -> bool:
    """Whether anything on the ticket calls or has called the person, acknowledged or not."""
    return Escalation.objects.filter(ticket=ticket).called(staff).exists()


def of_person(staff: Staff) -> list[Escalation]:
    """What the person has to acknowledge, the longest first; a hundred at the most."""
    visible = Ticket.objects.visible_to(staff)
    found = Escalation.objects.waiting().called(staff).filter(ticket__in=visible.values("pk"))
    found = found.select_related("ticket__lead_unit", "staff", "stands_for")
    return list(found.order_by("told_at", "pk")[:100])


def by_ticket(tickets: Sequence[Ticket], now: datetime) -> dict[int, Escalation]:
    """Of each of these tickets the call that has waited longest, where that is long."""
    found = Escalation.objects.filter(ticket__in=[one.pk for one in tickets]).waiting()
    late = found.filter(told_at__lte=now - LONG).select_related("staff", "stands_for")
    return {one.ticket_id: one for one in late.order_by("ticket_id", "told_at").distinct("ticket_id")}
