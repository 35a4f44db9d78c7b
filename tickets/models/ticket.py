from datetime import datetime

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from customers.models import Customer, Premises, SupplyAccount
from organisation.models import Staff, Territory, Unit, Utility
from organisation.roles import Permission
from servicedesk.lib.among import among
from tickets.kinds import Channel, ClockName, Kind, Level, Outcome, Priority
from tickets.models.category import Category
from tickets.models.named_reader import NamedReader
from tickets.models.policy import Policy
from tickets.models.task import Task, TaskKind
from tickets.states import ENDED, OPEN, State


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: Staff) -> "TicketQuerySet":
        """The only way from a person to tickets: what they hold, took, owe something on, help
        with, or have in their scope; docs/authority.md has the table.

        A confidential report (举报) shows to its tracker, its lead handler, those named for it and
        those with eyes for reports; never, whatever their post, to the people it is about and to
        the unit it is about with everybody above and below it (design §4.7).
        """
        is_open_to = models.Q(is_confidential=False) | _is_for(user)
        return self.filter(_is_within_reach(user), is_open_to)

    def reports_open_to_audit(self, user: Staff) -> "TicketQuerySet":
        """Confidential reports of the person's scope that are not about them or their chain."""
        within = models.Q(is_confidential=True, scope_path__startswith=user.scope_path)
        return self.filter(within, _is_not_about(user))

    def that_name_no_informant(self) -> "TicketQuerySet":
        """Without confidential reports: a list by customer or place would tell who reported."""
        return self.filter(is_confidential=False)

    def awaiting_confirmation(self) -> "TicketQuerySet":
        """Handled and reviewed, while nobody has said yet that the customer was told, or why not."""
        return self.filter(state=State.CALLBACK, **_UNSETTLED)

    def open(self) -> "TicketQuerySet":
        return self.filter(state__in=OPEN)

    def for_worklist(self) -> "TicketQuerySet":
        """Everything a row of a list shows, in one query."""
        return self.select_related(
            "category", "tracker", "lead_handler", "lead_unit", "customer"
        ).defer("words")

    def soonest_first(self) -> "TicketQuerySet":
        """The order in which the work must be done."""
        return self.order_by(models.F("next_due_at").asc(nulls_last=True), "id")


# Nothing on record of whether the customer was told; what another system closed is its own word.
_UNSETTLED = {"told_confirmed_at": None, "untold_reason": "", "source": ""}


def _is_within_reach(user: Staff) -> models.Q:
    reach = models.Q(tracker=user) | models.Q(lead_handler=user) | _is_named(user) | _owes(user)
    if Permission.SEE_SCOPE in user.permissions:
        reach |= models.Q(scope_path__startswith=user.scope_path)
    if Permission.HANDLE in user.permissions:
        subtree = Unit.objects.filter(path__startswith=user.unit.path).values("pk")
        helped = Task.objects.filter(
            kind=TaskKind.CO_HANDLING, unit__path__startswith=user.unit.path
        )
        reach |= among("lead_unit_id", subtree) | among("id", helped.values("ticket_id"))
    return reach


def _is_for(user: Staff) -> models.Q:
    """A report that the person may read; of co-handlers only who was given the task by name."""
    if Permission.SEE_CONFIDENTIAL in user.permissions:
        return _is_not_about(user)
    need = models.Q(tracker=user) | models.Q(lead_handler=user) | _is_named(user) | _owes(user)
    return need & _is_not_about(user)


def _is_named(user: Staff) -> models.Q:
    named = NamedReader.objects.filter(staff=user, ended_at=None)
    return among("id", named.values("ticket_id"))


def _owes(user: Staff) -> models.Q:
    return among("id", Task.objects.filter(staff=user).values("ticket_id"))


