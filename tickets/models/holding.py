from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from organisation.models import Staff, Unit
from tickets.states import State


class Holding(models.Model):
    """Who held the ticket in which stage, from..to (环节停留): the intervals abut, so their sum
    is the ticket's life."""

    private_fields: tuple[str, ...] = ()

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="holdings")
    state = models.CharField(max_length=20, choices=State)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(to_at=None), name="one_open_holding_per_ticket"
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")),
                name="holding_never_runs_backwards",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "from_at"], name="holding_of_ticket"),
            # The month in which a stay ended (reports.figures.dwell).
            models.Index(
                fields=["to_at"], condition=Q(to_at__isnull=False), name="holding_by_end"
            ),
        ]

    @property
    def length(self) -> timedelta | None:
        """How long it lasted; None while it lasts."""
        return self.to_at - self.from_at if self.to_at else None
