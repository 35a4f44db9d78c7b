from django.db import models
from django.db.models import Q

from organisation.models import Staff


class NamedReader(models.Model):
    """A person named to read one confidential report (知情人): by whom, why, and until when."""

    private_fields = ("reason",)

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="named_readers")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "staff"], condition=Q(ended_at=None), name="named_once_at_a_time"
            )
        ]
        indexes = [
            models.Index(
                fields=["staff", "ticket"], condition=Q(ended_at=None), name="named_reader_by_staff"
            )
        ]
