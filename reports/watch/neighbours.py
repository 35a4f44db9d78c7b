"""Other tickets of the same place, caller and matter (question).

A ticket is compared with all others, also with those the reader does not see, but never with a
confidential report: that there is one must not show.
"""

from datetime import timedelta

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


def _others() -> TicketQuerySet:
    return Ticket.objects.that_name_no_informant().order_by()


def _same_place(others: TicketQuerySet) -> Q:
    same = others.filter(premises=OuterRef("premises")).exclude(pk=OuterRef("pk"))
    return Q(premises__isnull=False) & Q(Exists(same))


def _same_caller(others: TicketQuerySet) -> Q:
    same = others.filter(contact_phone_hash=OuterRef("contact_phone_hash"))
    return ~Q(contact_phone_hash="") & Q(Exists(same.exclude(pk=OuterRef("pk"))))
