"""Working-time arithmetic against truths that share no line with it: walking minute by minute over
random calendars of many zones, and numpy's business days."""

import calendar as months
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from organisation import working_time
from organisation.working_time import Limit, WorkingCalendar
from tests.factories.calendars import china, next_days

MINUTE, DAY, TICK = timedelta(minutes=1), timedelta(days=1), timedelta(microseconds=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Whole and half hours of summer time, its absence, odd offsets, a day that was skipped.
ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "UTC",
)  # fmt: skip
# Around the changes of the clocks, the turn of years and leap days.
CORNERS = [
    date(2024, 2, 28), date(2026, 3, 7), date(2026, 3, 28), date(2026, 4, 4), date(2026, 10, 3),
    date(2026, 10, 24), date(2026, 10, 31), date(2026, 12, 30), date(2011, 12, 29),
    date(2018, 11, 3),
]  # fmt: skip


@dataclass(frozen=True)
class Plain:
    """A calendar as plain data, and the same as the desk reads it."""

    zone: ZoneInfo
    week: dict[str, list[list[str]]]
    seasons: list[dict[str, Any]]
    days: dict[str, Any]
    real: WorkingCalendar


def windows(cuts: list[int], runs_over: bool) -> list[list[str]]:
    """Windows between pairs of quarter hours; the last may run over midnight."""
    marks = sorted(set(cuts))
    pairs = [[clock(a), clock(b)] for a, b in zip(marks[::2], marks[1::2], strict=False)]
    if runs_over and pairs and marks[0] > 1:
        # Into the hours of the next morning, also into those that are open there by themselves.
        pairs[-1][1] = clock(marks[0] - 1)
    return pairs


def clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def day_windows(runs_over: bool) -> st.SearchStrategy[list[list[str]]]:
    cuts = st.lists(st.integers(0, 96), min_size=0, max_size=6)
    return st.builds(windows, cuts, st.booleans() if runs_over else st.just(value=False))


def weeks(runs_over: bool) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(NAMES, day_windows(runs_over)))


@st.composite
def calendars(draw: Any, *, runs_over: bool = True) -> Plain:
    zone, week = draw(st.sampled_from(ZONES)), draw(weeks(runs_over))
    months_of_year = st.integers(1, 12)
    a_season = st.builds(season, months_of_year, months_of_year, weeks(runs_over))
    found = draw(st.lists(a_season, max_size=2))
    corner = draw(st.sampled_from(CORNERS))
    own = day_windows(runs_over).filter(bool)
    rules = st.one_of(st.just("off"), st.just("work"), own)
    days = draw(st.dictionaries(st.integers(-3, 6), rules, max_size=5))
    dated = {(corner + timedelta(days=n)).isoformat(): rule for n, rule in days.items()}
    assume(any(week.values()))
    real = working_time.calendar_from_data("any", 1, zone, week, dated, None, seasons=found)
    return Plain(ZoneInfo(zone), week, found, dated, real)


def season(first: int, last: int, week: dict[str, Any]) -> dict[str, Any]:
    return {"from": f"{first:02}-15", "to": f"{last:02}-15", "week": week}


moments = st.builds(
    lambda corner, minutes: datetime.combine(corner, time(0), UTC) + timedelta(minutes=minutes),
    st.sampled_from(CORNERS), st.integers(-1440, 4 * 1440),
)  # fmt: skip


def plain_windows(plain: Plain, day: date) -> list[list[str]]:
    """What is open on a date, read from the plain data alone."""
    week = next((one["week"] for one in plain.seasons if is_in(one, day)), plain.week)
    rule = plain.days.get(day.isoformat())
    if rule == "off":
        return []
    if rule == "work":
        like = [week[NAMES[day.weekday()]]] if day.weekday() < 5 else []
        weekdays = [week[name] for name in NAMES[:5]]
        return next((one for one in [*like, *weekdays] if one), week[NAMES[day.weekday()]])
    return week[NAMES[day.weekday()]] if rule is None else rule


