"""Add, subtract and count time on a working calendar; every result is exact to the microsecond.

    office = calendar_from_data("office", 1, "Asia/Shanghai", {"mon": [["08:30", "12:00"]]}, {}, None)
    add(office, start, Limit(4, Unit.WORKING_DAYS)).due_at      when a limit ends
    subtract(office, due_at, 4, Unit.WORKING_DAYS)              when it must have begun
    elapsed(office, start, due_at, Unit.WORKING_DAYS)           how much lies between two moments
    is_open(office, at), next_opening(office, at)               is it open now, and when again
    working_days_between(office, date_1, date_2)                working days by date alone

All moments are aware datetimes of any zone; what comes back is UTC. Nothing here reads a clock.
"""

import bisect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from organisation import working_calendar
from organisation.calendar_data import HolidayTable, calendar_from_data, holiday_table
from organisation.limits import (
    CALENDAR_UNITS,
    DAY_UNITS,
    PLAIN_UNITS,
    WORKING_UNITS,
    Amount,
    Counting,
    Ending,
    Limit,
    Unit,
    limit_from_data,
)
from organisation.working_calendar import (
    DAY,
    DayKind,
    DayRule,
    NoWorkingTime,
    Season,
    WorkingCalendar,
)

# What the callers of this module need from its neighbours, under one name.
__all__ = [
    "CALENDAR_UNITS",
    "DAY_UNITS",
    "Counting",
    "DayKind",
    "DayRule",
    "DueTime",
    "Ending",
    "HolidayTable",
    "Limit",
    "NoWorkingTime",
    "Season",
    "Unit",
    "WorkingCalendar",
    "add",
    "calendar_from_data",
    "elapsed",
    "holiday_table",
    "is_open",
    "is_provisional",
    "is_working_day",
    "limit_from_data",
    "next_opening",
    "point_between",
    "shift",
    "subtract",
    "working_days_between",
]


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a limit ends (UTC), and whether it depends on days whose calendar is not published."""

    due_at: datetime
    is_provisional: bool


def add(calendar: WorkingCalendar, start: datetime, limit: Limit) -> DueTime:
    """When the limit ends that began at `start`; raises NoWorkingTime where the calendar never gets
    there."""
    begun = working_calendar.micros(start)
    try:
        due = _ADDING[limit.counting](calendar, begun, limit)
        due_at = working_calendar.instant(due)
    except NoWorkingTime:
        raise
    except (OverflowError, ValueError):
        raise _beyond(calendar) from None
    uncertain = limit.depends_on_calendar and _is_uncertain(calendar, begun, due)
    return DueTime(due_at, uncertain)


def subtract(calendar: WorkingCalendar, end: datetime, amount: Amount, unit: Unit) -> datetime:
    """The latest moment from which `amount` units reach `end`; raises NoWorkingTime where the
    calendar has not so much before it."""
    return shift(calendar, end, -amount, unit)


def shift(calendar: WorkingCalendar, at: datetime, amount: Amount, unit: Unit) -> datetime:
    """`amount` units after `at`, or before it where negative; `elapsed` counts the same amount.

    Forward into a pause it ends at the close, backward at the opening. Calendar days keep the local
    clock time, so a time of day that the zone skips or repeats counts as in RFC 5545.
    """
    numerator, denominator = Fraction(amount).as_integer_ratio()
    start = working_calendar.micros(at)
    try:
        reached = _shift(calendar, start, numerator, denominator, Unit(unit))
        return working_calendar.instant(reached)
    except NoWorkingTime:
        raise
    except (OverflowError, ValueError):
        raise _beyond(calendar) from None


def elapsed(calendar: WorkingCalendar, from_at: datetime, to_at: datetime, unit: Unit) -> Fraction:
    """How many units lie between two moments, exactly; negative where `to_at` is the earlier
    one."""
    start, end = working_calendar.micros(from_at), working_calendar.micros(to_at)
    if end < start:
        return -elapsed(calendar, to_at, from_at, unit)
    unit = Unit(unit)
    if unit in PLAIN_UNITS:
        return Fraction(end - start, PLAIN_UNITS[unit])
    if unit == Unit.CALENDAR_DAYS:
        return _clock_days_between(calendar, start, end)
    line = calendar.timeline(start, end)
    first, last = line.worked_until(start), line.worked_until(end)
    if unit == Unit.WORKING_DAYS:
        return _day_position(line, last) - _day_position(line, first)
    return Fraction(last - first, WORKING_UNITS[unit])


def point_between(
    calendar: WorkingCalendar, start: datetime, due: datetime, share: Amount, unit: Unit
) -> datetime:
    """The moment at which a share (0 to 1) of the time from `start` to `due` is used up, in the
    unit's own time."""
    first, last = working_calendar.micros(start), working_calendar.micros(due)
    part = Fraction(share)
    if Unit(unit) not in CALENDAR_UNITS:
        return working_calendar.instant(
            first + _rounded(part.numerator * (last - first), part.denominator)
        )
    line = calendar.timeline(first, last)
    begun = line.worked_until(first)
    work = begun + _rounded(part.numerator * (line.worked_until(last) - begun), part.denominator)
    return (
        working_calendar.instant(min(max(line.reached(work), first), last))
        if work > begun
        else start
    )


