from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import AreaClass, Staff, Unit, Utility
from organisation.roles import Role
from servicedesk.lib import bilingual
from tickets.kinds import ClockName, CustomerClass, Kind, Level
from tickets.states import Happening


class LadderQuerySet(models.QuerySet["Ladder"]):
    def newest(self) -> "LadderQuerySet":
        """One row per code: its highest version."""
        return self.order_by("code", "-version").distinct("code")


class Ladder(bilingual.Bilingual):
    """One version of an escalation ladder (上报层级表): who hears of a missed limit, and how long
    after. Limits name the version they were written with; a shipped one has nobody in `made_by`."""

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")

    objects = LadderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_ladder_per_version")
        ]


class LimitUnit(models.TextChoices):
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    WORKING_MINUTES = "working_minutes", _("working minutes")
    WORKING_HOURS = "working_hours", _("working hours")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    WORKING_DAYS = "working_days", _("working days")


class Rung(models.Model):
    """One step of a ladder, counted after the due time in round-the-clock or working time.

    Whoever it reaches hears again every `repeat_amount` `repeat_unit`, at most `most_repeats` times,
    until they acknowledge it (确认知悉); with no repeats it is said once.
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
        """Of each code the version that took effect last by the instant; none of a policy that was
        withdrawn by then. A version called off before its day never takes effect."""
        newest = (
            self.model._default_manager.filter(effective_at__lte=at, called_off_at=None)
            .order_by("code", "-effective_at", "-version")
            .distinct("code")
        )
        return self.filter(pk__in=newest.values("pk"), is_withdrawn=False)


class Policy(bilingual.Bilingual):
    """One version of the limits for a sort of matter (时限规则版本); empty selectors fit all.

    Never changed once a ticket keeps it: an edit is a new version, a withdrawal one with
    `is_withdrawn`. `source` and `doubt` say where the figures come from and how sure they are;
    `made_by` and `note` who wrote this version and why. How the one is chosen that holds for a
    ticket stands in tickets.policies. A unit may return a ticket within
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
    # This level or a graver one (1 is the gravest).
    level = models.PositiveSmallIntegerField(choices=Level, null=True, blank=True)
    customer_class = models.CharField(
        max_length=20, choices=CustomerClass, blank=True, default="", db_default=""
    )
    # The code of special periods (tickets.models.special_period); one code has a row each year.
    special_period = models.CharField(max_length=40, blank=True, default="", db_default="")
    # The company whose own limits these are; nobody: all companies.
    company = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
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
    is_withdrawn = models.BooleanField(default=False, db_default=False)
    called_off_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later_versions"
    )
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_policy_per_version")
        ]

    @property
    def company_path(self) -> str:
        """The path of the company whose own limits these are; empty for all companies."""
        return self.company.path if self.company else ""

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
    """How long one clock of a policy may run, from which event, on which calendar.

    `reminder_percents` are shares of the limit, `reminder_minutes` times before the due time;
    `procedure` is what the trade's step demands (操作程序及具体要求, seed 45).
    """

    private_fields: tuple[str, ...] = ()

    class Counting(models.TextChoices):
        FROM_INSTANT = "from_instant", _("from the instant")
        FROM_NEXT_DAY = "from_next_day", _("from the next day")
        SAME_CLOCK_TIME = "same_clock_time", _("at the same clock time")

    class Ends(models.TextChoices):
        BUSINESS_CLOSE = "business_close", _("at the close of business")
        MIDNIGHT = "midnight_24", _("at 24:00")
        WORKING_MIDNIGHT = (
            "working_midnight_24", _("at 24:00; if that is a day off, of the next working day")
        )  # fmt: skip

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
    reminder_minutes = ArrayField(models.PositiveIntegerField(), default=list, db_default=[])
    procedure_en = models.TextField(blank=True, default="", db_default="")
    procedure_zh = models.TextField(blank=True, default="", db_default="")
    ladder = models.ForeignKey(Ladder, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "clock", "measure"], name="one_limit_per_clock_and_measure"
            ),
            # Nought days from the next day on are the day itself (当日办结).
            models.CheckConstraint(
                condition=models.Q(amount__gt=0)
                | models.Q(
                    amount=0, counting="from_next_day", unit__in=["calendar_days", "working_days"]
                ),
                name="limit_is_positive_or_the_day_itself",
            ),
        ]

    @property
    def plain_amount(self) -> str:
        """20, 0.5: the amount without trailing noughts."""
        return f"{self.amount.normalize():f}"

    @property
    def procedure(self) -> str:
        """What the step demands, in the active language."""
        return bilingual.in_the_readers_language(self.procedure_en, self.procedure_zh)
