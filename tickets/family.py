"""Which tickets are merged into which, and which might be (question)."""

from datetime import timedelta

from django.db.models import Q

from organisation.models import Staff
from tickets.kinds import Kind, Priority
from tickets.models import Link, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import OPEN, State

# How far apart two reports of the same fault or event may have come in.
NEAR = timedelta(days=14)

_PARENTS = OPEN - {State.MERGED}


def waiting_for(parent: Ticket) -> TicketQuerySet:
    """Tickets merged into this one whose customers still wait for an answer of their own."""
    return Ticket.objects.filter(merged_into=parent, state=State.MERGED)


def children_of(parent: Ticket) -> TicketQuerySet:
    """All that were merged into it, however far each has come."""
    return Ticket.objects.filter(merged_into=parent).for_worklist().order_by("received_at", "id")


def is_one_matter(one: Ticket, other: Ticket) -> bool:
    """Same customer, or the same kind of matter in the same place at about the same time
    (domain §3b)."""
    if one.customer_id is not None and one.customer_id == other.customer_id:
        return True
    same_place = one.premises_id is not None and one.premises_id == other.premises_id
    same_area = one.territory_id is not None and one.territory_id == other.territory_id
    is_near = abs(one.received_at - other.received_at) <= NEAR
    return one.kind == other.kind and (same_place or same_area) and is_near


def never_merges(ticket: Ticket) -> bool:
    """Safety matters and confidential reports stand alone, always (domain §3b)."""
    return ticket.is_confidential or ticket.priority == Priority.EMERGENCY


def candidates(child: Ticket, user: Staff) -> TicketQuerySet:
    """Open tickets that the person may see and this one might be merged into."""
    place = Q(territory=child.territory_id) if child.territory_id else Q(pk__in=[])
    if child.premises_id:
        place |= Q(premises=child.premises_id)
    near = Q(
        place, kind=child.kind, received_at__gte=child.received_at - NEAR,
        received_at__lte=child.received_at + NEAR,
    )  # fmt: skip
    if child.customer_id:
        near |= Q(customer=child.customer_id)
    found = Ticket.objects.visible_to(user).filter(
        near, state__in=_PARENTS, is_confidential=False, utility=child.utility,
        scope_path=child.scope_path,
    ).exclude(pk=child.pk).exclude(priority=Priority.EMERGENCY)  # fmt: skip
    if child.kind == Kind.COMPLAINT:
        return found.filter(kind=Kind.COMPLAINT)
    return found.exclude(kind=Kind.COMPLAINT)


def links_of(ticket: Ticket) -> list[Link]:
    """Every link from or to the ticket, oldest first."""
    found = Link.objects.filter(Q(earlier=ticket) | Q(later=ticket))
    return list(found.select_related("earlier", "later").order_by("at", "id"))
