from django.db import models

from organisation.models import Staff


class LastGiven(models.Model):
    """When the choice last fell on a person, so that equals take turns."""

    private_fields: tuple[str, ...] = ()

    staff = models.OneToOneField(
        Staff, models.CASCADE, primary_key=True, related_name="last_given"
    )
    at = models.DateTimeField()
