from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from surveys.models.invitation import Invitation


class Result(models.TextChoices):
    """What came of one call (domain §5c)."""

    COMPLETED = "completed", _("Reached and answered")
    REFUSED = "refused", _("Declined to rate")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Line busy")
    NUMBER_OFF = "number_off", _("Phone switched off")
    CALL_LATER = "call_later", _("Asked to be called later")
    LANGUAGE = "language", _("No common language")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    GONE = "gone", _("Moved away or deceased")


# Ringing again would not help, and a link would reach a stranger.
HOPELESS = frozenset({Result.WRONG_NUMBER, Result.GONE})


class Attempt(models.Model):
    """One call to the customer: who rang, when, what came of it."""

    private_fields = ("note",)

    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="attempts")
    result = models.CharField(max_length=20, choices=Result)
    note = models.CharField(max_length=400, blank=True)
    call_again_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["invitation", "at"], name="attempt_of_invitation")]
