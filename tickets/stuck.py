"""The liaisons' meeting list (联络员会议): which open tickets are stuck, why, since when, and which
units are concerned (question).

Confidential reports are never on it: the list is printed and lies on a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets.models import Dispute, Event, Task, TaskKind, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening, State

MOST_ROWS = 200

# After how long without anything that the customer saw a ticket counts as stuck.
QUIET = timedelta(days=5)

# What a customer sees or hears of; moves inside the house are none (domain §6 row 2).
SEEN = (
    Happening.RECEIVED, Happening.CONTACTED, Happening.ARRIVED, Happening.DONE,
    Happening.RESOLVED_ON_THE_SPOT, Happening.REOPENED, Happening.DISCLOSED, Happening.BOOKED,
    Happening.TOLD_CONFIRMED,
)  # fmt: skip
_AT_WORK = (State.NEW, State.DISPATCHED, State.IN_PROGRESS)


class Why(TextChoices):
    RETURNED = "returned", _("Returned")
    RESTING = "resting", _("On hold past its review date")
    QUIET = "quiet", _("Nothing the customer saw")
    WAITING = "waiting", _("Waits for another unit")
    CO_LATE = "co_late", _("Another unit is late")
    DISPUTED = "disputed", _("In dispute")
    REPORT_LATE = "report_late", _("Report-back overdue")


@dataclass(frozen=True)
class Reason:
    """One reason, and since when it holds."""

    why: Why
    since: datetime


@dataclass
class Case:
    """A stuck ticket as it comes before the meeting."""

    ticket: Ticket
    reasons: list[Reason]
    units: list[Unit] = field(default_factory=list)
    decisions: list[Task] = field(default_factory=list)

    @property
    def since(self) -> datetime:
        return min(reason.since for reason in self.reasons)


@dataclass(frozen=True)
class Agenda:
    """The cases of one company, the longest stuck first."""

    company: Unit | None
    cases: Sequence[Case]


def agendas(user: Staff, now: datetime) -> list[Agenda]:
    """The stuck tickets that the person may see, by company; five statements, 200 cases at the
    most."""
    cases = [_case(ticket, now) for ticket in _stuck(user, now)[:MOST_ROWS]]
    _add_units(cases)
    _add_decisions(cases)
    by_path: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda one: one.since):
        by_path[case.ticket.scope_path].append(case)
    names = {unit.path: unit for unit in Unit.objects.filter(path__in=by_path)}
    return [Agenda(names.get(path), found) for path, found in sorted(by_path.items())]


def is_stuck(user: Staff, ticket: Ticket, now: datetime) -> bool:
    """Whether the ticket is on the person's list."""
    return _stuck(user, now).filter(pk=ticket.pk).exists()


def _stuck(user: Staff, now: datetime) -> TicketQuerySet:
    tickets = Ticket.objects.visible_to(user).open().filter(is_confidential=False)
    marked: TicketQuerySet = tickets.annotate(
        seen_at=_event(SEEN), returned_at=_event((Happening.RETURNED,)),
        co_since=_task(TaskKind.CO_HANDLING, "opened_at"),
        co_due_at=_task(TaskKind.CO_HANDLING, "due_at"),
        report_due_at=_task(TaskKind.REPORT_BACK, "due_at"), disputed_at=_dispute(),
    )  # fmt: skip
    is_quiet = Q(state__in=_AT_WORK, seen_at__lt=now - QUIET)
    is_resting = Q(state=State.SUSPENDED, suspended_until__lt=now)
    reasons = (
        Q(return_count__gte=1) | is_resting | is_quiet | Q(co_due_at__isnull=False)
        | Q(report_due_at__lt=now) | Q(disputed_at__isnull=False)
    )  # fmt: skip
    return marked.filter(reasons).for_worklist().order_by("received_at", "pk")


def _event(codes: Iterable[str]) -> Subquery:
    found = Event.objects.filter(ticket=OuterRef("pk"), code__in=list(codes)).order_by("-id")
    return Subquery(found.values("at")[:1], output_field=DateTimeField())


def _task(kind: TaskKind, name: str) -> Subquery:
    """That instant of the open task of the kind that is due first."""
    found = Task.objects.open().filter(ticket=OuterRef("pk"), kind=kind).order_by("due_at")
    return Subquery(found.values(name)[:1], output_field=DateTimeField())


def _dispute() -> Subquery:
    found = Dispute.objects.filter(ticket=OuterRef("pk"), decided_at=None).order_by("opened_at")
    return Subquery(found.values("opened_at")[:1], output_field=DateTimeField())


def _case(ticket: Ticket, now: datetime) -> Case:
    co_due_at = ticket.co_due_at  # type: ignore[attr-defined]
    is_co_late = co_due_at is not None and co_due_at < now
    report_due_at = ticket.report_due_at  # type: ignore[attr-defined]
    found = [
        (Why.RETURNED, ticket.returned_at if ticket.return_count else None),  # type: ignore[attr-defined]
        (Why.RESTING, ticket.suspended_until if ticket.state == State.SUSPENDED else None),
        (Why.QUIET, _quiet_since(ticket, now)),
        (Why.CO_LATE, co_due_at if is_co_late else None),
        (Why.WAITING, None if is_co_late else ticket.co_since),  # type: ignore[attr-defined]
        (Why.DISPUTED, ticket.disputed_at),  # type: ignore[attr-defined]
        (Why.REPORT_LATE, report_due_at if report_due_at and report_due_at < now else None),
    ]
    reasons = [Reason(why, since) for why, since in found if since is not None and since <= now]
    return Case(ticket, reasons or [Reason(Why.RETURNED, ticket.received_at)])


def _quiet_since(ticket: Ticket, now: datetime) -> datetime | None:
    seen_at: datetime | None = ticket.seen_at  # type: ignore[attr-defined]
    is_quiet = ticket.state in _AT_WORK and seen_at is not None and now - seen_at > QUIET
    return seen_at if is_quiet else None


def _add_units(cases: list[Case]) -> None:
    """The lead unit, those it waits for, and both sides of a dispute, each once."""
    tickets = [case.ticket.pk for case in cases]
    concerned: dict[int, dict[int, Unit]] = defaultdict(dict)
    for case in cases:
        if case.ticket.lead_unit is not None:
            concerned[case.ticket.pk][case.ticket.lead_unit.pk] = case.ticket.lead_unit
    helping = Task.objects.open().filter(ticket__in=tickets, kind=TaskKind.CO_HANDLING)
    for task in helping.exclude(unit=None).select_related("unit"):
        assert task.unit is not None
        concerned[task.ticket_id][task.unit.pk] = task.unit
    for dispute in _open_disputes(tickets):
        for side in (dispute.unit, dispute.against):
            concerned[dispute.ticket_id][side.pk] = side
    for case in cases:
        case.units = list(concerned[case.ticket.pk].values())


def _open_disputes(tickets: list[int]) -> QuerySet[Dispute]:
    found = Dispute.objects.filter(ticket__in=tickets, decided_at=None)
    return found.select_related("unit", "against")


def _add_decisions(cases: list[Case]) -> None:
    """What earlier meetings decided, the newest last."""
    decided = Task.objects.filter(
        ticket__in=[case.ticket.pk for case in cases], kind=TaskKind.MEETING
    )
    by_ticket: dict[int, list[Task]] = defaultdict(list)
    for task in decided.select_related("unit", "staff").order_by("pk"):
        by_ticket[task.ticket_id].append(task)
    for case in cases:
        case.decisions = by_ticket[case.ticket.pk]
