from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from organisation.models import Staff


class Appointment(models.Model):
    """A window agreed with the customer (预约时段), and how it went."""

    private_fields = ("note",)

    class Ending(models.TextChoices):
        KEPT = "kept", pgettext_lazy("appointment", "Kept")
        LATE = "late", pgettext_lazy("appointment", "Late")
        MISSED = "missed", pgettext_lazy("appointment", "Missed by us")
        ABSENT = "absent", pgettext_lazy("appointment", "Customer absent")
        MOVED = "moved", pgettext_lazy("appointment", "Moved")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="appointments")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    booked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    arrived_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_at__gt=F("from_at")), name="appointment_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(settled_at=None),
                name="one_open_appointment_per_ticket",
            ),
        ]
        indexes = [
            models.Index(
                fields=["to_at"], condition=Q(settled_at=None), name="appointment_open_by_end"
            )
        ]
