from django.db import models
from django.db.models import Q

from organisation.models import Staff, Unit


class Dispute(models.Model):
    """A quarrel between two units about a ticket, settled on record by somebody of neither."""

    private_fields = ("matter", "answer", "decision")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="disputes")
    opened_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    against = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    matter = models.CharField(max_length=1000)
    answer = models.CharField(max_length=1000, blank=True, default="", db_default="")
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_for = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=1000, blank=True)
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "unit", "against"], condition=Q(decided_at=None),
                name="one_open_dispute_between_two_units",
            )
        ]