def _is_not_about(user: Staff) -> models.Q:
    """Neither the person nor any unit above or below one where they have a seat or a post."""
    accusing = Ticket.accused_staff.through.objects.filter(staff=user).values("ticket_id")
    chain = Unit.objects.in_chain_of(user).values("pk")
    is_elsewhere = models.Q(accused_unit=None) | ~among("accused_unit_id", chain)
    return is_elsewhere & ~among("id", accusing)


class Ticket(models.Model):
    """One matter of one customer (工单), from the first question to the archive.

    A fold of its events: only tickets.transition writes it. `scope_path` is the path of the
    company it belongs to, `next_due_at` the earliest due time of its running clocks,
    `contact_phone` the number given at intake (受理时电话), which callback and survey use;
    `auto_sign_at` since when the desk is to sign because nobody did (超时自动签收),
    `is_auto_signed` whether the desk signed for it and nobody of the unit has taken it on since,
    `finding` the verdict in force (责任认定), `next_update_at` when the tracker promised the
    customer to be heard of again (`update_fires_at` the same until the engine has fired it),
    `suspended_until` the review date of a rest (`rest_fires_at` when the engine tries to end it),
    `told_confirmed_at` when the tracker confirmed that the customer was told the answer,
    `untold_reason` a code of kinds.Untold or the words of who says why not.
    """

    private_fields = (
        "contact_name", "contact_phone", "text", "subject", "address", "result",
        "no_reply_reason", "source_facts", "untold_reason")

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    original_kind = models.CharField(max_length=10, choices=Kind)
    utility = models.CharField(max_length=10, choices=Utility)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.GENERAL, db_default=4)
    level_grounds = models.CharField(max_length=120, blank=True, default="", db_default="")
    subject = models.CharField(max_length=120)
    text = models.TextField()
    language = models.CharField(max_length=10, default="zh-hans")

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    account = models.ForeignKey(
        SupplyAccount, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    premises = models.ForeignKey(
        Premises, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    address = models.CharField(max_length=240, blank=True)
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    contact_phone_hash = models.CharField(max_length=64, blank=True, db_index=True)
    is_anonymous = models.BooleanField(default=False)
    is_petition = models.BooleanField(default=False, db_default=False)

    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    state_before_merge = models.CharField(max_length=20, blank=True, default="", db_default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_children"
    )
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    result = models.TextField(blank=True)
    finding = models.CharField(max_length=10, blank=True, default="", db_default="")
    is_confidential = models.BooleanField(default=False)
    accused_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accused_staff = models.ManyToManyField(Staff, blank=True, related_name="+")

    scope_path = models.CharField(max_length=200, db_collation="C")
    intake_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    tracker = models.ForeignKey(Staff, models.PROTECT, related_name="tracked_tickets")
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="lead_tickets"
    )
    lead_handler = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="handled_tickets"
    )
    reviewer = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    supervisor = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    wished_handler = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+"
    )
    received_by_leader = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+"
    )
    choice_reasons = models.JSONField(default=list)
    needs_adjudication = models.BooleanField(default=False, db_default=False)
    is_adjudicated = models.BooleanField(default=False, db_default=False)
    suspended_until = models.DateTimeField(null=True)
    rest_fires_at = models.DateTimeField(null=True)
    auto_sign_at = models.DateTimeField(null=True)
    is_auto_signed = models.BooleanField(default=False, db_default=False)

    received_at = models.DateTimeField()
    is_after_hours = models.BooleanField(default=False, db_default=False)
    promised_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    no_reply_reason = models.CharField(max_length=200, blank=True)
    next_update_at = models.DateTimeField(null=True)
    update_fires_at = models.DateTimeField(null=True)
    told_confirmed_at = models.DateTimeField(null=True)
    untold_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    closed_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    next_due_clock = models.CharField(max_length=20, blank=True)
    next_due_from = models.DateTimeField(null=True)
    is_next_due_provisional = models.BooleanField(default=False, db_default=False)
    latest_event_at = models.DateTimeField()
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, blank=True)
    calendar_versions = models.JSONField(default=dict)

    urge_count = models.PositiveSmallIntegerField(default=0)
    reject_count = models.PositiveSmallIntegerField(default=0)
    redo_count = models.PositiveSmallIntegerField(default=0)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    return_count = models.PositiveSmallIntegerField(default=0)
    escalation_level = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    source = models.CharField(max_length=30, blank=True)
    external_number = models.CharField(max_length=60, blank=True)
    source_digest = models.CharField(max_length=64, blank=True)
    source_due_at = models.DateTimeField(null=True)
    source_facts = models.JSONField(default=dict)

    words = SearchVectorField(null=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_number"],
                condition=~models.Q(source=""),
                name="one_ticket_per_external_number",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | ~models.Q(state="closed"),
                name="closed_ticket_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | models.Q(replied_at__isnull=False)
                | ~models.Q(no_reply_reason="")
                | ~models.Q(source=""),
                name="ticket_never_closes_without_a_reply",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | models.Q(told_confirmed_at__isnull=False)
                | ~models.Q(untold_reason="")
                | ~models.Q(source=""),
                name="ticket_never_closes_unless_told",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["dispatched", "in_progress"])
                | models.Q(lead_unit__isnull=False),
                name="ticket_with_a_unit_names_it",
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="ticket_by_words"),
            models.Index(fields=["lead_unit", "state", "next_due_at"], name="ticket_of_unit"),
            models.Index(fields=["lead_handler", "state", "next_due_at"], name="ticket_of_handler"),
            models.Index(fields=["tracker", "state", "next_due_at"], name="ticket_of_tracker"),
            models.Index(fields=["tracker", "state", "next_update_at"], name="ticket_promised_by"),
            models.Index(
                fields=["update_fires_at"], condition=models.Q(update_fires_at__isnull=False),
                name="ticket_update_waiting",
            ),
            models.Index(fields=["state", "next_due_at"], name="ticket_by_state_and_due"),
            models.Index(fields=["scope_path", "-id"], name="ticket_of_company"),
            models.Index(fields=["received_at"], name="ticket_by_receipt"),
            models.Index(fields=["closed_at"], name="ticket_by_closing"),
            models.Index(
                fields=["done_at"], condition=models.Q(done_at__isnull=False), name="ticket_by_report"
            ),
            models.Index(
                fields=["rest_fires_at"], condition=models.Q(rest_fires_at__isnull=False),
                name="ticket_rest_waiting",
            ),
            models.Index(
                fields=["auto_sign_at"], condition=models.Q(auto_sign_at__isnull=False),
                name="ticket_to_be_signed",
            ),
            models.Index(fields=["customer", "-id"], name="ticket_of_customer"),
            models.Index(fields=["premises", "-id"], name="ticket_of_premises"),
            models.Index(
                fields=["-id"], condition=models.Q(is_confidential=True), name="ticket_confidential"
            ),
            models.Index(
                fields=["supervisor", "-id"], condition=models.Q(supervisor__isnull=False),
                name="ticket_supervised",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def is_told_settled(self) -> bool:
        """Whether it is on record that the customer was told, or why not."""
        return bool(self.told_confirmed_at or self.untold_reason or self.source)

    @property
    def awaits_confirmation(self) -> bool:
        """Whether only the tracker's word keeps it from closing."""
        return self.state == State.CALLBACK and not self.is_told_settled

    @property
    def is_supervised(self) -> bool:
        return self.supervisor_id is not None

    @property
    def next_due_since(self) -> datetime:
        """When the clock that is due next began; what came before was not its time."""
        return self.next_due_from or self.received_at

    @property
    def next_due_clock_label(self) -> str:
        """The name of the clock that is due next, in the reader's language."""
        return str(ClockName(self.next_due_clock).label) if self.next_due_clock else ""

    @property
    def is_waiting_for_signature(self) -> bool:
        return self.state == State.DISPATCHED