def is_in(one: dict[str, Any], day: date) -> bool:
    first, last, key = one["from"], one["to"], f"{day.month:02}-{day.day:02}"
    return first <= key <= last if first <= last else key >= first or key <= last


def is_open(plain: Plain, moment: datetime) -> bool:
    """Whether the wall clock stands inside a window of its date, or of the date before past
    midnight. An hour that comes again goes on with what held at the end of its first coming: each
    opening and each close is at the first of the two."""
    wall = moment.astimezone(plain.zone)
    while wall.fold:
        moment -= MINUTE
        wall = moment.astimezone(plain.zone)
    at = wall.hour * 60 + wall.minute
    for start, end in plain_windows(plain, wall.date()):
        first, last = minutes(start), minutes(end) or 1440
        if first <= at and (at < last or last <= first):
            return True
    yesterday = wall.date() - DAY
    return any(
        at < minutes(end) <= minutes(start)
        for start, end in plain_windows(plain, yesterday) if minutes(end)
    )  # fmt: skip


def minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


@settings(max_examples=80)
@given(calendars(), moments, st.integers(1, 2600))
def test_open_minutes_are_those_of_the_wall_clock(plain: Plain, start: datetime, span: int) -> None:
    walked = [start + MINUTE * step for step in range(span)]
    open_ones = [moment for moment in walked if is_open(plain, moment)]
    end = start + MINUTE * span
    assert working_time.elapsed(plain.real, start, end, "working_minutes") == len(open_ones)
    assert working_time.is_open(plain.real, start) == (walked[0] in open_ones)
    if not open_ones:
        return
    assert working_time.next_opening(plain.real, start) == open_ones[0]
    limit = Limit(len(open_ones), "working_minutes")
    assert working_time.add(plain.real, start, limit).due_at == open_ones[-1] + MINUTE
    back = working_time.subtract(plain.real, end, len(open_ones), "working_minutes")
    assert back == open_ones[0]


@settings(max_examples=120)
@given(
    calendars(), moments, st.fractions(0, 40, max_denominator=12),
    st.sampled_from(["minutes", "hours", "working_minutes", "working_hours", "working_days"]),
)  # fmt: skip
def test_add_subtract_and_count_undo_each_other(
    plain: Plain, start: datetime, amount: Any, unit: str
) -> None:
    assume(amount > 0)
    due = working_time.add(plain.real, start, Limit(amount, unit)).due_at
    close = 1e-6
    assert abs(working_time.elapsed(plain.real, start, due, unit) - amount) < close
    begun = working_time.subtract(plain.real, due, amount, unit)
    assert abs(working_time.elapsed(plain.real, begun, due, unit) - amount) < close
    assert working_time.add(plain.real, begun, Limit(amount, unit)).due_at - due <= 4 * TICK
    if not unit.startswith("working"):
        assert abs(begun - start) <= TICK
    else:
        # It ends while open or at the close, never in the middle of a gap.
        assert working_time.is_open(plain.real, due) or working_time.is_open(plain.real, due - TICK)


@settings(max_examples=120)
@given(calendars(), moments, st.integers(1, 60))
def test_calendar_days_come_back_to_the_same_clock_time(
    plain: Plain, start: datetime, days: int
) -> None:
    due = working_time.add(plain.real, start, Limit(days, "calendar_days")).due_at
    assert working_time.elapsed(plain.real, start, due, "calendar_days") == days
    wall, due_wall = (at.astimezone(plain.zone).replace(tzinfo=None) for at in (start, due))
    skipped = due_wall - (wall + DAY * days)
    # A clock time that does not exist is passed by as much as the clocks were put forward.
    assert timedelta(0) <= skipped <= DAY
    is_plain_day = skipped == timedelta(0) and start.astimezone(plain.zone).fold == 0
    if (
        is_plain_day
        and due.astimezone(plain.zone).utcoffset() == start.astimezone(plain.zone).utcoffset()
    ):
        assert working_time.subtract(plain.real, due, days, "calendar_days") == start


