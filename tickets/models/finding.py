from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Staff, Unit


class Finding(models.Model):
    """Who answers for what a customer complained of (责任认定), as far as anybody does.

    A later finding replaces an earlier one, which stays on record; the newest is in force.
    """

    private_fields = ("note",)

    class Verdict(models.TextChoices):
        UPHELD = "upheld", pgettext_lazy("finding", "Upheld")
        PARTLY = "partly", pgettext_lazy("finding", "Partly upheld")
        NOT_UPHELD = "not_upheld", pgettext_lazy("finding", "Not upheld")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="findings")
    verdict = models.CharField(max_length=10, choices=Verdict)
    note = models.CharField(max_length=2000)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ticket", "-id"], name="finding_of_ticket")]


class Responsible(models.Model):
    """One link of the chain of responsibility (责任链) of a finding: a unit, a person in it."""

    private_fields: tuple[str, ...] = ()

    class Part(models.TextChoices):
        DIRECT = "direct", _("Directly responsible")
        LEADING = "leading", _("Leading responsibility")
        SUPPORTING = "supporting", _("Supporting unit that caused it")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="chain")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    part = models.CharField(max_length=10, choices=Part)


class Appeal(models.Model):
    """A unit's or person's appeal against a finding (定责申诉), decided by another than who found."""

    private_fields = ("grounds", "decision")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="appeals")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    grounds = models.CharField(max_length=2000)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    decision = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(decided_at=None),
                name="one_open_appeal_per_finding",
            )
        ]
