"""One year of a calendar as twelve months of days, each with what it is (sum)."""

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from organisation.working_calendar import DayKind, DayRule, Window, WorkingCalendar


class Mark(StrEnum):
    """What a date is to the calendar: like its weekday, worked or free, or a day of its own."""

    WORKED = "worked"
    FREE = "free"
    OFF = "off"
    MAKE_UP = "make_up"
    OWN = "own"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Day:
    """One date: its mark, its windows, and whether its holidays are published."""

    date: date
    mark: Mark
    name: str
    windows: tuple[Window, ...]
    is_known: bool

    @property
    def is_special(self) -> bool:
        return self.mark not in (Mark.WORKED, Mark.FREE)


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday to Sunday; None outside it."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of their own in a row that are alike."""

    first: Day
    last: Day

    @property
    def days(self) -> int:
        return (self.last.date - self.first.date).days + 1


@dataclass(frozen=True, slots=True)
class Sheet:
    year: int
    months: tuple[Month, ...]
    working_days: int
    special: tuple[Stretch, ...]

    @property
    def is_known(self) -> bool:
        """Whether the whole year is published."""
        days = (day for month in self.months for week in month.weeks for day in week)
        return all(day is None or day.is_known for day in days)


def sheet(calendar: WorkingCalendar, year: int) -> Sheet:
    """The year month by month."""
    months = tuple(_month(calendar, year, month) for month in range(1, 13))
    days = [day for month in months for week in month.weeks for day in week if day is not None]
    return Sheet(
        year=year,
        months=months,
        working_days=sum(bool(day.windows) for day in days),
        special=_stretches([day for day in days if day.is_special]),
    )


def _stretches(days: list[Day]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for day in days:
        last = found[-1].last if found else None
        is_next = last is not None and day.date.toordinal() == last.date.toordinal() + 1
        if last is not None and is_next and _alike(last, day):
            found[-1] = Stretch(found[-1].first, day)
        else:
            found.append(Stretch(day, day))
    return tuple(found)


def _alike(one: Day, other: Day) -> bool:
    return (one.mark, one.name, one.windows) == (other.mark, other.name, other.windows)


def _month(calendar: WorkingCalendar, year: int, month: int) -> Month:
    weeks = Weeks().monthdatescalendar(year, month)
    return Month(
        date(year, month, 1),
        tuple(
            tuple(_day(calendar, day) if day.month == month else None for day in week)
            for week in weeks
        ),
    )


def _day(calendar: WorkingCalendar, day: date) -> Day:
    windows = calendar.windows_on(day)
    rule = None if calendar.is_round_the_clock else calendar.rule_of(day)
    mark = _mark(calendar, day, rule) if rule else Mark.WORKED if windows else Mark.FREE
    return Day(day, mark, rule.name if rule else "", windows, _is_known(calendar, day))


def _mark(calendar: WorkingCalendar, day: date, rule: DayRule) -> Mark:
    if day in calendar.local_days:
        return Mark.LOCAL
    return {DayKind.OFF: Mark.OFF, DayKind.WORK: Mark.MAKE_UP, DayKind.OWN: Mark.OWN}[rule.kind]


def _is_known(calendar: WorkingCalendar, day: date) -> bool:
    if calendar.is_round_the_clock or not calendar.holidays_observed:
        return True
    is_early = calendar.known_from is not None and day < calendar.known_from
    is_late = calendar.known_until is not None and day > calendar.known_until
    return not (is_early or is_late)
