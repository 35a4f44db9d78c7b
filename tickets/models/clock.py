from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from tickets.kinds import ClockName


class Clock(models.Model):
    """What the plan says of one clock of a ticket now: when it started, is due and stopped.

    `first_due_at` stays visible after a reopening; `missed_at` is set once and never taken back.
    `replanned_at` is when another kind of matter gave it another limit: what that limit made due
    in the past could not have fired earlier.
    """

    private_fields: tuple[str, ...] = ()

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="clocks")
    name = models.CharField(max_length=20, choices=ClockName)
    measure = models.CharField(max_length=5)
    limit = models.ForeignKey("tickets.Limit", models.PROTECT, null=True, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    first_due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    is_provisional = models.BooleanField(default=False)
    replanned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "name", "measure"], name="one_clock_per_name_and_measure"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(stopped_at=None), name="clock_running_by_due"
            ),
            models.Index(
                fields=["ticket"], condition=Q(stopped_at=None, is_provisional=True),
                name="clock_provisional",
            ),
            # The month in which a promise to the customer is judged (reports.figures.timeliness).
            models.Index(
                Coalesce("missed_at", "due_at"),
                condition=Q(name__in=[ClockName.REPLY, ClockName.RESTORE], measure="max"),
                name="clock_promised_by_judgement",
            ),
            # What was promised on average, by the month it ended in (reports.figures.averages).
            models.Index(
                fields=["stopped_at"], condition=Q(measure="avg"), name="clock_average_by_stop"
            ),
        ]
