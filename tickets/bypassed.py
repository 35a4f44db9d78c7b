"""Complaints that went past a level, counted against the unit that should have settled them
(越级投诉) (question)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from organisation.models import Staff
from tickets.models import Link, Ticket

# The span that the page counts; three months, as quarters are judged.
SPAN = timedelta(days=90)
MOST_ROWS = 200


@dataclass(frozen=True)
class Bypassed:
    """How many per unit, and the links behind the numbers, the newest first."""

    by_unit: Sequence[dict[str, Any]]
    links: Sequence[Link]


def of(user: Staff, now: datetime) -> Bypassed:
    """What went past the units of the person's scope within 90 days; both tickets are visible to
    them, so that each number opens into its list."""
    links = _visible(user).filter(at__gt=now - SPAN)
    names = ("earlier__lead_unit__code", "earlier__lead_unit__name_en", "earlier__lead_unit__name_zh")
    counted = links.order_by().values(*names).annotate(n=Count("pk")).order_by("-n", names[0])
    shown = links.select_related("earlier__lead_unit", "later__lead_unit").order_by("-pk")
    return Bypassed(list(counted), list(shown.defer("earlier__words", "later__words")[:MOST_ROWS]))


def _visible(user: Staff) -> QuerySet[Link]:
    visible = Ticket.objects.visible_to(user).values("pk")
    return Link.objects.filter(
        meaning=Link.Meaning.BYPASS, earlier__in=visible, later__in=visible
    )
