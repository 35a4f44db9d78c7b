from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from organisation.models import Staff


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def open(self) -> "AppointmentQuerySet":
        return self.filter(settled_at=None)

    def missed_by_us(self) -> "AppointmentQuerySet":
        """Settled as missed, or past their end with nobody there and nothing said since."""
        unsaid = Q(settled_at=None, warned_at__isnull=False)
        return self.filter(Q(ending=Appointment.Ending.MISSED) | unsaid)


class Appointment(models.Model):
    """A window agreed with the customer (预约时段), and how it went.

    Open until `settled_at` is set. While `next_fire_at` is set the engine waits for its end: a
    window that ends with nobody there is warned of once (`warned_at`) and counts as missed by us
    unless it is settled otherwise.
    """

    private_fields = ("note",)

    class Ending(models.TextChoices):
        KEPT = "kept", pgettext_lazy("appointment", "Kept")
        LATE = "late", pgettext_lazy("appointment", "Late")
        MISSED = "missed", pgettext_lazy("appointment", "Missed by us")
        ABSENT = "absent", pgettext_lazy("appointment", "Customer absent")
        MOVED = "moved", pgettext_lazy("appointment", "Moved")
        CALLED_OFF = "called_off", pgettext_lazy("appointment", "Called off")

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
    next_fire_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    latest_error = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = AppointmentQuerySet.as_manager()

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
            ),
            models.Index(
                fields=["next_fire_at"],
                condition=Q(next_fire_at__isnull=False),
                name="appointment_waiting",
            ),
            models.Index(fields=["from_at"], name="appointment_by_begin"),
        ]

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    @property
    def counts_as_missed(self) -> bool:
        """Missed by us: settled so, or its end passed with nobody there and nothing said since."""
        is_unsettled_miss = self.settled_at is None and self.warned_at is not None
        return self.ending == self.Ending.MISSED or is_unsettled_miss
