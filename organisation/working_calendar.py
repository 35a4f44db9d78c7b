"""When people work: weekly windows, seasons and single dates, compiled into a timeline of UTC
microseconds."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

# The end may lie before the start: the window then runs over midnight. An end of 00:00 is 24:00.
Window = tuple[time, time]
Week = tuple[tuple[Window, ...], ...]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
WHOLE_DAY: tuple[Window, ...] = ((time(0), time(0)),)
CLOSED_WEEK: Week = ((),) * 7
FIRST_YEAR, LAST_YEAR = 1900, 2500


class NoWorkingTime(ValueError):
    """The calendar holds too little working time to reach this limit."""


class DayKind(StrEnum):
    OFF = "off"
    WORK = "work"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class DayRule:
    """What one date does instead of its weekday: closed, a make-up workday, or windows of its
    own."""

    kind: DayKind
    windows: tuple[Window, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """A week that holds each year from `first` to `last` (month, day; both included; may pass New
    Year)."""

    first: tuple[int, int]
    last: tuple[int, int]
    week: Week

    def covers(self, day: date) -> bool:
        key = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= key <= self.last
        return key >= self.first or key <= self.last


def micros(at: datetime) -> int:
    """Whole microseconds since 1970; raises ValueError for a datetime without a zone."""
    if at.tzinfo is None:
        raise ValueError("A time without a zone cannot be placed on a calendar.")
    return (at - EPOCH) // MICROSECOND


def instant(at: int) -> datetime:
    """The UTC datetime of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=at)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Open windows in order, with the work done before each; days with no open time are left out.

    A day owns the windows that begin on it. Window i is open [starts[i], ends[i]) with worked[i]
    microseconds before it; working day k has date day_ordinals[k], day_worked[k] microseconds
    before it, and closes[k].
    """

    first: int
    last: int
    starts: list[int]
    ends: list[int]
    worked: list[int]
    day_ordinals: list[int]
    day_worked: list[int]
    closes: list[int]

    def worked_until(self, at: int) -> int:
        """Microseconds worked from the beginning of the timeline until `at`."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return 0
        end = self.ends[i]
        return self.worked[i] + (at if at < end else end) - self.starts[i]

    def reached(self, work: int) -> int:
        """The earliest moment by which so much was worked: a close rather than the next opening."""
        i = bisect_left(self.worked, work) - 1
        if i < 0 or work > self.day_worked[-1]:
            raise IndexError
        return self.starts[i] + work - self.worked[i]

    def resumed(self, work: int) -> int:
        """The latest moment at which only so much was worked: an opening rather than the close
        before."""
        if work < 0 or work >= self.day_worked[-1]:
            raise IndexError
        i = bisect_right(self.worked, work) - 1
        return self.starts[i] + work - self.worked[i]

    def day_index(self, ordinal: int) -> int:
        """The index of the first working day on or after the date."""
        return bisect_left(self.day_ordinals, ordinal)