def working_days_between(calendar: WorkingCalendar, after: date, until: date) -> int:
    """Working days later than `after`, up to and including `until`: the day itself is not
    counted."""
    first, last = after.toordinal(), until.toordinal()
    line = calendar.timeline(
        calendar.midnight(min(first, last)), calendar.midnight(max(first, last) + 1)
    )
    return line.day_index(last + 1) - line.day_index(first + 1)


def is_working_day(calendar: WorkingCalendar, day: date) -> bool:
    """Whether any window begins on this date."""
    return working_days_between(calendar, day - timedelta(days=1), day) == 1


def is_open(calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether work is done at this moment; a window's end is already closed."""
    return next_opening(calendar, at) == at


def next_opening(calendar: WorkingCalendar, at: datetime) -> datetime:
    """The moment itself while open, otherwise the next opening."""
    moment = working_calendar.micros(at)
    opening = _searched(calendar, moment, lambda line: line.resumed(line.worked_until(moment)))
    return working_calendar.instant(max(opening, moment))


def is_provisional(calendar: WorkingCalendar, start: datetime, due: datetime) -> bool:
    """Whether the calendar is uncertain somewhere between the two moments."""
    return _is_uncertain(calendar, working_calendar.micros(start), working_calendar.micros(due))


def _is_uncertain(calendar: WorkingCalendar, start: int, due: int) -> bool:
    first, last = calendar.known_range
    return start < first or due > last


def _beyond(calendar: WorkingCalendar) -> NoWorkingTime:
    return NoWorkingTime(f"Calendar {calendar.code}: so far away there are no dates.")


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _local(calendar: WorkingCalendar, at: int) -> datetime:
    return working_calendar.instant(at).astimezone(calendar.tz).replace(tzinfo=None)


def _add_from_instant(calendar: WorkingCalendar, start: int, limit: Limit) -> int:
    return _shift(calendar, start, limit.numerator, limit.denominator, limit.unit)


def _shift(
    calendar: WorkingCalendar, start: int, numerator: int, denominator: int, unit: Unit
) -> int:
    if unit in PLAIN_UNITS:
        return start + _rounded(numerator * PLAIN_UNITS[unit], denominator)
    if unit == Unit.CALENDAR_DAYS:
        return _add_clock_days(calendar, start, numerator, denominator)
    line = calendar.timeline(start, start)
    while True:
        work = line.worked_until(start)
        try:
            if unit == Unit.WORKING_DAYS:
                target = _work_after_days(line, work, numerator, denominator)
            else:
                target = work + _rounded(numerator * WORKING_UNITS[unit], denominator)
            if target > work:
                return line.reached(target)
            return max(line.resumed(target), start) if target == work else line.resumed(target)
        except IndexError:
            line = (
                calendar.longer_timeline(line)
                if numerator >= 0
                else calendar.earlier_timeline(line)
            )


def _day_position(line: working_calendar.Timeline, work: int) -> Fraction:
    """Working days done, each one spread evenly over its own open time."""
    day = _day_of(line, work)
    if day == len(line.closes):
        return Fraction(day)
    before = line.day_worked[day]
    return day + Fraction(work - before, line.day_worked[day + 1] - before)


def _day_of(line: working_calendar.Timeline, work: int) -> int:
    return bisect.bisect_right(line.day_worked, work) - 1


def _work_after_days(
    line: working_calendar.Timeline, work: int, numerator: int, denominator: int
) -> int:
    """Work done once so many more working days have passed; raises IndexError beyond the
    timeline."""
    day = _day_of(line, work)
    whole, part = divmod(numerator, denominator)
    into = work - line.day_worked[day]
    length = line.day_worked[day + 1] - line.day_worked[day] if day < len(line.closes) else 1
    carried, rest = divmod(into * denominator + part * length, length * denominator)
    day += whole + carried
    if day < 0:
        raise IndexError
    if not rest:
        return line.day_worked[day]
    return line.day_worked[day] + _rounded(
        rest * (line.day_worked[day + 1] - line.day_worked[day]), length * denominator
    )


def _same_clock(calendar: WorkingCalendar, local: datetime) -> int:
    # RFC 5545: a clock time that is skipped counts with the offset before the jump; one that comes
    # twice, the first.
    return working_calendar.micros(local.replace(tzinfo=calendar.tz, fold=0))


def _add_clock_days(calendar: WorkingCalendar, start: int, numerator: int, denominator: int) -> int:
    whole, part = divmod(numerator, denominator)
    local = _local(calendar, start)
    # The start itself is kept for zero days: in a repeated hour its clock time alone would name the
    # first one.
    reached = _same_clock(calendar, local + timedelta(days=whole)) if whole else start
    if not part:
        return reached
    following = _same_clock(calendar, local + timedelta(days=whole + 1))
    return reached + _rounded(part * (following - reached), denominator)


def _clock_days_between(calendar: WorkingCalendar, start: int, end: int) -> Fraction:
    days = (end - start) // DAY + 2
    while (reached := _add_clock_days(calendar, start, days, 1)) > end:
        days -= 1
    following = _add_clock_days(calendar, start, days + 1, 1)
    return days + Fraction(end - reached, following - reached)


def _add_from_next_day(calendar: WorkingCalendar, start: int, limit: Limit) -> int:
    today = _local(calendar, start).toordinal()
    if limit.unit not in DAY_UNITS:
        return _shift(
            calendar, calendar.midnight(today + 1), limit.numerator, limit.denominator, limit.unit
        )
    whole, part = divmod(limit.numerator, limit.denominator)
    if limit.unit == Unit.CALENDAR_DAYS:
        if part:
            return _add_clock_days(
                calendar, calendar.midnight(today + 1), limit.numerator, limit.denominator
            )
        if limit.ends == Ending.MIDNIGHT_24:
            return calendar.midnight(today + whole + 1)
        if limit.ends == Ending.WORKING_MIDNIGHT_24:
            return _midnight_after(calendar, start, today + whole, 0)
        return _close_on_or_after(calendar, start, today + whole, 0)
    if part:
        return _part_of_day(calendar, start, today + 1, whole, Fraction(part, limit.denominator))
    return _end_of_working_day(calendar, start, today, whole, limit.ends)


def _searched(
    calendar: WorkingCalendar, start: int, find: Callable[[working_calendar.Timeline], int]
) -> int:
    line = calendar.timeline(start, start)
    while True:
        try:
            return find(line)
        except IndexError:
            line = calendar.longer_timeline(line)


def _close_on_or_after(calendar: WorkingCalendar, start: int, ordinal: int, further: int) -> int:
    """The close of the n-th working day from a date on, the first of them being one that `start`
    can still meet."""

    def find(line: working_calendar.Timeline) -> int:
        day = line.day_index(ordinal)
        while line.closes[day] < start:
            day += 1
        return line.closes[day + further]

    return _searched(calendar, start, find)


def _end_of_working_day(
    calendar: WorkingCalendar, start: int, today: int, whole: int, ends: Ending
) -> int:
    ordinal, further = (today, 0) if whole == 0 else (today + 1, whole - 1)
    if ends == Ending.BUSINESS_CLOSE:
        return _close_on_or_after(calendar, start, ordinal, further)
    return _midnight_after(calendar, start, ordinal, further)


def _midnight_after(calendar: WorkingCalendar, start: int, ordinal: int, further: int) -> int:
    """24:00 of the n-th working day from a date on."""
    return _searched(
        calendar,
        start,
        lambda line: calendar.midnight(line.day_ordinals[line.day_index(ordinal) + further] + 1),
    )


def _part_of_day(
    calendar: WorkingCalendar, start: int, ordinal: int, further: int, part: Fraction
) -> int:
    def find(line: working_calendar.Timeline) -> int:
        day = line.day_index(ordinal) + further
        before = line.day_worked[day]
        length = line.day_worked[day + 1] - before
        return line.reached(before + _rounded(part.numerator * length, part.denominator))

    return _searched(calendar, start, find)


def _add_same_clock(calendar: WorkingCalendar, start: int, limit: Limit) -> int:
    local = _local(calendar, start)
    clock = local.time()
    # A weekend moves to Monday first and meets the cut-off there, so Saturday 18:00 counts from
    # Tuesday's opening.
    day = _counted_day(calendar, start, local.toordinal(), 0, limit.unit)
    if limit.cut_off is not None and limit.next_opening is not None and clock >= limit.cut_off:
        day, clock = _counted_day(calendar, start, day + 1, 0, limit.unit), limit.next_opening
    reached = _counted_day(calendar, start, day, limit.numerator, limit.unit)
    return _same_clock(calendar, datetime.combine(date.fromordinal(reached), clock))


def _counted_day(
    calendar: WorkingCalendar, start: int, ordinal: int, further: int, unit: Unit
) -> int:
    """The n-th counted day after the first one on or after a date."""
    if unit == Unit.CALENDAR_DAYS:
        return ordinal + further
    return _searched(
        calendar, start, lambda line: line.day_ordinals[line.day_index(ordinal) + further]
    )


_ADDING: dict[Counting, Callable[[WorkingCalendar, int, Limit], int]] = {
    Counting.FROM_INSTANT: _add_from_instant,
    Counting.FROM_NEXT_DAY: _add_from_next_day,
    Counting.SAME_CLOCK_TIME: _add_same_clock,
}
