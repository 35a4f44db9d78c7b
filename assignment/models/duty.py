from datetime import datetime

from django.db import models

from organisation.models import Staff, Unit
from organisation.roles import Role


class DutyQuerySet(models.QuerySet["Duty"]):
    def running(self, at: datetime) -> "DutyQuerySet":
        """The turns that count at the instant: from their first to before their last."""
        return self.filter(is_active=True, from_at__lte=at, to_at__gt=at)

    def between(self, from_at: datetime, to_at: datetime) -> "DutyQuerySet":
        """The turns of which some part lies between."""
        return self.filter(is_active=True, from_at__lt=to_at, to_at__gt=from_at)


class Duty(models.Model):
    """A turn on the duty roster (值班表): who answers for a unit in a role from..to. One that is
    called off stays as a row, so that what was decided by it can be explained."""

    private_fields: tuple[str, ...] = ()

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duties")
    role = models.CharField(max_length=30, choices=Role)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="duties")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    is_active = models.BooleanField(default=True, db_default=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_at__gt=models.F("from_at")), name="duty_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["unit", "role", "from_at"], name="duty_by_unit_and_time")]
