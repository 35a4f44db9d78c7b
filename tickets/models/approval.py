from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets.kinds import Kind
from tickets.models.category import Category


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def open(self) -> "ApprovalQuerySet":
        """What nobody has decided yet."""
        return self.filter(decided_at=None)

    def lapse(self, at: datetime) -> int:
        """End requests that the ticket has moved away from: decided by nobody, granted never."""
        return self.update(decided_at=at, is_granted=False)


class Approval(models.Model):
    """Something asked for that another person decides (申请/审批): return, suspension, more time,
    another kind, withdrawal. Nobody decides what they asked for themselves."""

    private_fields = ("reason", "note")

    class Matter(models.TextChoices):
        RETURN = "return", _("Return")
        SUSPENSION = "suspension", _("Suspension")
        EXTENSION = "extension", _("Extension")
        RECLASSIFICATION = "reclassify", _("Reclassification")
        WITHDRAWAL = "withdrawal", _("Withdrawal by the customer")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="approvals")
    matter = models.CharField(max_length=12, choices=Matter)
    reason_code = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=1000)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_of = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    proposed_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    clock = models.CharField(max_length=20, blank=True)
    until = models.DateTimeField(null=True)
    new_kind = models.CharField(max_length=10, choices=Kind, blank=True)
    new_category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "matter"], condition=Q(decided_at=None),
                name="one_open_approval_per_matter",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by")),
                name="nobody_approves_their_own_request",
            ),
        ]
        indexes = [models.Index(fields=["ticket"], name="approval_of_ticket")]

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
