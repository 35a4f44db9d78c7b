from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from surveys.models.instrument import Instrument
from surveys.models.invitation import Invitation


class Mode(models.TextChoices):
    PHONE = "phone", _("Telephone")
    LINK = "link", _("Rating link")


class Solved(models.TextChoices):
    SOLVED = "solved", _("Solved")
    PARTLY = "partly", _("Partly solved")
    NOT = "not", _("Not solved")
    UNKNOWN = "unknown", _("Cannot say")


class Satisfied(models.TextChoices):
    SATISFIED = "satisfied", _("Satisfied")
    FAIRLY = "fairly", _("Fairly satisfied")
    DISSATISFIED = "dissatisfied", _("Dissatisfied")
    NO_OPINION = "no_opinion", _("No opinion")


class Independence(models.TextChoices):
    """Did anybody ask beforehand for a good rating or to withdraw? (独立性核验)"""

    NOBODY = "no", _("Nobody asked")
    SOMEBODY = "yes", _("Somebody asked")


class Consequence(models.TextChoices):
    CLOSED = "closed", _("Closed with this answer")
    SENT_BACK = "sent_back", _("Back to the unit under supervision")
    TO_DECIDE = "to_decide", _("A supervisor decides")
    NONE = "none", _("The ticket stays as it is")


class Doubt(models.TextChoices):
    """Why an answer is kept out of the rates though it is kept."""

    TOO_FAST = "too_fast", _("Within ten seconds of sending the link")


class AnswerQuerySet(models.QuerySet["Answer"]):
    def counted(self) -> "AnswerQuerySet":
        """Those that rates are made of: without the ones in doubt."""
        return self.filter(doubt="")

    def waiting_for_decision(self) -> "AnswerQuerySet":
        """Unsatisfied for the second time, and no supervisor has spoken yet."""
        return self.filter(consequence=Consequence.TO_DECIDE, decision=None)


class Answer(models.Model):
    """What the customer said, once per invitation; solved and satisfied are two questions.

    `consequence` says what it did to the ticket; an answer in doubt is shown but not counted.
    """

    private_fields = ("verbatim", "replies")

    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="answer")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10, choices=Mode)
    solved = models.CharField(max_length=10, choices=Solved)
    satisfied = models.CharField(max_length=15, choices=Satisfied)
    reason = models.CharField(max_length=20, blank=True)
    verbatim = models.TextField(blank=True)
    independence = models.CharField(max_length=5, choices=Independence, blank=True)
    replies = models.JSONField(default=dict)
    consequence = models.CharField(max_length=10, choices=Consequence)
    doubt = models.CharField(max_length=10, choices=Doubt, blank=True)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode="phone", by__isnull=False) | Q(mode="link", by=None),
                name="phone_answer_names_its_caller",
            ),
            models.CheckConstraint(
                condition=Q(solved__in=Solved.values, satisfied__in=Satisfied.values),
                name="answer_says_solved_and_satisfied",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="answer_by_time")]
