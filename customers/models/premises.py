from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from organisation.models import Territory


class Premises(models.Model):
    """A place that is supplied."""

    private_fields = ("address",)

    address = models.CharField(max_length=240)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True)
    words = SearchVectorField(null=True)

    class Meta:
        verbose_name_plural = "premises"
        indexes = [GinIndex(fields=["words"], name="premises_by_words")]

    def __str__(self) -> str:
        return f"premises {self.pk}"
