from django.db import models


class DayCounter(models.Model):
    """The last sequence given out on a day. Gaps after a rollback are allowed and said so."""

    private_fields: tuple[str, ...] = ()

    day = models.DateField(primary_key=True)
    latest = models.PositiveIntegerField(default=0)
