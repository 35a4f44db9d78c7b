from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from surveys.models.answer import Answer


class Choice(models.TextChoices):
    REDO = "redo", _("Handle again")
    FINAL_ANSWER = "final_answer", _("Final response")


class Decision(models.Model):
    """A supervisor's word after the second unsatisfied answer, with its grounds."""

    private_fields = ("grounds",)

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="decision")
    choice = models.CharField(max_length=15, choices=Choice)
    grounds = models.TextField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(grounds=""), name="decision_has_grounds")
        ]