@dataclass(frozen=True)
class WorkingCalendar:
    """One version of a calendar. `known_from` and `known_until` are the first and the last date
    whose holidays are published (None: no end). `local_days` are dates that one company keeps
    otherwise than everybody; they hold even where holidays are switched off."""

    code: str
    version: int
    zone: str
    week: Week
    days: Mapping[date, DayRule] = field(default_factory=dict, hash=False)
    known_until: date | None = None
    is_round_the_clock: bool = False
    holidays_observed: bool = True
    seasons: tuple[Season, ...] = ()
    known_from: date | None = None
    local_days: Mapping[date, DayRule] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(
                f"Calendar {self.code}: a week has seven days, {len(self.week)} were given."
            )
        weeks = [self.week, *(season.week for season in self.seasons)]
        has_hours = any(any(week) for week in weeks) or any(
            rule.windows for rule in (*self.days.values(), *self.local_days.values())
        )
        if not (self.is_round_the_clock or has_hours):
            raise ValueError(f"Calendar {self.code}: no working time in any week, season or date.")

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def _midnights(self) -> dict[int, int]:
        return {}

    @cached_property
    def known_range(self) -> tuple[float, float]:
        """The microseconds between which the calendar is certain."""
        if self.is_round_the_clock or not self.holidays_observed:
            return float("-inf"), float("inf")
        first = self.midnight(self.known_from.toordinal()) if self.known_from else float("-inf")
        last = self.midnight(self.known_until.toordinal() + 1) if self.known_until else float("inf")
        return first, last

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that begin on a date, in the calendar's own zone."""
        if self.is_round_the_clock:
            return WHOLE_DAY
        week = self.week_of(day)
        rule = self.rule_of(day)
        if rule is None:
            return week[day.weekday()]
        if rule.kind == DayKind.WORK:
            return _make_up_windows(week, day.weekday())
        return rule.windows if rule.kind == DayKind.OWN else ()

    def week_of(self, day: date) -> Week:
        """The week that holds on a date: the first season's that covers it, or the plain one."""
        return next((season.week for season in self.seasons if season.covers(day)), self.week)

    def rule_of(self, day: date) -> DayRule | None:
        """What a date does instead of its weekday, or None: a company's own day comes first, a
        published one counts while holidays are observed."""
        own = self.local_days.get(day)
        return own or (self.days.get(day) if self.holidays_observed else None)

    def midnight(self, ordinal: int) -> int:
        """The microsecond at which a local date begins."""
        found = self._midnights.get(ordinal)
        if found is None:
            found = self._midnights[ordinal] = self.local_instant(ordinal, 0)
        return found

    def local_instant(self, ordinal: int, clock: int) -> int:
        """The microsecond of a local clock time: the first one if it comes twice, the jump if it is
        skipped."""
        local = datetime.fromordinal(ordinal) + timedelta(microseconds=clock)
        aware = local.replace(tzinfo=self.tz)
        at = micros(aware)
        if instant(at).astimezone(self.tz).replace(tzinfo=None) == local:
            return at
        return self._jump_before(micros(aware.replace(fold=1)), at)

    def _jump_before(self, low: int, high: int) -> int:
        """The microsecond between two at which the zone's offset changes."""
        before = instant(low).astimezone(self.tz).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            if instant(middle).astimezone(self.tz).utcoffset() == before:
                low = middle
            else:
                high = middle
        return high

    def timeline(self, first: int, last: int) -> Timeline:
        """A timeline that holds both moments with at least a year to spare on either side."""
        known: Timeline | None = self.__dict__.get("_timeline")
        if known is not None and known.first <= first and last <= known.last:
            return known
        if known is not None:
            first, last = min(first, known.first), max(last, known.last)
        first_year, last_year = instant(first).year - 1, instant(last).year + 1
        if first_year < FIRST_YEAR or last_year > LAST_YEAR:
            raise NoWorkingTime(
                f"Calendar {self.code} can be computed from {FIRST_YEAR} to {LAST_YEAR} only."
            )
        built = _build_timeline(self, first_year, last_year)
        # One assignment of a finished object: threads see the old timeline or the new one, never
        # half of one.
        self.__dict__["_timeline"] = built
        return built

    def longer_timeline(self, known: Timeline) -> Timeline:
        """A timeline with twice the years ahead; raises NoWorkingTime when the years run out."""
        if known.last >= _FARTHEST:
            raise NoWorkingTime(
                f"Calendar {self.code} holds too little working time to reach this limit."
            )
        return self.timeline(known.first, min(2 * known.last - known.first, _FARTHEST))

    def earlier_timeline(self, known: Timeline) -> Timeline:
        """A timeline with twice the years behind; raises NoWorkingTime when the years run out."""
        if known.first <= _NEAREST:
            raise NoWorkingTime(
                f"Calendar {self.code} holds too little working time to count back so far."
            )
        return self.timeline(max(2 * known.first - known.last, _NEAREST), known.last)


_NEAREST = micros(datetime(FIRST_YEAR + 2, 1, 1, tzinfo=UTC))
_FARTHEST = micros(datetime(LAST_YEAR - 2, 1, 1, tzinfo=UTC))


def _make_up_windows(week: Week, weekday: int) -> tuple[Window, ...]:
    # A make-up Saturday is worked like a weekday, also where Saturdays are otherwise short.
    if weekday < 5 and week[weekday]:
        return week[weekday]
    return next((windows for windows in week[:5] if windows), week[weekday])


def _clock(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _spans(windows: tuple[Window, ...]) -> list[tuple[int, int]]:
    spans = sorted((_clock(start), _clock(end)) for start, end in windows)
    return [(start, end if end > start else end + DAY) for start, end in spans]


def _offsets(calendar: WorkingCalendar, first: int, last: int) -> list[int]:
    """The zone's offset in microseconds at the beginning of each local date."""
    zone = calendar.tz
    return [
        (datetime.fromordinal(ordinal).replace(tzinfo=zone).utcoffset() or timedelta())
        // MICROSECOND
        for ordinal in range(first, last)
    ]


def _build_timeline(calendar: WorkingCalendar, first_year: int, last_year: int) -> Timeline:
    first, last = date(first_year, 1, 1).toordinal(), date(last_year + 1, 1, 1).toordinal()
    line = Timeline(
        calendar.midnight(first + 2), calendar.midnight(last - 2), [], [], [], [], [0], []
    )
    offsets = _offsets(calendar, first, last + 2)
    spans_of: dict[tuple[Window, ...], list[tuple[int, int]]] = {}
    total, closed_at = 0, -(10**30)
    for i, ordinal in enumerate(range(first, last)):
        windows = calendar.windows_on(date.fromordinal(ordinal))
        if windows not in spans_of:
            spans_of[windows] = _spans(windows)
        is_even = offsets[i] == offsets[i + 1] == offsets[i + 2]
        midnight = (ordinal - EPOCH_ORDINAL) * DAY - offsets[i]
        for opening, closing in spans_of[windows]:
            start = midnight + opening if is_even else calendar.local_instant(ordinal, opening)
            end = midnight + closing if is_even else calendar.local_instant(ordinal, closing)
            # Time that a window over midnight took already belongs to the day on which it began.
            start = max(start, closed_at)
            if end > start:
                line.starts.append(start)
                line.ends.append(end)
                line.worked.append(total)
                total, closed_at = total + end - start, end
        if total > line.day_worked[-1]:
            line.day_ordinals.append(ordinal)
            line.day_worked.append(total)
            line.closes.append(closed_at)
    return line
