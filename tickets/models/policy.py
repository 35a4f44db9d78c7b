from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import AreaClass, Utility
from organisation.roles import Role
from servicedesk.lib import bilingual
from tickets.kinds import ClockName, Kind
from tickets.states import Happening


class Ladder(bilingual.Bilingual):
    """An escalation ladder (上报层级表): who hears of a missed limit, and how long after."""

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_ladder_per_version")
        ]


class LimitUnit(models.TextChoices):
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    WORKING_HOURS = "working_hours", _("working hours")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    WORKING_DAYS = "working_days", _("working days")


class Rung(models.Model):
    """One step of a ladder, counted after the due time in round-the-clock or working time.

    Whoever it reaches hears again every `repeat_amount` `repeat_unit`, at most `most_repeats` times,
    until they acknowledge it (签收督办); with no repeats it is said once.
    """

    private_fields: tuple[str, ...] = ()

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="rungs")
    order = models.PositiveSmallIntegerField()
    after_amount = models.DecimalField(max_digits=8, decimal_places=2)
    after_unit = models.CharField(max_length=20, choices=LimitUnit)
    role = models.CharField(max_length=30, choices=Role)
    repeat_amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    repeat_unit = models.CharField(
        max_length=20, choices=LimitUnit, default=LimitUnit.MINUTES, db_default=LimitUnit.MINUTES
    )
    most_repeats = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ladder", "order"], name="one_rung_per_order"),
            models.CheckConstraint(
                condition=models.Q(most_repeats=0) | models.Q(repeat_amount__gt=0),
                name="rung_repeats_after_some_time",
            ),
        ]


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_force(self, at) -> "PolicyQuerySet":  # type: ignore[no-untyped-def]
        """The newest version of each code that has taken effect by the instant."""
        return (
            self.filter(effective_at__lte=at).order_by("code", "-version").distinct("code")
        )


class Policy(bilingual.Bilingual):
    """One version of the limits for a sort of matter (时限规则版本); empty selectors fit all.

    Never changed once a ticket keeps it: an edit is a new version. `source` and `doubt` say where
    the figures come from and how sure they are. A unit may return a ticket within
    `return_amount` `return_unit` of getting it; more time is granted `most_extensions` times at the
    most; `suspension_days` says per reason how many calendar days a ticket may rest, where that
    differs from tickets.allowances.
    """

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    effective_at = models.DateTimeField()
    utility = models.CharField(max_length=10, choices=Utility, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, blank=True)
    category_code = models.CharField(max_length=60, blank=True)
    area_class = models.CharField(max_length=10, choices=AreaClass, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    is_key_account = models.BooleanField(null=True)
    source_en = models.CharField(max_length=300, blank=True)
    source_zh = models.CharField(max_length=300, blank=True)
    doubt_en = models.CharField(max_length=300, blank=True)
    doubt_zh = models.CharField(max_length=300, blank=True)
    return_amount = models.DecimalField(max_digits=8, decimal_places=2, default=1, db_default=1)
    return_unit = models.CharField(
        max_length=20, choices=LimitUnit, default=LimitUnit.WORKING_DAYS,
        db_default=LimitUnit.WORKING_DAYS,
    )  # fmt: skip
    return_calendar_code = models.SlugField(
        max_length=30, default="working-days-cn", db_default="working-days-cn"
    )
    most_extensions = models.PositiveSmallIntegerField(default=1, db_default=1)
    suspension_days = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_policy_per_version")
        ]

    @property
    def plain_return_amount(self) -> str:
        """20, 0.5: the amount without trailing noughts."""
        return f"{self.return_amount.normalize():f}"

    @property
    def source(self) -> str:
        """Where the figures come from, in the active language."""
        return bilingual.in_the_readers_language(self.source_en, self.source_zh)

    @property
    def doubt(self) -> str:
        """What is not sure about the figures, in the active language."""
        return bilingual.in_the_readers_language(self.doubt_en, self.doubt_zh)


class Limit(models.Model):
    """How long one clock of a policy may run, from which event, on which calendar."""

    private_fields: tuple[str, ...] = ()

    class Counting(models.TextChoices):
        FROM_INSTANT = "from_instant", _("from the instant")
        FROM_NEXT_DAY = "from_next_day", _("from the next day")
        SAME_CLOCK_TIME = "same_clock_time", _("at the same clock time")

    class Ends(models.TextChoices):
        BUSINESS_CLOSE = "business_close", _("at the close of business")
        MIDNIGHT = "midnight_24", _("at 24:00")

    class Measure(models.TextChoices):
        MAXIMUM = "max", _("maximum")
        AVERAGE = "avg", _("average")

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="limits")
    clock = models.CharField(max_length=20, choices=ClockName)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=20, choices=LimitUnit)
    counting = models.CharField(max_length=20, choices=Counting, default=Counting.FROM_INSTANT)
    ends = models.CharField(max_length=20, choices=Ends, default=Ends.BUSINESS_CLOSE)
    cut_off = models.TimeField(null=True, blank=True)
    next_opening = models.TimeField(null=True, blank=True)
    measure = models.CharField(max_length=5, choices=Measure, default=Measure.MAXIMUM)
    starts_on = models.CharField(max_length=30, choices=Happening)
    stops_on = ArrayField(models.CharField(max_length=30, choices=Happening))
    calendar_code = models.SlugField(max_length=30)
    is_internal = models.BooleanField(default=True)
    reminder_percents = ArrayField(models.PositiveSmallIntegerField(), default=list)
    ladder = models.ForeignKey(Ladder, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "clock", "measure"], name="one_limit_per_clock_and_measure"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="limit_is_positive"),
        ]

    @property
    def plain_amount(self) -> str:
        """20, 0.5: the amount without trailing noughts."""
        return f"{self.amount.normalize():f}"
