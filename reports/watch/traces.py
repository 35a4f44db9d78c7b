"""Conditions on the history of a ticket, as the lists share them (question)."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from tickets.models import Event
from tickets.states import Happening as H

# Spoke with the customer, or stood at their door.
MET = (H.CONTACTED, H.ARRIVED)

# What a customer notices of the work on their matter.
SEEN = (
    H.RECEIVED, H.CONTACTED, H.ARRIVED, H.DONE, H.RESOLVED_ON_THE_SPOT, H.TOLD_CONFIRMED, H.BOOKED,
    H.APPOINTMENT_SETTLED, H.DISCLOSED, H.REFERRED, H.REFUSED, H.UPDATE_PROMISED,
)  # fmt: skip

# Work on the paper alone.
MOVED = (
    H.DISPATCHED, H.REASSIGNED, H.RETURNED, H.ADJUDICATED, H.TRANSFERRED, H.SUSPENDED, H.RESUMED,
    H.EXTENDED, H.ASKED, H.REQUEST_REFUSED, H.RECLASSIFIED, H.PRIORITY_CHANGED, H.TASK_OPENED,
    H.TASK_SIGNED, H.TASK_DROPPED, H.REJECTED, H.SENT_BACK, H.REOPENED, H.HANDED_OVER,
)  # fmt: skip


def of_ticket(*codes: H, **conditions: Any) -> QuerySet[Event]:
    """Events of the ticket of the outer query."""
    return Event.objects.filter(ticket=OuterRef("pk"), code__in=codes, **conditions)


def has(*codes: H, **conditions: Any) -> Exists:
    return Exists(of_ticket(*codes, **conditions))


def latest(*codes: H) -> Subquery:
    """When one of the codes happened to the ticket last."""
    return Subquery(of_ticket(*codes).order_by("-at").values("at")[:1])


def shortly_before(moments: QuerySet[Any], *codes: H, at_most: timedelta, **also: Any) -> Exists:
    """Whether one of the codes happened to the ticket within the time before one of the moments
    (rows with an `at`, of the ticket of the outer query)."""
    before = Event.objects.filter(
        ticket=OuterRef(OuterRef("pk")), code__in=codes, at__lt=OuterRef("at"),
        at__gte=OuterRef("at") - at_most, **also,
    )  # fmt: skip
    return Exists(moments.filter(Exists(before)))
