from datetime import datetime, timedelta

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from organisation.roles import Permission
from surveys.models.plan import SamplingPlan
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State

# Whoever takes a callback has it for themselves this long.
HELD = timedelta(minutes=30)


class Why(models.TextChoices):
    """Why a matter is called back: one of the reasons to ask everyone, or the draw."""

    COMPLAINT = "complaint", _("Every complaint is called back")
    REPORT = "report", _("Every named report is called back")
    SUPERVISED = "supervised", _("Under supervision")
    EMERGENCY = "emergency", _("Emergency")
    EXECUTIVE = "executive", _("Came over the executive hotline")
    HANDLED_AGAIN = "handled_again", _("Handled again")
    SAMPLE = "sample", _("Drawn at random")


class Exclusion(models.TextChoices):
    """Why a customer is not asked at all; the fixed list, counted in the report."""

    ANONYMOUS = "anonymous", _("Anonymous")
    NO_NUMBER = "no_number", _("No number was given")
    NO_CALLS = "no_calls", _("The customer asked not to be contacted")
    STAFF = "staff", _("A member of our own staff")
    REPEATED = "repeated", _("Asked within the last 30 days")
    IMPORTED = "imported", _("Loaded from a file")


class Ending(models.TextChoices):
    BY_PHONE = "by_phone", _("Answered on the telephone")
    BY_LINK = "by_link", _("Answered by the link")
    DECLINED = "declined", _("Declined to rate")
    UNREACHABLE = "unreachable", _("Could not be reached")
    NO_ANSWER = "no_answer", _("The link ran out unanswered")
    EXCLUDED = "excluded", _("Left out, with reason")
    OVERTAKEN = "overtaken", _("The ticket moved on before an answer")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(ended_at=None)

    def tasks_for(self, user: Staff) -> "InvitationQuerySet":
        """Open callbacks the person may make: visible tickets of other units, nobody's own work.

        Named reports go to those with eyes for them and a callback agent's or supervisor's post.
        """
        if Permission.CALL_BACK in user.permissions:
            fitting = Q()
        elif {Permission.SUPERVISE, Permission.SEE_CONFIDENTIAL} <= user.permissions:
            fitting = Q(ticket__is_confidential=True)
        else:
            return self.none()
        waiting = self.open().filter(fitting, is_drawn=True, ticket__state=State.CALLBACK)
        return (
            waiting.filter(ticket__in=Ticket.objects.visible_to(user))
            .exclude(ticket__lead_unit__path__in=user.unit.paths_to_root)
            .exclude(ticket__lead_handler=user)
        )

    def for_desk(self) -> "InvitationQuerySet":
        """Everything a row of the callback desk shows, soonest call first."""
        return (
            self.select_related("ticket__category", "unit", "taken_by", "plan")
            .defer("ticket__words")
            .annotate(tries=Count("attempts"))
            .order_by("next_call_at", "id")
        )


class Invitation(models.Model):
    """One asking of one customer about one round of a ticket: drawn for a call or not.

    Who is drawn lives here and is unseen by the units. `acts_at` is the next instant at which
    something happens by itself (the window or the link ends), `next_call_at` when to ring next.
    The link's token is kept only as a hash.
    """

    private_fields = ("phone", "email", "link_token_hash")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="invitations")
    round = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    stratum = models.CharField(max_length=60)
    plan = models.ForeignKey(SamplingPlan, models.PROTECT, related_name="+")
    is_drawn = models.BooleanField()
    why = models.CharField(max_length=20, choices=Why, blank=True)
    exclusion = models.CharField(max_length=20, choices=Exclusion, blank=True)
    seed = models.CharField(max_length=64)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField()
    window_ends_at = models.DateTimeField()
    acts_at = models.DateTimeField(null=True)
    next_call_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    link_token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    link_sent_at = models.DateTimeField(null=True)
    link_expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "round"], name="one_invitation_per_ticket_and_round"
            ),
            models.CheckConstraint(
                condition=Q(is_drawn=False, why="") | (Q(is_drawn=True) & ~Q(why="")),
                name="drawn_invitation_says_why",
            ),
            models.CheckConstraint(
                condition=Q(exclusion="") | Q(is_drawn=False, link_sent_at=None),
                name="excluded_customer_is_never_asked",
            ),
            models.CheckConstraint(
                condition=Q(
                    link_token_hash=None, link_sent_at=None, link_expires_at=None, used_at=None
                )
                | Q(
                    link_token_hash__isnull=False, link_sent_at__isnull=False,
                    link_expires_at__isnull=False,
                ),
                name="survey_link_is_whole_or_absent",
            ),  # fmt: skip
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="")
                | (Q(ended_at__isnull=False, acts_at=None, next_call_at=None) & ~Q(ending="")),
                name="ended_invitation_says_how",
            ),
            models.CheckConstraint(
                condition=Q(taken_by=None, taken_at=None)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="taken_callback_names_its_caller",
            ),
        ]
        indexes = [
            models.Index(
                fields=["acts_at"], condition=Q(acts_at__isnull=False), name="invitation_to_act_on"
            ),
            models.Index(
                fields=["next_call_at"],
                condition=Q(ended_at=None, is_drawn=True),
                name="invitation_to_call",
            ),
            models.Index(fields=["phone", "-created_at"], name="invitation_by_phone"),
            models.Index(fields=["stratum"], name="invitation_by_stratum"),
            models.Index(fields=["created_at"], name="invitation_by_beginning"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_link_out(self) -> bool:
        return self.link_sent_at is not None

    def is_held_at(self, at: datetime) -> bool:
        """Whether somebody is calling at the instant."""
        return self.taken_at is not None and at - self.taken_at < HELD

    def is_held_by_another(self, user: Staff, at: datetime) -> bool:
        """Whether somebody else is calling at the instant."""
        return self.is_held_at(at) and self.taken_by_id != user.pk

    @property
    def task_name(self) -> str:
        """How the log of shown numbers names this task."""
        return f"callback:{self.pk}"
