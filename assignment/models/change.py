from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff


class ChangeQuerySet(models.QuerySet["Change"]):
    def about(self, subject: str) -> "ChangeQuerySet":
        """What was done to rows of one sort, newest first."""
        return self.filter(subject=subject).select_related("by").order_by("-pk")


class Change(models.Model):
    """Who changed a routing rule, a responsibility or a turn, when, and from what to what.

    Only ever added to. `facts` maps each field to its value before and after.
    """

    private_fields: tuple[str, ...] = ()

    class Subject(models.TextChoices):
        RULE = "rule", _("Routing rule")
        RESPONSIBILITY = "responsibility", _("Responsibility for a territory")
        DUTY = "duty", _("Turn of duty")

    class Act(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        SWITCHED_OFF = "switched_off", _("switched off")
        SWITCHED_ON = "switched_on", _("switched on again")

    subject = models.CharField(max_length=20, choices=Subject)
    subject_id = models.BigIntegerField()
    act = models.CharField(max_length=20, choices=Act)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id"], name="change_by_subject")]
