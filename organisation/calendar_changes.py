"""What a holiday table adds to a calendar, and how two versions differ (sum)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from organisation import calendar_text
from organisation.calendar_data import HolidayTable
from organisation.calendar_errors import Unreadable, gettext_noop
from organisation.working_calendar import DayRule, Season, Window, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Known:
    """The single dates of a calendar row and how far what is published reaches."""

    days: Mapping[str, Any]
    known_from: date | None
    known_until: date | None


@dataclass(frozen=True, slots=True)
class DayDifference:
    """A single date that the two versions treat differently; None where it is like its weekday.
    `is_local` where the later one has it as a day of the company alone, or the earlier one had."""

    day: date
    before: DayRule | None
    after: DayRule | None
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs: columns by name, weekdays by number (0 is Monday), seasons, single dates."""

    fields: tuple[tuple[str, object, object], ...]
    weekdays: tuple[tuple[int, tuple[Window, ...], tuple[Window, ...]], ...]
    seasons: tuple[tuple[Season, ...], tuple[Season, ...]] | None
    days: tuple[DayDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.weekdays or self.seasons or self.days)


def with_table(known: Known, table: HolidayTable) -> Known:
    """The dates once the year's table is loaded: what an earlier table of that year said goes, what
    people typed for other dates stays. Raises Unreadable where a year between would stay unknown.
    """
    kept = {
        day: entry for day, entry in known.days.items() if not _is_of_table(day, entry, table.year)
    }
    loaded = {
        day.isoformat(): calendar_text.day_data(rule, table=table.year)
        for day, rule in table.days.items()
    }
    first, last = _range(known, table)
    return Known(dict(sorted((kept | loaded).items())), first, last)


def between(before: WorkingCalendar, after: WorkingCalendar) -> Differences:
    """How the second differs from the first."""
    named = ("zone", "is_round_the_clock", "holidays_observed", "known_from", "known_until")
    weekdays = (
        (day, old, new)
        for day, (old, new) in enumerate(zip(before.week, after.week, strict=True))
        if old != new
    )
    return Differences(
        fields=tuple(
            (name, getattr(before, name), getattr(after, name))
            for name in named
            if getattr(before, name) != getattr(after, name)
        ),
        weekdays=tuple(weekdays),
        seasons=None if before.seasons == after.seasons else (before.seasons, after.seasons),
        days=_day_differences(before, after),
    )


def _day_differences(before: WorkingCalendar, after: WorkingCalendar) -> tuple[DayDifference, ...]:
    old, new = {**before.days, **before.local_days}, {**after.days, **after.local_days}
    return tuple(
        DayDifference(
            day, old.get(day), new.get(day), day in before.local_days or day in after.local_days
        )
        for day in sorted({*old, *new})
        if old.get(day) != new.get(day)
    )


def _is_of_table(day: str, entry: Any, year: int) -> bool:
    """Whether an earlier table of that year said it; a bare word is older than that note."""
    if isinstance(entry, Mapping):
        return entry.get("table") == year
    return entry in ("off", "work") and day.startswith(str(year))


def _range(known: Known, table: HolidayTable) -> tuple[date | None, date | None]:
    first, last = known.known_from, known.known_until
    if last is None:
        # Nothing was ever published here: what is known is the table alone.
        has_table = any(isinstance(one, Mapping) and "table" in one for one in known.days.values())
        return (first, last) if has_table else (table.known_from, table.known_until)
    if table.known_from > last + timedelta(days=1):
        raise Unreadable(
            gettext_noop("This calendar is known until %(until)s. Load the table for %(year)s first."),
            until=last.isoformat(), year=last.year + (last.month == 12 and last.day == 31),
        )  # fmt: skip
    if first is not None and table.known_until < first - timedelta(days=1):
        raise Unreadable(
            gettext_noop("This calendar is known from %(since)s. Load the table for %(year)s first."),
            since=first.isoformat(), year=first.year - 1,
        )  # fmt: skip
    return (
        first if first is None else min(first, table.known_from),
        max(last, table.known_until),
    )