@settings(max_examples=80)
@given(
    calendars(), moments, st.integers(0, 30), st.sampled_from(["working_days", "calendar_days"]),
)  # fmt: skip
def test_days_that_end_at_the_close_end_with_an_open_minute_of_the_last(
    plain: Plain, start: datetime, count: int, unit: str
) -> None:
    due = working_time.add(plain.real, start, next_days(count, unit)).due_at
    assert due >= start
    assert is_open(plain, due - MINUTE)
    assert not is_open(plain, due) or plain_windows(plain, due.astimezone(plain.zone).date())


@settings(max_examples=80)
@given(calendars(runs_over=False), moments, st.integers(1, 30))
def test_next_days_are_counted_as_one_counts_them_on_paper(
    plain: Plain, start: datetime, count: int
) -> None:
    # Without windows over midnight: their time is that of the day on which they began, so that the
    # next day may have none of its own.
    day, left = start.astimezone(plain.zone).date(), count
    while left:
        day += DAY
        left -= bool(plain_windows(plain, day)) and exists(plain.zone, day)
    limit = next_days(count, ends="midnight_24")
    due = working_time.add(plain.real, start, limit).due_at
    assert (due - TICK).astimezone(plain.zone).date() == day


def exists(zone: ZoneInfo, day: date) -> bool:
    """Whether the zone had such a day: Apia skipped one."""
    noon = datetime.combine(day, time(12), zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day


def holidays_2026() -> tuple[list[str], list[date]]:
    calendar = china()
    off = [day.isoformat() for day, rule in calendar.days.items() if rule.kind == "off"]
    return off, [day for day, rule in calendar.days.items() if rule.kind == "work"]


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)), st.integers(1, 400))
def test_working_days_agree_with_numpy(day: date, count: int) -> None:
    off, _ = holidays_2026()
    weekdays = china(days=dict.fromkeys(off, "off"), known_until=None)
    start = datetime.combine(day, time(10), weekdays.tz)
    due = working_time.add(weekdays, start, next_days(count)).due_at
    theirs = numpy.busday_offset(
        numpy.busday_offset(day, 0, roll="backward", holidays=off), count, holidays=off
    )
    assert due.astimezone(weekdays.tz).date() == theirs.astype(date)
    between = working_time.working_days_between(weekdays, day, theirs.astype(date))
    assert (
        between == count == numpy.busday_count(day + DAY, theirs.astype(date) + DAY, holidays=off)
    )
    first, last = sorted((day, date(2026, 6, 15)))
    counted = working_time.working_days_between(weekdays, first - DAY, last - DAY)
    assert counted == numpy.busday_count(first, last, holidays=off)


@given(st.dates(date(2026, 1, 1), date(2026, 11, 30)), st.integers(1, 15))
def test_make_up_workdays_agree_with_a_calendar_on_paper(day: date, count: int) -> None:
    off, make_up = holidays_2026()
    left, walked = count, day
    while left:
        walked += DAY
        is_weekday = walked.weekday() < 5 and walked.isoformat() not in off
        left -= is_weekday or walked in make_up
    start = datetime.combine(day, time(23, 59), china().tz)
    due = working_time.add(china(), start, next_days(count, ends="midnight_24")).due_at
    assert due == datetime.combine(walked + DAY, time(0), china().tz)


# F14 (reliability.md): table of expected instants. Start and due as the wall clocks of the place.
SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"
OFFICE = {name: [["09:00", "17:00"]] for name in NAMES[:5]}
ALWAYS = {name: [["00:00", "24:00"]] for name in NAMES}
NIGHTS = {name: [["22:00", "06:00"]] for name in NAMES}


def hours(amount: Any) -> Limit:
    return Limit(Fraction(amount), "working_hours")


def days(amount: int) -> Limit:
    return Limit(amount, "calendar_days")


