from django.db import models
from django.db.models import Q


class Deadline(models.Model):
    """One instant at which something must happen by itself: a reminder, the due time, a rung.

    Waiting while next_fire_at is set; then either fired or cancelled, never both. A change of
    plan cancels the row and inserts one of the next generation.
    """

    private_fields: tuple[str, ...] = ()

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="deadlines")
    clock = models.CharField(max_length=20)
    measure = models.CharField(max_length=5, default="max")
    stage = models.CharField(max_length=20)
    generation = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    fires_at = models.DateTimeField()
    next_fire_at = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=30, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    latest_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "clock", "measure", "stage", "generation"],
                name="one_deadline_per_stage_and_generation",
            ),
            models.CheckConstraint(
                condition=Q(fired_at=None) | Q(cancelled_at=None),
                name="deadline_fires_or_is_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(next_fire_at=None) | (Q(fired_at=None) & Q(cancelled_at=None)),
                name="ended_deadline_does_not_wait",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_fire_at"],
                condition=Q(next_fire_at__isnull=False),
                name="deadline_waiting",
            )
        ]
