from django.db import models

from organisation.models import Staff, Unit
from organisation.roles import Role


class Duty(models.Model):
    """A turn on the duty roster (值班表): who answers for a unit in a role from..to."""

    private_fields: tuple[str, ...] = ()

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duties")
    role = models.CharField(max_length=30, choices=Role)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="duties")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_at__gt=models.F("from_at")), name="duty_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["unit", "role", "from_at"], name="duty_by_unit_and_time")]
