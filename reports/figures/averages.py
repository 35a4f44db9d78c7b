"""What was promised on average, against the mean of the month (均值承诺) (question).

One ticket never breaks an average: it warns at its value, and only the month's mean can break it
(design §8; seed 28 and 29; domain §4 rows 14 and 15).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import fmean

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from organisation import working_time
from organisation.working_time import WorkingCalendar
from reports.months import Span
from tickets import policies
from tickets.models import Clock, Holding, Limit
from tickets.models.ticket import TicketQuerySet
from tickets.states import State

_PLAIN = {
    working_time.Unit.MINUTES: 60.0,
    working_time.Unit.HOURS: 3600.0,
    working_time.Unit.CALENDAR_DAYS: 86_400.0,
}
# A cancelled ticket was none; a clock that a file brought was promised by nobody.
_COUNTED = Q(measure=Limit.Measure.AVERAGE, limit__isnull=False) & ~Q(ticket__state=State.CANCELLED)


@dataclass(frozen=True, order=True)
class Promise:
    """An average that was promised: by which policy, for which clock, how much."""

    policy: str
    clock: str
    amount: Decimal
    unit: str

    @property
    def in_seconds(self) -> float | None:
        """The promise where its unit runs round the clock; None for working time."""
        seconds = _PLAIN.get(working_time.Unit(self.unit))
        return None if seconds is None else seconds * float(self.amount)


@dataclass(frozen=True)
class Mean:
    """What became of a promise with one unit, or (unit_id None) altogether; values in the unit of
    the promise. `above` still run and are past the value already."""

    promise: Promise
    unit_id: int | None
    n: int = 0
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    above: int = 0

    @property
    def is_kept(self) -> bool | None:
        """Whether the month's mean kept the promise; None where nothing was measured."""
        return None if self.mean is None else self.mean <= float(self.promise.amount)


def measured(tickets: TicketQuerySet, span: Span) -> QuerySet[Clock]:
    """The clocks of averages that stopped in the month and by now."""
    within = Q(stopped_at__gte=span.start, stopped_at__lt=span.past_end)
    return _clocks(tickets).filter(within)


def above(tickets: TicketQuerySet, span: Span) -> QuerySet[Clock]:
    """Those that still ran at the end of the month, or run now, and were above the value."""
    running = Q(stopped_at=None) | Q(stopped_at__gte=span.past_end)
    return _clocks(tickets).filter(running, started_at__lt=span.past_end, due_at__lt=span.past_end)


def of_promise(found: QuerySet[Clock], promise: Promise, unit_id: int | None) -> QuerySet[Clock]:
    """The clocks behind one line of the table."""
    chosen = found.filter(
        limit__policy__code=promise.policy, name=promise.clock, limit__amount=promise.amount,
        limit__unit=promise.unit,
    )  # fmt: skip
    if unit_id is None:
        return chosen
    leads, took_in = Q(ticket__lead_unit=unit_id), Q(ticket__intake_unit=unit_id)
    return chosen.filter(leads | Q(took_in, ticket__lead_unit=None))


def table(tickets: TicketQuerySet, span: Span) -> list[Mean]:
    """Each promise altogether, followed by each unit it was kept or broken by."""
    values: dict[_Key, list[float]] = defaultdict(list)
    for _pk, promise, place, length in _lengths(measured(tickets, span)):
        values[promise, place].append(length)
        values[promise, None].append(length)
    late: dict[_Key, int] = defaultdict(int)
    for *promised, place in above(tickets, span).values_list(*_KEY):
        late[Promise(*promised), place] += 1
        late[Promise(*promised), None] += 1
    keys = sorted(values.keys() | late.keys(), key=lambda key: (key[0], key[1] or 0))
    return [_mean(*key, values[key], late[key]) for key in keys]


def lengths(clocks: Iterable[Clock]) -> dict[int, float]:
    """How long each of these stopped clocks took, in the unit of its promise, by its id."""
    chosen = Clock.objects.filter(pk__in=[one.pk for one in clocks], stopped_at__isnull=False)
    return {pk: length for pk, *_rest, length in _lengths(chosen.annotate(place=_PLACE))}


_PLACE = Coalesce("ticket__lead_unit_id", "ticket__intake_unit_id")
_KEY = ("limit__policy__code", "name", "limit__amount", "limit__unit", "place")
_Key = tuple[Promise, int | None]


def _clocks(tickets: TicketQuerySet) -> QuerySet[Clock]:
    found = Clock.objects.filter(_COUNTED, ticket__in=tickets.values("pk"))
    return found.annotate(place=_PLACE)


def _lengths(found: QuerySet[Clock]) -> Iterator[tuple[int, Promise, int, float]]:
    """The id, promise and unit of each clock, and how much time it counted."""
    rows = list(
        found.values_list(
            "pk", *_KEY, "ticket", "started_at", "stopped_at", "limit__is_internal",
            "limit__calendar_code",
        )
    )  # fmt: skip
    rests = _rests({row[6] for row in rows if row[9]})
    calendars = _calendars({row[10] for row in rows if row[4] not in _PLAIN})
    for pk, *promised, place, ticket, begin, end, is_internal, code in rows:
        promise, calendar = Promise(*promised), calendars.get(code)
        held = _within(rests.get(ticket, []), begin, end) if is_internal else []
        rested = sum(_counted(promise.unit, calendar, *rest) for rest in held)
        yield pk, promise, place, _counted(promise.unit, calendar, begin, end) - rested


def _counted(unit: str, calendar: WorkingCalendar | None, begin: datetime, end: datetime) -> float:
    seconds = _PLAIN.get(working_time.Unit(unit))
    if seconds is not None or calendar is None:
        return (end - begin) / timedelta(seconds=seconds or 3600.0)
    return float(working_time.elapsed(calendar, begin, end, working_time.Unit(unit)))


def _within(
    rests: list[tuple[datetime, datetime]], begin: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    return [(max(a, begin), min(b, end)) for a, b in rests if a < end and b > begin]


def _rests(ticket_ids: set[int]) -> dict[int, list[tuple[datetime, datetime]]]:
    """When the tickets rested: that time does not count for what was promised inside the house."""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    if ticket_ids:
        held = Holding.objects.filter(
            ticket__in=ticket_ids, state=State.SUSPENDED, to_at__isnull=False
        )
        for ticket, begin, end in held.values_list("ticket", "from_at", "to_at"):
            if end is not None:
                found[ticket].append((begin, end))
    return found


def _calendars(codes: set[str]) -> dict[str, WorkingCalendar]:
    newest = policies.newest_calendars() if codes else {}
    return {code: policies.calendar(code, newest[code]) for code in codes if code in newest}


def _mean(promise: Promise, place: int | None, values: list[float], late: int) -> Mean:
    bare = Mean(promise, place, above=late)
    if not values:
        return bare
    values.sort()
    return replace(
        bare, n=len(values), mean=fmean(values), median=_share(values, 0.5),
        p90=_share(values, 0.9),
    )  # fmt: skip


def _share(values: list[float], share: float) -> float:
    """The value under which a share of them lies, between neighbours as PostgreSQL does it."""
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)
