"""Disputes between units: the open ones, and how many each unit had (question)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from organisation.models import Staff
from servicedesk.lib.errors import NotVisible
from tickets.models import Dispute, Ticket

SPAN = timedelta(days=90)
MOST_ROWS = 200


@dataclass(frozen=True)
class Disputed:
    """Open disputes, those settled of late, and counts by the unit that opened and the other."""

    open: Sequence[Dispute]
    settled: Sequence[Dispute]
    by_sides: Sequence[dict[str, Any]]


def of(user: Staff, now: datetime) -> Disputed:
    """The disputes about tickets that the person may see; counts are of those opened within 90
    days."""
    found = _visible(user)
    recent = found.filter(opened_at__gt=now - SPAN)
    names = ("unit__name_en", "unit__name_zh", "against__name_en", "against__name_zh")
    counted = recent.order_by().values(*names).annotate(n=Count("pk")).order_by("-n", *names)
    open_ones = found.filter(decided_at=None).order_by("opened_at")
    settled = recent.exclude(decided_at=None).order_by("-decided_at")
    return Disputed(list(open_ones[:MOST_ROWS]), list(settled[:MOST_ROWS]), list(counted))


def one(user: Staff, ticket: Ticket, pk: int) -> Dispute:
    """The dispute about the visible ticket; NotVisible where there is none."""
    found = _visible(user).filter(ticket=ticket, pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _visible(user: Staff) -> QuerySet[Dispute]:
    visible = Ticket.objects.visible_to(user).values("pk")
    related = ("ticket", "unit", "against", "opened_by", "answered_by", "decided_by", "decided_for")
    found = Dispute.objects.filter(ticket__in=visible).select_related(*related)
    return found.defer("ticket__words")
