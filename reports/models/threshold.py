from django.db import models

from organisation.models import Staff


class ThresholdVersionQuerySet(models.QuerySet["ThresholdVersion"]):
    def in_force(self) -> "ThresholdVersionQuerySet":
        """The newest version of each threshold."""
        return self.order_by("pattern", "name", "-version").distinct("pattern", "name")


class ThresholdVersion(models.Model):
    """One version of a number that decides what a watch list shows (监察阈值). Version 1 is what the
    desk ships, with its reason in the definition; an edit is a new version with the editor's own."""

    private_fields: tuple[str, ...] = ()

    pattern = models.SlugField(max_length=40)
    name = models.SlugField(max_length=30)
    version = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=8, decimal_places=2)
    reason = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    objects = ThresholdVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pattern", "name", "version"], name="one_threshold_per_version"
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0), name="threshold_is_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(set_by=None) | ~models.Q(reason=""),
                name="edited_threshold_says_why",
            ),
        ]
