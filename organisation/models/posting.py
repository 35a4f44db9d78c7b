from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.staff import Staff
from organisation.models.unit import Unit


class Posting(models.Model):
    """What became of a person's post, who did it, when and why; only ever added to."""

    private_fields = ("reason",)

    class Act(models.TextChoices):
        DEACTIVATED = "deactivated", _("Deactivated")
        REACTIVATED = "reactivated", _("Reactivated")
        MOVED = "moved", _("Moved to another unit")

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="postings")
    act = models.CharField(max_length=12, choices=Act)
    from_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act="moved")
                | models.Q(from_unit__isnull=False, to_unit__isnull=False),
                name="move_names_both_units",
            )
        ]
