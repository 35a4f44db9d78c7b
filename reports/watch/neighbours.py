"""Other tickets of the same place, caller and matter (question).

A ticket is compared with all others, also with those the reader does not see, but never with a
confidential report: that there is one must not show.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet


def again_within(days: timedelta) -> Q:
    """Whether the same matter was logged again at the same place, or by the same caller, within
    so many days after the ticket was reported done."""
    later = _others().filter(
        category=OuterRef("category"), received_at__gt=OuterRef("done_at"),
        received_at__lte=OuterRef("done_at") + days,
    )  # fmt: skip
    return _same_place(later) | _same_caller(later)


def earlier_within(days: timedelta) -> Q:
    """Whether the same place, caller or customer had any ticket within so many days before."""
    earlier = _others().filter(
        received_at__lt=OuterRef("received_at"), received_at__gte=OuterRef("received_at") - days
    )
    same_customer = Exists(earlier.filter(customer=OuterRef("customer")))
    return _same_place(earlier) | _same_caller(earlier) | Q(same_customer)


def sent_apart_within(time: timedelta) -> Q:
    """Whether the same matter at the same place was sent out as another ticket within the time,
    and neither was merged into the other."""
    other = _others().filter(
        category=OuterRef("category"), merged_into=None, lead_unit__isnull=False,
        received_at__gte=OuterRef("received_at") - time,
        received_at__lte=OuterRef("received_at") + time,
    )  # fmt: skip
    return _same_place(other.exclude(state__in=["merged", "cancelled"]))


def near(tickets: Sequence[Ticket], among: TicketQuerySet) -> "Near":
    """Of the tickets `among`, those at the places or by the callers of these, in one query."""
    places = {one.premises_id for one in tickets if one.premises_id}
    callers = {one.contact_phone_hash for one in tickets if one.contact_phone_hash}
    sorts = {one.category_id for one in tickets}
    found = among.filter(
        Q(premises__in=places) | Q(contact_phone_hash__in=callers), category__in=sorts
    )
    return Near(list(found.select_related("lead_unit").defer("words", "text").order_by("received_at")))


class Near:
    """Tickets that may belong to one another, to choose from without asking again."""

    def __init__(self, found: list[Ticket]) -> None:
        self.found = found

    def of(self, ticket: Ticket, *, since: datetime, until: datetime) -> list[Ticket]:
        """Others of the same sort and place or caller, received from `since` until `until`."""
        return [
            one for one in self.found
            if one.pk != ticket.pk and one.category_id == ticket.category_id
            and since <= one.received_at <= until and _is_near(one, ticket)
        ]  # fmt: skip


def _is_near(one: Ticket, other: Ticket) -> bool:
    is_same_place = one.premises_id is not None and one.premises_id == other.premises_id
    is_same_caller = one.contact_phone_hash == other.contact_phone_hash != ""
    return is_same_place or is_same_caller


def _others() -> TicketQuerySet:
    return Ticket.objects.that_name_no_informant().order_by()


def _same_place(others: TicketQuerySet) -> Q:
    same = others.filter(premises=OuterRef("premises")).exclude(pk=OuterRef("pk"))
    return Q(premises__isnull=False) & Q(Exists(same))


def _same_caller(others: TicketQuerySet) -> Q:
    same = others.filter(contact_phone_hash=OuterRef("contact_phone_hash"))
    return ~Q(contact_phone_hash="") & Q(Exists(same.exclude(pk=OuterRef("pk"))))
