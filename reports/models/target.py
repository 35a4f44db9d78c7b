from datetime import date

from django.db import models

from organisation.models import Unit


class TargetQuerySet(models.QuerySet["Target"]):
    def in_force(self, day: date) -> "TargetQuerySet":
        """The newest row per figure and unit that holds on the day, with its unit."""
        return (
            self.filter(valid_from__lte=day)
            .select_related("unit")
            .order_by("figure", "unit", "-valid_from")
            .distinct("figure", "unit")
        )


class Target(models.Model):
    """What a figure is to reach (目标值), from a day on; without a unit it holds for everybody,
    with one for the unit and all below it. `percent` is 0 to 100, `source` the document."""

    private_fields: tuple[str, ...] = ()

    figure = models.SlugField(max_length=30)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    source = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "unit", "valid_from"],
                name="one_target_per_figure_unit_and_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100), name="target_is_a_percentage"
            ),
        ]
