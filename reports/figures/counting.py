"""The numbers of every figure, one statement for each basis; the rows behind one (question)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Model, QuerySet
from django.db.models.functions import Coalesce

from reports.figures.definition import Basis, Figure, Part
from reports.figures.timeliness import HANDLING_TIME, MedianAndP90
from reports.figures.workload import CLOSED
from reports.months import Span
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

# (id of the unit that answers for it, kind of matter)
Place = tuple[int, str]
# (how many are counted, how many of them are hit)
Numbers = tuple[int, int]
Times = tuple[timedelta, timedelta]


def count(
    figures: Iterable[Figure], tickets: TicketQuerySet, span: Span
) -> dict[str, dict[Place, Numbers]]:
    """For each figure its numbers in each place where there is anything to count."""
    by_basis: dict[Basis, list[Figure]] = defaultdict(list)
    for figure in figures:
        by_basis[figure.basis].append(figure)
    found: dict[str, dict[Place, Numbers]] = {}
    for basis, group in by_basis.items():
        found |= _count(basis, group, tickets, span)
    return found


def rows(
    figure: Figure, part: Part, tickets: TicketQuerySet, span: Span
) -> QuerySet[Model]:
    """What is counted, one by one: askings for a figure of askings, else tickets."""
    within = _within(figure.basis, tickets, span)
    if not figure.basis.by_ticket:
        return within.filter(figure.of_part(part))
    counted = _tickets_of(within.filter(figure.counted))
    if part == Part.ALL or figure.miss is None:
        return counted
    missing = within.filter(figure.counted, figure.miss).values("ticket")
    return counted.filter(pk__in=missing) if part == Part.MISS else counted.exclude(pk__in=missing)


def handling_times(tickets: TicketQuerySet, span: Span) -> Times | None:
    """Median and 90 % value over all the month's closed tickets, None where there are none."""
    within = _within(CLOSED, tickets, span)
    (times,) = within.aggregate(both=MedianAndP90(HANDLING_TIME)).values()
    return tuple(times) if times else None


def handling_times_by(
    what: str, tickets: TicketQuerySet, span: Span
) -> dict[int | str, Times]:
    """The same for each "unit" (by its id) or each "kind"."""
    key = _unit("") if what == "unit" else F("kind")
    within = _within(CLOSED, tickets, span).annotate(place=key).order_by()
    grouped = within.values_list("place").annotate(both=MedianAndP90(HANDLING_TIME))
    return {place: tuple(times) for place, times in grouped if times}


def _count(
    basis: Basis, figures: list[Figure], tickets: TicketQuerySet, span: Span
) -> dict[str, dict[Place, Numbers]]:
    prefix = "" if basis.of is Ticket else "ticket__"
    within = _within(basis, tickets, span).annotate(place_unit=_unit(prefix))
    counts = {f"{f.code}_{part}": _sum_of(f, part) for f in figures for part in _counted_parts(f)}
    grouped = within.order_by().values_list("place_unit", f"{prefix}kind").annotate(**counts)
    names = list(counts)
    found: dict[str, dict[Place, Numbers]] = {figure.code: {} for figure in figures}
    for unit_id, kind, *values in grouped:
        by_name = dict(zip(names, values, strict=True))
        for figure in figures:
            numbers = _numbers(figure, by_name)
            if numbers[0]:
                found[figure.code][unit_id, kind] = numbers
    return found


def _within(basis: Basis, tickets: TicketQuerySet, span: Span) -> QuerySet[Model]:
    if basis.of is Ticket:
        return tickets.filter(basis.within(span))
    return basis.of._default_manager.filter(basis.within(span), ticket__in=tickets.values("pk"))


def _tickets_of(counted: QuerySet[Model]) -> TicketQuerySet:
    return Ticket.objects.filter(pk__in=counted.values("ticket"))


def _unit(prefix: str) -> Coalesce:
    return Coalesce(f"{prefix}lead_unit_id", f"{prefix}intake_unit_id")


def _counted_parts(figure: Figure) -> tuple[str, ...]:
    """All, and the side of the division that the figure names; the other is the rest."""
    if not figure.is_rate:
        return ("all",)
    return ("all", "hit" if figure.hit is not None else "miss")


def _sum_of(figure: Figure, part: str) -> Count:
    what = "ticket" if figure.basis.by_ticket else "pk"
    return Count(what, distinct=figure.basis.by_ticket, filter=figure.of_part(Part(part)) or None)


def _numbers(figure: Figure, values: dict[str, int]) -> Numbers:
    n = values[f"{figure.code}_all"]
    if not figure.is_rate:
        return n, n
    if figure.hit is not None:
        return n, values[f"{figure.code}_hit"]
    return n, n - values[f"{figure.code}_miss"]
