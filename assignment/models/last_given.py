from django.db import models

from organisation.models import Staff


class LastGiven(models.Model):
    """When the choice last fell on a person, and how much they had been given of late then
    (assignment.lately), so that equals get equal shares and take turns."""

    private_fields: tuple[str, ...] = ()

    staff = models.OneToOneField(
        Staff, models.CASCADE, primary_key=True, related_name="last_given"
    )
    at = models.DateTimeField()
    lately = models.FloatField(default=0, db_default=0)
