"""The month of one reader: every figure in all, by unit and by kind (question)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.utils.functional import Promise

from organisation.models import Unit
from reports import figures, months, readers, small_cells, statistics
from reports.figures import Figure, Part, arranged, counting, goals, satisfaction, workload
from reports.figures.counting import Numbers, Place, Times
from reports.months import Month
from reports.readers import Reader
from surveys.models import Exclusion
from tickets.kinds import Kind

# Under this many answers a unit is neither ranked nor praised (domain §5d).
LEAST_TO_RANK = 30

# All that readers without tickets of their own get to see: what stands in the tables.
IN_TABLES = ("received", "closed", "on_time", "solved", "satisfied", "response")


@dataclass(frozen=True)
class Cell:
    """One figure in one place. `query` leads to its list, and is empty where there is none."""

    figure: Figure
    n: int
    hit: int
    target: float | None = None
    query: str = ""
    is_hidden: bool = False

    @property
    def interval(self) -> statistics.Interval | None:
        """The rate with its 95 % Wilson interval; None where there is nothing to divide."""
        return None if self.is_hidden else statistics.wilson(self.hit, self.n)

    @property
    def rate(self) -> float | None:
        return self.hit / self.n if self.n and not self.is_hidden else None

    @property
    def miss(self) -> int:
        return self.n - self.hit

    @property
    def is_thin(self) -> bool:
        return self.n < LEAST_TO_RANK

    @property
    def is_missed(self) -> bool:
        return self.rate is not None and self.target is not None and self.rate < self.target

    @property
    def query_all(self) -> str:
        return self._query_of(Part.ALL)

    @property
    def query_hit(self) -> str:
        return self._query_of(Part.HIT)

    @property
    def query_miss(self) -> str:
        return self._query_of(Part.MISS)

    def _query_of(self, part: Part) -> str:
        return f"{self.query}&part={part}" if self.query and not self.is_hidden else ""


@dataclass(frozen=True)
class Row:
    """One unit, one kind, or everything together."""

    code: str
    name: str | Promise
    cells: Mapping[str, Cell]
    times: Times | None

    @property
    def satisfied(self) -> Cell:
        return self.cells["satisfied"]

    @property
    def median(self) -> timedelta | None:
        return self.times[0] if self.times else None

    @property
    def p90(self) -> timedelta | None:
        return self.times[1] if self.times else None


@dataclass(frozen=True)
class Report:
    """What the page and the workbook show."""

    month: Month
    unit: Unit | None
    at: datetime
    is_running: bool
    is_masked: bool
    total: Row
    units: list[Row]
    kinds: list[Row]
    exclusions: list[tuple[str, int]]

    @property
    def version(self) -> int:
        return figures.VERSION

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(settings.TIME_ZONE)

    @property
    def funnel(self) -> list[Cell]:
        return [self.total.cells[figure.code] for figure in satisfaction.FUNNEL]

    @property
    def arranged(self) -> list[Cell]:
        """What was arranged with customers and decided about their matters."""
        return [self.total.cells[one.code] for one in (*arranged.FIGURES, *workload.REGROUPED)]

    @property
    def modes(self) -> list[Cell]:
        """The satisfaction rate of each way of answering, never mixed without being shown."""
        cells = self.total.cells
        return [cells["satisfied_by_phone"], cells["satisfied_by_link"]]

    @property
    def definitions(self) -> list[Figure]:
        shown = [f for f in figures.ALL if not self.is_masked or f.code in IN_TABLES]
        return [f for f in shown if f.code != "handling"] + [figures.BY_CODE["handling"]]

    @property
    def bounds(self) -> statistics.Interval | None:
        """The satisfaction rate if all who were silent were dissatisfied, or all satisfied."""
        asked, said = self.total.cells["response"], self.total.satisfied
        if asked.is_hidden or said.is_hidden:
            return None
        return statistics.worst_case_bounds(asked.n, said.n, said.hit)

    @property
    def ranking(self) -> list[Row]:
        """Units with answers, surest first; those with too few at the end, by name."""
        rated = [row for row in self.units if row.satisfied.interval]
        return sorted(rated, key=lambda row: (row.satisfied.is_thin, -_lower(row), str(row.name)))


def build(*, reader: Reader, month: Month, unit: Unit | None, at: datetime) -> Report:
    """The reader's month as it stands at `at`."""
    span = months.span(month, settings.TIME_ZONE, at)
    tickets = readers.tickets(reader, unit)
    numbers = counting.count(figures.ALL, tickets, span)
    units = Unit.objects.in_bulk({place[0] for found in numbers.values() for place in found})
    goal = goals.Goals.on(month.first_day)
    address = {"month": str(month)} | ({"unit": unit.code} if unit else {})
    table = _Table(numbers, {} if reader.is_masked else address, reader)
    by_unit = counting.handling_times_by("unit", tickets, span)
    by_kind = counting.handling_times_by("kind", tickets, span)
    root = unit.path if unit else reader.root
    report = Report(
        month=month, unit=unit, at=at, is_running=at < span.end, is_masked=reader.is_masked,
        total=Row("", "", table.cells(lambda place: True, goal.of(root)),
                  counting.handling_times(tickets, span)),
        units=[
            Row(one.code, one.name, table.cells(_in_unit(one), goal.of(one.path), row=one.code),
                by_unit.get(one.pk))
            for one in sorted(units.values(), key=lambda one: one.path)
        ],
        kinds=[
            Row(kind, kind.label, table.cells(_of_kind(kind), goal.of(root), kind=kind),
                by_kind.get(kind))
            for kind in Kind
            if any(kind == place[1] for found in numbers.values() for place in found)
        ],
        exclusions=_exclusions(tickets, span),
    )  # fmt: skip
    return _masked(report) if reader.is_masked else report


