"""Which special periods (保供电、迎峰度夏、采暖期…) a moment falls into (question)."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone

from tickets.models import SpecialPeriod


def covering(at: datetime, *, utility: str, company_path: str) -> frozenset[str]:
    """The codes of the periods of the service line and company that the moment falls into, by the
    desk's own day. One that was ended since counts for what came before its end."""
    rows = SpecialPeriod.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), utility__in=["", utility]
    )
    ours = rows.alias(path=Value(company_path, models.CharField())).filter(
        Q(company=None) | Q(path__startswith=F("company__path"))
    )
    day = timezone.localtime(at, timezone.get_default_timezone()).date()
    return frozenset(row.code for row in ours if row.covers(day))
