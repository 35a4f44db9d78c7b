from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff


class Supervision(models.Model):
    """A ticket under supervision (督办): by whom, why, report back by when, how it ended.

    Only its supervisor, or who took it over from them, ends it. `closes_as` is set once the
    callback is over: the reason for which the ticket closes as soon as the supervision ends.
    """

    private_fields = ("reason", "verdict")

    class Ground(models.TextChoices):
        DECISION = "decision", _("Decided by the supervisor")
        OVERDUE = "overdue", _("Limit missed")
        URGED = "urged", _("Chased three times")
        REPEATED = "repeated", _("Three contacts on the same matter")
        DISCONTENT = "discontent", _("Customer not content")
        GRAVE = "grave", _("Grave matter, level 1 or 2")
        MEDIA = "media", _("Media or public attention")
        REFERRED = "referred", _("Referred by an authority")
        EXECUTIVE = "executive", _("By executive note")
        KEY_ACCOUNT = "key_account", _("Key account")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="supervisions")
    supervisor = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground)
    reason = models.CharField(max_length=1000)
    opened_at = models.DateTimeField()
    report_due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=1000, blank=True)
    closes_as = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at=None), name="one_open_supervision_per_ticket"
            )
        ]
        indexes = [models.Index(fields=["supervisor", "ended_at"], name="supervision_of_person")]
