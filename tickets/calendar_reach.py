"""Which open tickets a newer calendar concerns (question)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.utils import timezone

from organisation.models import Calendar, Unit
from tickets.models import Clock, Limit, Policy, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import OPEN


@dataclass(frozen=True, slots=True)
class Reach:
    """Open tickets with limits on a calendar; of these the ones with a provisional due time, and in
    which years (of the desk's zone) those times lie."""

    open_count: int
    provisional_count: int
    years: tuple[tuple[int, int], ...]


def reach(code: str, company: Unit | None = None) -> Reach:
    """What a new version of the calendar would concern now, companies with days of their own
    included, for they follow it; or what a change of one company's days would."""
    tickets = Ticket.objects.filter(scope_path=company.path) if company else Ticket.objects.all()
    open_tickets = _using(tickets, code)
    running = _provisional(code).filter(ticket__in=open_tickets)
    by_year = (
        running.values(year=ExtractYear("due_at", tzinfo=timezone.get_default_timezone()))
        .annotate(n=Count("ticket", distinct=True))
        .order_by("year")
    )
    return Reach(
        open_count=open_tickets.count(),
        provisional_count=running.values("ticket").distinct().count(),
        years=tuple((row["year"], row["n"]) for row in by_year if row["year"]),
    )


def due_for(row: Calendar, earlier: Iterable[Calendar]) -> TicketQuerySet:
    """The open tickets that are to take over this version, the newest of its chain: all that use
    the calendar where the version says so, else those with a provisional due time that it makes
    more certain."""
    older = [one for one in earlier if one.code == row.code and one.version < row.version]
    tickets = _using(_of_company(Ticket.objects.all(), row.code, row.company), row.code)
    name = f"calendar_versions__{row.code}__in"
    less = [one.version for one in older if _knows_more(row, one)]
    provisional = Exists(_provisional(row.code).filter(ticket=OuterRef("pk")))
    waiting = Q(provisional, **{name: less})
    if row.is_for_open and row.settled_at is None:
        waiting |= Q(**{name: [one.version for one in older]})
    return tickets.filter(waiting).exclude(pk__in=row.left_behind)


def codes_in_use(at: datetime) -> frozenset[str]:
    """The calendars by which limits now in force are counted."""
    in_force = Policy.objects.in_force(at).values("pk")
    limits = Limit.objects.filter(policy__in=in_force)
    return frozenset(limits.values_list("calendar_code", flat=True))


def _of_company(tickets: TicketQuerySet, code: str, company: Unit | None) -> TicketQuerySet:
    if company is not None:
        return tickets.filter(scope_path=company.path)
    local = Calendar.objects.filter(code=code, company__isnull=False)
    return tickets.exclude(scope_path__in=list(local.values_list("company__path", flat=True)))


def _using(tickets: TicketQuerySet, code: str) -> TicketQuerySet:
    """Open tickets with a limit on the calendar; those loaded from files have none."""
    limits = Limit.objects.filter(policy=OuterRef("policy"), calendar_code=code)
    return tickets.filter(Exists(limits), state__in=OPEN)


def _provisional(code: str) -> QuerySet[Clock]:
    return Clock.objects.filter(is_provisional=True, stopped_at=None, limit__calendar_code=code)


def _knows_more(row: Calendar, older: Calendar) -> bool:
    if row.is_round_the_clock or not row.holidays_observed:
        return not older.is_round_the_clock and older.holidays_observed
    later = older.known_until is not None and (
        row.known_until is None or row.known_until > older.known_until
    )
    sooner = older.known_from is not None and (
        row.known_from is None or row.known_from < older.known_from
    )
    return later or sooner
