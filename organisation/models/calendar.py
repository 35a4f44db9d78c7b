from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation import working_time
from servicedesk.lib.bilingual import Bilingual

# What a version says, and a company's version takes over from the general one.
WORDING = (
    "name_en", "name_zh", "time_zone", "week", "seasons", "days", "known_from", "known_until",
    "is_round_the_clock", "holidays_observed",
)  # fmt: skip


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def general(self) -> "CalendarQuerySet":
        """The versions that hold for every company without days of its own."""
        return self.filter(company=None)

    def newest(self) -> "CalendarQuerySet":
        """One row per code: its highest general version."""
        return self.general().order_by("code", "-version").distinct("code")

    def for_company(self, company_path: str) -> "CalendarQuerySet":
        """The versions that a company is or was under."""
        return self.filter(Q(company=None) | Q(company__path=company_path))

    def newest_for(self, company_path: str) -> "CalendarQuerySet":
        """One row per code: the highest version that holds for the company."""
        return self.for_company(company_path).order_by("code", "-version").distinct("code")


class Calendar(Bilingual):
    """One version of a working calendar; a ticket keeps the version it was judged by.

    `week` maps "mon" to "sun" to lists of ["08:30", "12:00"] windows; `seasons` lists weeks that
    hold each year between two days; `days` maps ISO dates to {"rule": "off" or "work"} or own
    {"windows"}, with a name and, where it came from a published table, its year. What is published
    reaches from `known_from` to `known_until` (empty: no end). The arithmetic is in
    organisation.working_time.

    A row with a `company` holds for that company alone: everything as in the general version
    before it, and `local_days` on top. All rows of a code share one row of version numbers, so that
    code and version say everything.

    Open tickets take a version over where `is_for_open` says so; `settled_at` is when the last one
    had, `left_behind` the ids of those that could not.
    """

    private_fields: tuple[str, ...] = ()

    class Origin(models.TextChoices):
        SHIPPED = "shipped", _("Shipped with the desk")
        EDITED = "edited", pgettext_lazy("calendar", "Edited")
        HOLIDAYS = "holidays", _("Holiday table loaded")
        LOCAL = "local", _("Own days of a company")
        FOLLOWS = "follows", _("Follows the general calendar")

    code = models.SlugField(max_length=30)
    version = models.PositiveIntegerField()
    company = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(max_length=40)
    week = models.JSONField(default=dict)
    seasons = models.JSONField(default=list, db_default=[])
    days = models.JSONField(default=dict)
    local_days = models.JSONField(default=dict, db_default={})
    known_from = models.DateField(null=True, blank=True)
    known_until = models.DateField(null=True, blank=True)
    is_round_the_clock = models.BooleanField(default=False)
    holidays_observed = models.BooleanField(default=True)
    origin = models.CharField(
        max_length=10, choices=Origin, default=Origin.SHIPPED, db_default=Origin.SHIPPED
    )
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    is_for_open = models.BooleanField(default=False, db_default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    left_behind = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    created_by = models.ForeignKey(
        "organisation.Staff", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = CalendarQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_calendar_per_version"),
            models.CheckConstraint(
                condition=Q(known_from=None)
                | Q(known_until=None)
                | Q(known_from__lte=models.F("known_until")),
                name="calendar_is_known_from_before_until",
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=False) | Q(local_days={}),
                name="general_calendar_has_no_local_days",
            ),
        ]

    @property
    def wording(self) -> dict[str, Any]:
        """What the version says, by column."""
        return {name: getattr(self, name) for name in WORDING}

    def plain(self) -> working_time.WorkingCalendar:
        """The version as the arithmetic reads it; raises calendar_errors.Unreadable."""
        return working_time.calendar_from_data(
            code=self.code, version=self.version, zone=self.time_zone, week=self.week,
            days=self.days, known_until=self.known_until, known_from=self.known_from,
            is_round_the_clock=self.is_round_the_clock, holidays_observed=self.holidays_observed,
            seasons=self.seasons, local_days=self.local_days,
        )  # fmt: skip
