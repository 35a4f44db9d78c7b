from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit


class TaskKind(models.TextChoices):
    FOLLOW_UP = "follow_up", _("Promised follow-up")
    CO_HANDLING = "co_handling", _("Joint handling")
    REPORT_BACK = "report_back", _("Report back to the supervisor")
    EXECUTIVE = "executive", _("Task from an executive note")
    VISIT = "visit", _("Personal visit")
    ANNOTATE = "annotate", _("Read and annotate")
    MEETING = "meeting", _("Decided at the liaisons’ meeting")
    DISPUTE = "dispute", _("Answer in a dispute")


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(done_at=None, dropped_at=None)

    def owed_by(self, staff: Staff) -> "TaskQuerySet":
        """What the person owes, or people of their unit whom nobody there has named yet."""
        unit = Q(staff=None, unit__path__startswith=staff.unit.path)
        return self.filter(Q(staff=staff) | unit)

    def of_unit(self, unit: Unit) -> "TaskQuerySet":
        """What the unit and everything below it owes."""
        below = Q(unit__path__startswith=unit.path) | Q(
            unit=None, staff__unit__path__startswith=unit.path
        )
        return self.filter(below)


class Task(models.Model):
    """Something owed on a ticket beside its own handling: who owes it, by when, what came of it.

    Open until `done_at` or `dropped_at` is set; `missed_at` is set once, when the due time passed
    while it was open, and is never taken back. While `next_fire_at` is set the engine waits for
    it: first to warn (`warned_at`), then at `due_at`.
    """

    private_fields = ("text", "result")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=12, choices=TaskKind)
    text = models.CharField(max_length=1000)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="tasks")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=2000, blank=True)
    dropped_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    next_fire_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    latest_error = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None), name="task_is_done_or_dropped"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(staff__isnull=False), name="task_has_an_owner"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(done_at=None, dropped_at=None, missed_at=None),
                name="task_waiting_by_due",
            ),
            models.Index(
                fields=["next_fire_at"],
                condition=Q(next_fire_at__isnull=False),
                name="task_waiting",
            ),
            models.Index(fields=["ticket"], name="task_of_ticket"),
            models.Index(fields=["unit", "kind"], name="task_of_unit"),
        ]

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None
