from django.db import models


class LookupTry(models.Model):
    """A wrong query code for a number; five in a quarter of an hour hold further tries back."""

    private_fields: tuple[str, ...] = ()

    number = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["number", "at"], name="lookup_try_by_number")]
