"""Which days and hours a limit passed over on its way: weekends, holidays by name, make-up
workdays, closed hours (sum)."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from organisation import working_calendar
from organisation.working_time import Counting, DayKind, Limit, Unit, WorkingCalendar

_SATURDAY = 5
_DAY = timedelta(days=1)
# No limit of the desk reaches farther; a story of more days would not be read.
_MOST_DAYS = 1500

instant = working_calendar.instant


@dataclass(frozen=True, slots=True)
class Skip:
    """Days that did not count, or counted against their weekday: weekends {stretches, days},
    holiday and closed_days {first, last, name}, make_up {day, name}, own_hours {day, name,
    windows}."""

    code: str
    facts: dict[str, Any]


def counted_dates(
    calendar: WorkingCalendar, started_at: datetime, due_at: datetime, limit: Limit
) -> tuple[date, date]:
    """The first and last date whose being worked or not bears on the limit, both included."""
    first = started_at.astimezone(calendar.tz).date()
    # A due time at 24:00 belongs to the day that ends.
    last = (due_at - working_calendar.MICROSECOND).astimezone(calendar.tz).date()
    if limit.counting == Counting.FROM_NEXT_DAY:
        first += _DAY
        if limit.unit == Unit.CALENDAR_DAYS:
            first += timedelta(days=max(0, int(limit.amount) - 1))
    return first, last


def between(calendar: WorkingCalendar, first: date, last: date) -> list[Skip]:
    """What was skipped from one date to the other, both included: weekends together, the others in
    order of time."""
    days = [(_sort(calendar, day), day) for day in _dates(first, last)]
    weekends = _stretches([day for (code, _), day in days if code == "weekend"])
    found = [_named(calendar, code, name, chain) for (code, name), chain in _chains(days)]
    if weekends:
        total = sum((until - since).days + 1 for since, until in weekends)
        found.insert(0, Skip("weekends", {"stretches": tuple(weekends), "days": total}))
    return found


def open_between(
    calendar: WorkingCalendar, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The open windows of the calendar within two moments, cut to them."""
    first, last = working_calendar.micros(begin), working_calendar.micros(end)
    line = calendar.timeline(first, last)
    i = max(0, bisect_right(line.ends, first))
    while i < len(line.starts) and line.starts[i] < last:
        yield instant(max(first, line.starts[i])), instant(min(last, line.ends[i]))
        i += 1


def _dates(first: date, last: date) -> list[date]:
    count = min((last - first).days + 1, _MOST_DAYS)
    return [first + timedelta(days=n) for n in range(count)]


def _sort(calendar: WorkingCalendar, day: date) -> tuple[str, str]:
    """What a date is to the calendar, and by what name; empty for a plain working day."""
    rule = calendar.rule_of(day)
    name = rule.name if rule else ""
    if not calendar.windows_on(day):
        if rule is not None:
            return "holiday", name
        return ("weekend", "") if day.weekday() >= _SATURDAY else ("closed_days", "")
    if rule is not None and rule.kind == DayKind.OWN:
        return "own_hours", name
    if rule is not None and rule.kind == DayKind.WORK and not calendar.week[day.weekday()]:
        return "make_up", name
    return "", ""


def _chains(
    days: list[tuple[tuple[str, str], date]],
) -> Iterator[tuple[tuple[str, str], list[date]]]:
    """Neighbouring dates of one sort and name; plain days and weekends are left out."""
    chain: list[date] = []
    for (sort, day), following in pairwise([*days, (("", ""), date.max)]):
        chain.append(day)
        if following[0] != sort or sort[0] in ("make_up", "own_hours"):
            if sort[0] not in ("", "weekend"):
                yield sort, chain
            chain = []


def _named(calendar: WorkingCalendar, code: str, name: str, chain: list[date]) -> Skip:
    if code in ("make_up", "own_hours"):
        facts: dict[str, Any] = {"day": chain[0], "name": name}
        if code == "own_hours":
            facts["windows"] = calendar.windows_on(chain[0])
        return Skip(code, facts)
    return Skip(code, {"first": chain[0], "last": chain[-1], "name": name})


def _stretches(days: list[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == _DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
