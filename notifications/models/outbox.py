from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.subscription import WebhookSubscription
from organisation.models import Staff


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    WEBHOOK = "webhook", _("Webhook")


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")
    #: Handed over, and nobody says whether it arrived; due once more, or resting for a person.
    UNKNOWN = "unknown", _("Not known whether it arrived")


class Trouble(models.TextChoices):
    """Why a message did not leave; the page has the words of the other side beside it."""

    NO_WAY = "no_way", _("The other side cannot be reached")
    NO_ANSWER = "no_answer", _("The other side did not answer in time")
    BUSY = "busy", _("The other side cannot take it now")
    REFUSED = "refused", _("The other side refuses this message")
    NO_RECIPIENT = "no_recipient", _("The other side knows no such recipient")
    SIGN_IN = "sign_in", _("The mail server refuses our sign-in")
    INSIDE = "inside", _("The address leads to a place that is not allowed")
    SWITCHED_OFF = "switched_off", _("The receiver is switched off")
    UNWRITABLE = "unwritable", _("The message itself cannot be written")
    LOST = "lost", _("Whoever was sending it was lost each time")
    UNANSWERED = "unanswered", _("Sent twice under one key, and nobody says whether it arrived")


GIVEN_UP = [OutboxState.DEAD, OutboxState.UNKNOWN]


class OutboxQuerySet(models.QuerySet["Outbox"]):
    def of_open_matters(self) -> "OutboxQuerySet":
        """Without messages about confidential matters, which name no subject but have a number
        among their facts: whoever runs the desk may be among those whom the matter is kept from."""
        return self.filter(~models.Q(subject="") | ~models.Q(facts__has_key="number"))

    def of_reports(self) -> "OutboxQuerySet":
        """The others: which report each is about stands in facts["number"]."""
        return self.filter(subject="", facts__has_key="number")

    def of_company(self, staff: Staff) -> "OutboxQuerySet":
        """What is told about tickets of the person's company (for people of the group, of every
        one below it). A message that names no company shows to nobody."""
        return self.filter(scope_path__startswith=staff.scope_path)

    def given_up(self) -> "OutboxQuerySet":
        """What will not leave unless a person sends it again."""
        return self.filter(state__in=GIVEN_UP, next_try_at=None)


class Outbox(models.Model):
    """A message waiting to leave, written in the same commit as what it tells of.

    `key` names the cause, the recipient and the channel, and travels with the message, so that a
    repeat after a crash can be recognised outside. A row is due while next_try_at is not null.
    `scope_path` is the path of the company whose ticket it tells of, as on the ticket. `lane` is
    the other side that may be out of order: the channel or, of a webhook, the subscription.
    `hand_ons` counts how often it was given to a worker since the latest try, `doubts` how often
    a try ended without a word of its success.
    """

    private_fields = ("recipient", "facts", "latest_error")

    key = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=10, choices=Channel)
    lane = models.CharField(max_length=30, blank=True, default="", db_default="")
    recipient = models.CharField(max_length=200)
    subscription = models.ForeignKey(
        WebhookSubscription, models.CASCADE, null=True, related_name="messages", db_index=False
    )
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    facts = models.JSONField(default=dict)
    subject = models.CharField(max_length=40, blank=True)
    scope_path = models.CharField(
        max_length=200, db_collation="C", blank=True, default="", db_default=""
    )
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    hand_ons = models.PositiveSmallIntegerField(default=0, db_default=0)
    doubts = models.PositiveSmallIntegerField(default=0, db_default=0)
    claimed_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    again_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", db_index=False
    )
    provider_ref = models.CharField(max_length=100, blank=True, default="", db_default="")
    trouble = models.CharField(
        max_length=20, choices=Trouble, blank=True, default="", db_default=""
    )
    latest_error = models.TextField(blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at=None)),
                name="outbox_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(again_at=None, again_by=None)
                | models.Q(again_at__isnull=False, again_by__isnull=False),
                name="outbox_sent_again_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="outbox_waiting_by_channel",
            ),
            models.Index(
                fields=["state", "id"],
                condition=models.Q(state__in=["dead", "unknown"]),
                name="outbox_given_up",
            ),
            models.Index(
                fields=["subscription", "-id"],
                condition=models.Q(subscription__isnull=False),
                name="outbox_of_subscription",
            ),
            # Few among all: what a crash may have sent twice.
            models.Index(fields=["id"], condition=models.Q(doubts__gt=0), name="outbox_doubtful"),
        ]

    @property
    def is_given_up(self) -> bool:
        """Whether it stays here until a person sends it again."""
        return self.state in GIVEN_UP and self.next_try_at is None

    @property
    def is_test(self) -> bool:
        """Whether it tells of no ticket: somebody tried a receiver."""
        return self.template == "test"
