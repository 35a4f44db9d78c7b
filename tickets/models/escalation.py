from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from organisation.models import Staff
from tickets.models.clock import Clock
from tickets.states import OPEN


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def waiting(self) -> "EscalationQuerySet":
        """What nobody has acknowledged while the limit it tells of still runs as it did."""
        runs = Clock.objects.filter(
            ticket=OuterRef("ticket"), name=OuterRef("clock"), measure=OuterRef("measure"),
            generation=OuterRef("generation"), stopped_at=None,
        )  # fmt: skip
        unanswered = self.filter(
            acknowledged_at=None, ended_at=None, ticket__state__in=[str(state) for state in OPEN]
        )
        return unanswered.filter(Exists(runs))

    def called(self, staff: Staff) -> "EscalationQuerySet":
        """Those that call the person: themselves, as deputy, as who is stood in for, or on duty."""
        return self.filter(
            Q(staff=staff) | Q(staff__deputy=staff) | Q(stands_for=staff) | Q(duty_leader=staff)
        )


class Escalation(models.Model):
    """A rung that has fired and calls a person until they acknowledge it (确认知悉).

    `staff` is whom it calls now, `stands_for` the absent person they stand in for, `duty_leader`
    who leads on duty out of hours. While next_fire_at is set it is said again then; acknowledging
    ends the repeats, never the ladder.
    """

    private_fields = ("note",)

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="escalations")
    deadline = models.OneToOneField("tickets.Deadline", models.PROTECT, related_name="escalation")
    clock = models.CharField(max_length=20)
    measure = models.CharField(max_length=5)
    stage = models.CharField(max_length=20)
    generation = models.PositiveIntegerField()
    role = models.CharField(max_length=30)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="escalations")
    stands_for = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    duty_leader = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    told_at = models.DateTimeField()
    repeats = models.PositiveSmallIntegerField(default=0)
    next_fire_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    latest_error = models.TextField(blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="escalation_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(next_fire_at=None) | Q(acknowledged_at=None, ended_at=None),
                name="answered_escalation_is_not_repeated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_fire_at"],
                condition=Q(next_fire_at__isnull=False),
                name="escalation_to_repeat",
            ),
            models.Index(
                F("told_at"), condition=Q(acknowledged_at=None, ended_at=None),
                name="escalation_unanswered",
            ),
        ]
