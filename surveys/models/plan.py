from datetime import time
from decimal import Decimal

from django.db import models


class SamplingPlan(models.Model):
    """One version of whom to ask, how often and when (回访抽样规则); an edit is a new version.

    `rate` is the share drawn at random; at least `min_n` of each stratum (unit, kind, month) are
    wanted. Times of day are in the desk's zone; calls outside them are warned of, not refused.
    """

    private_fields: tuple[str, ...] = ()

    version = models.PositiveIntegerField(unique=True)
    rate = models.DecimalField(max_digits=4, decimal_places=3, default=Decimal("0.100"))
    min_n = models.PositiveSmallIntegerField(default=3)
    window_days = models.PositiveSmallIntegerField(default=3)
    link_days = models.PositiveSmallIntegerField(default=7)
    fatigue_days = models.PositiveSmallIntegerField(default=30)
    call_after_hours = models.PositiveSmallIntegerField(default=24)
    attempts = models.PositiveSmallIntegerField(default=3)
    spacing_hours = models.PositiveSmallIntegerField(default=2)
    calls_from = models.TimeField(default=time(8))
    calls_until = models.TimeField(default=time(21))
    pause_from = models.TimeField(default=time(12))
    pause_until = models.TimeField(default=time(14))
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lte=1), name="sampling_rate_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(attempts__gte=1, window_days__gte=1, link_days__gte=1),
                name="sampling_plan_asks_at_all",
            ),
        ]


class MonthSeed(models.Model):
    """The seed of one month's draw, made once and kept, so that the draw can be repeated."""

    private_fields: tuple[str, ...] = ()

    month = models.CharField(max_length=7, primary_key=True)
    seed = models.CharField(max_length=64)
    created_at = models.DateTimeField()
