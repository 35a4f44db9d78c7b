from django.db import models

from organisation.models import Staff, Territory


class Responsibility(models.Model):
    """A person answers for a territory (机线员责任区); work from there goes to them first."""

    private_fields: tuple[str, ...] = ()

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="responsibilities")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="responsibilities")
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "territory"], name="one_responsibility_per_person_and_territory"
            )
        ]