@dataclass(frozen=True)
class _Table:
    """The counted numbers, and what a list behind one of them is found by."""

    numbers: dict[str, dict[Place, Numbers]]
    address: dict[str, str]
    reader: Reader

    def cells(
        self, is_wanted: Callable[[Place], bool], goal: Mapping[str, float], **place: str
    ) -> dict[str, Cell]:
        """Each figure summed over the wanted places."""
        return {figure.code: self._cell(figure, is_wanted, goal, place) for figure in figures.ALL}

    def _cell(
        self, figure: Figure, is_wanted: Callable[[Place], bool], goal: Mapping[str, float],
        place: dict[str, str],
    ) -> Cell:
        wanted = [two for at, two in self.numbers[figure.code].items() if is_wanted(at)]
        n, hit = sum(n for n, _ in wanted), sum(hit for _, hit in wanted)
        has_list = self.address and n and (self.reader.sees_draw or not figure.is_secret)
        query = urlencode({**self.address, **place, "figure": figure.code}) if has_list else ""
        return Cell(figure, n, hit, goal.get(figure.code), query)


def _in_unit(unit: Unit) -> Callable[[Place], bool]:
    return lambda place: place[0] == unit.pk


def _of_kind(kind: Kind) -> Callable[[Place], bool]:
    return lambda place: place[1] == kind


def _lower(row: Row) -> float:
    interval = row.satisfied.interval
    return interval.lower if interval else 0.0


def _exclusions(tickets: readers.TicketQuerySet, span: months.Span) -> list[tuple[str, int]]:
    """Why customers were not asked, and how many each."""
    excluded = counting.rows(figures.BY_CODE["excluded"], Part.ALL, tickets, span).order_by()
    found = excluded.values_list("exclusion").annotate(n=Count("pk")).order_by("-n", "exclusion")
    return [(str(Exclusion(code).label), n) for code, n in found]


def _masked(report: Report) -> Report:
    """The report with what could tell of fewer than five people taken out."""
    total = _without(report.total, {
        code for code, cell in report.total.cells.items()
        if code not in IN_TABLES or small_cells.is_small((cell.n, cell.hit))
    })  # fmt: skip
    return replace(
        report, total=total, units=_column_by_column(report.units, total),
        kinds=_column_by_column(report.kinds, total), exclusions=[],
    )  # fmt: skip


def _column_by_column(rows: list[Row], total: Row) -> list[Row]:
    hidden: list[set[str]] = [set() for _ in rows]
    for code, of_all in total.cells.items():
        column = [(row.cells[code].n, row.cells[code].hit) for row in rows]
        places = range(len(rows)) if of_all.is_hidden else small_cells.hidden(column)
        for place in places:
            hidden[place].add(code)
    return [_without(row, codes) for row, codes in zip(rows, hidden, strict=True)]


def _without(row: Row, codes: Iterable[str]) -> Row:
    cells = {
        code: replace(cell, is_hidden=cell.n > 0, n=0, hit=0) if code in set(codes) else cell
        for code, cell in row.cells.items()
    }
    return replace(row, cells=cells, times=None if cells["closed"].is_hidden else row.times)
