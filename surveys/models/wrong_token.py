from django.db import models


class WrongToken(models.Model):
    """How many links that do not exist were tried from one address in one hour."""

    private_fields: tuple[str, ...] = ()

    address_hash = models.CharField(max_length=64)
    hour = models.DateTimeField()
    tries = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash", "hour"], name="one_count_per_address_and_hour"
            )
        ]
