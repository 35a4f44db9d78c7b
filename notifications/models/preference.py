from django.db import models
from django.db.models import Q

from notifications import quiet
from organisation.models import Staff, Unit
from organisation.roles import Permission

# What a company allows that has no rule of its own.
MOST_HOURS = 12


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def seen_by(self, staff: Staff) -> "PreferenceQuerySet":
        """The quiet hours and digests of the person's company, for leaders those of their unit."""
        is_wide = bool({Permission.SUPERVISE, Permission.CONFIGURE} & staff.permissions)
        path = staff.scope_path if is_wide else staff.unit.path
        chosen = self.filter(staff__is_active=True, staff__unit__path__startswith=path)
        chosen = chosen.exclude(
            quiet_from=None, digest_at=None, are_weekends_quiet=False, wants_texts=False
        )
        return chosen.select_related("staff__unit").order_by(
            "staff__unit__path", "staff__staff_number"
        )


class Preference(models.Model):
    """How one person wishes to hear of reminders (免打扰时段): what is due, escalated or about safety
    reaches them at once whatever stands here. Without a row each reminder leaves when it fires."""

    private_fields = ("mobile",)

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="preference")
    time_zone = models.CharField(max_length=40)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    are_weekends_quiet = models.BooleanField(default=False)
    digest_at = models.TimeField(null=True, blank=True)
    wants_texts = models.BooleanField(default=False)
    mobile = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField()

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_begin_and_end",
            ),
            models.CheckConstraint(
                condition=Q(wants_texts=False) | ~Q(mobile=""), name="texts_go_to_a_number"
            ),
        ]

    @property
    def wish(self) -> quiet.Wish:
        """As a plain value."""
        return quiet.Wish(
            zone=self.time_zone, quiet_from=self.quiet_from, quiet_to=self.quiet_to,
            are_weekends_quiet=self.are_weekends_quiet, digest_at=self.digest_at,
        )  # fmt: skip


class QuietRuleQuerySet(models.QuerySet["QuietRule"]):
    def of(self, staff: Staff) -> tuple[int, bool]:
        """How many quiet hours a day the person's company allows, and whether quiet weekends."""
        row = self.filter(company__path=staff.scope_path).first()
        return (row.most_hours, row.may_rest_at_weekends) if row else (MOST_HOURS, True)


class QuietRule(models.Model):
    """How much quiet the people of one company may choose; MOST_HOURS and quiet weekends where it
    has no row."""

    private_fields: tuple[str, ...] = ()

    company = models.OneToOneField(Unit, models.CASCADE, related_name="quiet_rule")
    most_hours = models.PositiveSmallIntegerField()
    may_rest_at_weekends = models.BooleanField(default=True)
    changed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = QuietRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(most_hours__lte=16), name="nobody_is_quiet_all_day")
        ]
