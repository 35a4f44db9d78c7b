"""Which limit explains a list of receipts and due times: found by vote, never assumed (sum).

Every sample votes for each limit that would have led from its receipt to its due time. The limit
with most votes is the category's, if it explains nearly all of the samples. Where several explain
them equally well, a round amount goes first, since people set limits; then the shape that more of
the file's other categories have; and if that leaves two, the category has no known limit.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from organisation import working_time
from organisation.working_time import Counting, Ending, Limit, Unit, WorkingCalendar

TOLERANCE = timedelta(minutes=2)
STEADY = 0.9
ENOUGH = 3
_WORTH_A_CUT_OFF = 0.05
_HALF_HOURS_BEFORE_NOON = frozenset(
    time(hour, minute) for hour in range(5, 12) for minute in (0, 30)
)
_HALF_HOURS_AFTER_NOON = tuple(time(hour, minute) for hour in range(12, 21) for minute in (0, 30))
_WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, slots=True)
class Sample:
    """One matter of another system: when it came and when it was due there (UTC)."""

    received_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Shape:
    """How a limit counts, without its amount."""

    unit: Unit
    counting: Counting
    cut_off: time | None = None
    next_opening: time | None = None

    def limit(self, amount: int) -> Limit:
        return Limit(
            amount, self.unit, self.counting, Ending.MIDNIGHT_24, self.cut_off, self.next_opening
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """The limit found, and how many of how many samples it explains."""

    shape: Shape
    amount: int
    agreeing: int
    samples: int


def calendar(code: str, zone: str, hours: tuple[time, time] | None) -> WorkingCalendar:
    """Monday to Friday without holidays, for a file says nothing of those."""
    return working_time.calendar_from_data(
        code, 1, zone, week(hours), {}, None, holidays_observed=False
    )


def week(hours: tuple[time, time] | None) -> dict[str, list[list[str]]]:
    """The windows of such a calendar."""
    opens, closes = hours or (time(9), time(17))
    return {day: [[f"{opens:%H:%M}", f"{closes:%H:%M}"]] for day in _WORKDAYS}


def hours(by_category: Mapping[str, Sequence[Sample]], zone: ZoneInfo) -> tuple[time, time] | None:
    """Opening and cut-off of the office behind the file: many due times of some categories fall on
    the very minute of opening, and those came in after the cut-off. None where no such minute
    stands out."""
    local = [
        [(s.received_at.astimezone(zone).time(), s.due_at.astimezone(zone).time()) for s in samples]
        for samples in by_category.values()
    ]
    on_the_minute = Counter(
        due for pairs in local for _, due in pairs if due in _HALF_HOURS_BEFORE_NOON
    )
    if not on_the_minute:
        return None
    opens = on_the_minute.most_common(1)[0][0]
    pairs = [pair for each in local if _share(each, opens) >= _WORTH_A_CUT_OFF for pair in each]
    if not pairs:
        return None

    def explained(cut_off: time) -> int:
        return sum((came >= cut_off) == (due == opens) for came, due in pairs)

    return opens, max(_HALF_HOURS_AFTER_NOON, key=explained)


def _share(pairs: Sequence[tuple[time, time]], opens: time) -> float:
    return sum(due == opens for _, due in pairs) / len(pairs) if pairs else 0


def fit(
    by_category: Mapping[str, Sequence[Sample]], zone: str
) -> tuple[dict[str, Fit], tuple[time, time] | None]:
    """The limit of each category that has a steady one, and the office hours found."""
    found_hours = hours(by_category, ZoneInfo(zone))
    on = calendar("fit", zone, found_hours)
    shapes = _shapes(found_hours)
    votes = {code: _votes(samples, shapes, on) for code, samples in by_category.items()}
    often = Counter(best[0][0] for each in votes.values() if len(best := _best(each)) == 1)
    fits = {
        code: found
        for code, samples in by_category.items()
        if (found := _chosen(votes[code], len(samples), often))
    }
    return fits, found_hours


def _shapes(found: tuple[time, time] | None) -> tuple[Shape, ...]:
    shapes = [
        Shape(Unit.CALENDAR_DAYS, Counting.SAME_CLOCK_TIME),
        Shape(Unit.WORKING_DAYS, Counting.SAME_CLOCK_TIME),
        Shape(Unit.CALENDAR_DAYS, Counting.FROM_NEXT_DAY),
        Shape(Unit.WORKING_DAYS, Counting.FROM_NEXT_DAY),
        Shape(Unit.HOURS, Counting.FROM_INSTANT),
    ]
    if found:
        opens, closes = found
        shapes.insert(1, Shape(Unit.WORKING_DAYS, Counting.SAME_CLOCK_TIME, closes, opens))
    return tuple(shapes)


_Votes = Counter[tuple[Shape, int]]


def _votes(samples: Sequence[Sample], shapes: tuple[Shape, ...], on: WorkingCalendar) -> _Votes:
    votes: _Votes = Counter()
    for sample in samples:
        for shape in shapes:
            votes.update((shape, amount) for amount in _explaining(sample, shape, on))
    return votes


def _explaining(sample: Sample, shape: Shape, on: WorkingCalendar) -> Iterable[int]:
    """The amounts of the shape that lead from the receipt to the due time."""
    if sample.due_at <= sample.received_at:
        return
    near = _near(sample, shape, on)
    # A weekend and a cut-off may each put the beginning off by a day.
    for amount in range(max(1, near - 2), near + 2):
        due = working_time.add(on, sample.received_at, shape.limit(amount)).due_at
        if abs(due - sample.due_at) <= TOLERANCE:
            yield amount


def _near(sample: Sample, shape: Shape, on: WorkingCalendar) -> int:
    if shape.unit == Unit.HOURS:
        return round((sample.due_at - sample.received_at) / timedelta(hours=1))
    zone = ZoneInfo(on.zone)
    first, last = (at.astimezone(zone).date() for at in (sample.received_at, sample.due_at))
    if shape.unit == Unit.CALENDAR_DAYS:
        return (last - first).days
    return working_time.working_days_between(on, first, last)


def _best(votes: _Votes) -> list[tuple[Shape, int]]:
    most = max(votes.values(), default=0)
    return [candidate for candidate, number in votes.items() if number == most]


def _chosen(votes: _Votes, samples: int, often: Counter[Shape]) -> Fit | None:
    best = [each for each in _best(votes) if not _is_days_in_hours(each, votes)]
    best = [each for each in best if _is_round(each[1])] or best
    most = max((often[shape] for shape, _ in best), default=0)
    best = [each for each in best if often[each[0]] == most]
    if len(best) != 1 or samples < ENOUGH or votes[best[0]] < STEADY * samples:
        return None
    shape, amount = best[0]
    return Fit(shape, amount, votes[best[0]], samples)


def _is_days_in_hours(candidate: tuple[Shape, int], votes: _Votes) -> bool:
    """Whether whole days explain as much: 168 hours is a way to say a week."""
    shape, amount = candidate
    days = (Shape(Unit.CALENDAR_DAYS, Counting.SAME_CLOCK_TIME), amount // 24)
    is_whole = shape.unit == Unit.HOURS and amount % 24 == 0
    return is_whole and votes[days] >= votes[candidate]


def _is_round(amount: int) -> bool:
    return amount <= 10 or amount % 5 == 0 or amount % 7 == 0