@pytest.mark.parametrize(
    ("zone", "week", "start", "limit", "due"),
    [
        # Shanghai has kept one offset since 1991; it did change on 1991-04-14.
        (SHANGHAI, ALWAYS, "2026-03-08T01:30+08:00", hours(24), "2026-03-09T01:30+08:00"),
        (SHANGHAI, ALWAYS, "1991-04-14T01:30+08:00", hours(2), "1991-04-14T04:30+09:00"),
        # Berlin: 02:00 to 03:00 is skipped on 2026-03-29 and comes twice on 2026-10-25.
        (BERLIN, NIGHTS, "2026-03-28T22:00+01:00", hours(7), "2026-03-29T06:00+02:00"),
        (BERLIN, NIGHTS, "2026-10-24T22:00+02:00", hours(9), "2026-10-25T06:00+01:00"),
        (BERLIN, OFFICE, "2026-03-27T16:00+01:00", hours(2), "2026-03-30T10:00+02:00"),
        (BERLIN, OFFICE, "2026-03-28T02:30+01:00", days(1), "2026-03-29T03:30+02:00"),
        (BERLIN, OFFICE, "2026-10-24T02:30+02:00", days(1), "2026-10-25T02:30+02:00"),
        # New York: the same on 2026-03-08 and 2026-11-01.
        (NEW_YORK, NIGHTS, "2026-03-07T22:00-05:00", hours(7), "2026-03-08T06:00-04:00"),
        (NEW_YORK, NIGHTS, "2026-10-31T22:00-04:00", hours(9), "2026-11-01T06:00-05:00"),
        (NEW_YORK, ALWAYS, "2026-10-31T12:00-04:00", Limit(1, "working_days"), "2026-11-01T11:30-05:00"),
        (NEW_YORK, OFFICE, "2026-10-30T16:59-04:00", next_days(1), "2026-11-02T17:00-05:00"),
        # Lord Howe: half an hour, on 2026-10-04 and 2026-04-05.
        (LORD_HOWE, NIGHTS, "2026-10-03T22:00+10:30", hours("7.5"), "2026-10-04T06:00+11:00"),
        (LORD_HOWE, NIGHTS, "2026-04-04T22:00+11:00", hours("8.5"), "2026-04-05T06:00+10:30"),
        (LORD_HOWE, OFFICE, "2026-10-03T02:15+10:30", days(1), "2026-10-04T02:45+11:00"),
        (LORD_HOWE, ALWAYS, "2026-10-04T01:59+10:30", hours(Fraction(1, 30)), "2026-10-04T02:31+11:00"),
        # Leap day and the days around it.
        (SHANGHAI, OFFICE, "2028-02-28T16:00+08:00", hours(8), "2028-02-29T16:00+08:00"),
        (SHANGHAI, OFFICE, "2028-02-28T16:00+08:00", next_days(2), "2028-03-01T17:00+08:00"),
        (SHANGHAI, OFFICE, "2027-02-26T16:00+08:00", next_days(1), "2027-03-01T17:00+08:00"),
        (SHANGHAI, OFFICE, "2027-02-28T12:00+08:00", days(366), "2028-02-29T12:00+08:00"),
    ],
)  # fmt: skip
def test_the_table_of_expected_instants(
    zone: str, week: dict[str, Any], start: str, limit: Limit, due: str
) -> None:
    calendar = working_time.calendar_from_data("f14", 1, zone, week, {}, None)
    found = working_time.add(calendar, datetime.fromisoformat(start), limit).due_at
    assert found == datetime.fromisoformat(due), found.astimezone(ZoneInfo(zone)).isoformat()


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2028])
def test_a_year_of_days_has_as_many_as_the_almanac(year: int) -> None:
    whole = working_time.calendar_from_data("whole", 1, LORD_HOWE, ALWAYS, {}, None)
    before, last = date(year - 1, 12, 31), date(year, 12, 31)
    assert working_time.working_days_between(whole, before, last) == 365 + months.isleap(year)
    first_moment, next_year = (datetime(y, 1, 1, tzinfo=whole.tz) for y in (year, year + 1))
    hours = working_time.elapsed(whole, first_moment, next_year, "working_hours")
    assert hours == 24 * (365 + months.isleap(year))
