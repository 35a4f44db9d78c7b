from datetime import date

from django.db import models
from django.db.models import Q

from organisation.models import Staff, Unit, Utility
from servicedesk.lib import bilingual


class SpecialPeriodQuerySet(models.QuerySet["SpecialPeriod"]):
    def standing(self) -> "SpecialPeriodQuerySet":
        """Those that nobody has ended."""
        return self.filter(ended_at=None)


class SpecialPeriod(bilingual.Bilingual):
    """A time in which other limits hold (保供电、迎峰度夏、采暖期): from one day to another, both
    included, once or each year; a period that comes each year may pass the year's end.

    One code may have several rows: Spring Festival has other days each year. A row is never
    rewritten: a change ends it and adds one that `supersedes` it. What was received before
    `ended_at` was received within it. An empty `utility` or `company` means all of them.
    """

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_yearly = models.BooleanField(default=False)
    utility = models.CharField(max_length=10, choices=Utility, blank=True)
    company = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later_versions"
    )

    objects = SpecialPeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_yearly=True) | Q(ends_on__gte=models.F("starts_on")),
                name="special_period_ends_after_it_starts",
            ),
        ]

    def covers(self, day: date) -> bool:
        """Whether the day belongs to it."""
        if not self.is_yearly:
            return self.starts_on <= day <= self.ends_on
        first, last = ((d.month, d.day) for d in (self.starts_on, self.ends_on))
        here = (day.month, day.day)
        return first <= here <= last if first <= last else here >= first or here <= last
