from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")


class OutboxQuerySet(models.QuerySet["Outbox"]):
    def of_open_matters(self) -> "OutboxQuerySet":
        """Without messages about confidential matters, which name no subject: whoever runs the
        desk may be among those whom the matter is kept from."""
        return self.exclude(subject="")

    def of_company(self, staff: Staff) -> "OutboxQuerySet":
        """What is told about tickets of the person's company (for people of the group, of every
        one below it). A message that names no company shows to nobody."""
        return self.filter(scope_path__startswith=staff.scope_path)


class Outbox(models.Model):
    """A message waiting to leave, written in the same commit as what it tells of.

    `key` names the cause, the recipient and the channel, and travels with the message, so that a
    repeat after a crash can be recognised outside. A row is due while next_try_at is not null.
    `scope_path` is the path of the company whose ticket it tells of, as on the ticket.
    """

    private_fields = ("recipient", "facts")

    key = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=10, choices=Channel)
    recipient = models.CharField(max_length=200)
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    facts = models.JSONField(default=dict)
    subject = models.CharField(max_length=40, blank=True)
    scope_path = models.CharField(
        max_length=200, db_collation="C", blank=True, default="", db_default=""
    )
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    latest_error = models.TextField(blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at=None)),
                name="outbox_sent_has_its_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="outbox_waiting",
            )
        ]
