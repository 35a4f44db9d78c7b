from django.db import models

from servicedesk.lib.bilingual import Bilingual


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def newest(self) -> "CalendarQuerySet":
        """One row per code: its highest version."""
        return self.order_by("code", "-version").distinct("code")


class Calendar(Bilingual):
    """One version of a working calendar; a ticket keeps the version it was judged by.

    `week` maps "0" (Monday) to "6" to lists of ["08:30", "12:00"] windows; `days` maps ISO dates
    to "off", "work" or own windows. The arithmetic is in organisation.working_time.
    """

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=30)
    version = models.PositiveIntegerField()
    time_zone = models.CharField(max_length=40)
    week = models.JSONField(default=dict)
    days = models.JSONField(default=dict)
    known_until = models.DateField(null=True, blank=True)
    is_round_the_clock = models.BooleanField(default=False)
    holidays_observed = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = CalendarQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_calendar_per_version")
        ]
