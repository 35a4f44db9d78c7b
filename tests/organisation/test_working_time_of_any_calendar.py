"""Working-time arithmetic against properties of any calendar and a naive minute-by-minute truth."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from organisation import working_time
from organisation.working_time import Limit, WorkingCalendar
from tests.factories.calendars import (
    OFFICE_DAY,
    china,
    next_days,
    office,
    round_the_clock,
)

CALENDARS = {
    "china": china(),
    "boston": office("America/New_York"),
    "half-hour change": office("Australia/Lord_Howe"),
    "day and night": round_the_clock("America/Sao_Paulo"),
    "nights": office(
        "Europe/London", week={"fri": [["22:00", "06:00"]], "sat": [["20:15", "00:00"]]}
    ),
    "unequal days": office(
        "Asia/Kathmandu", week={"mon": [["09:00", "10:00"]], "tue": OFFICE_DAY, "sun": OFFICE_DAY}
    ),
}
calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.__getitem__)
moments = st.datetimes(datetime(2016, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
working_units = st.sampled_from(["working_hours", "working_minutes", "working_days"])
amounts = st.decimals(0, 60, places=2)
SLACK = timedelta(microseconds=4)


@given(calendars, moments, amounts, working_units)
def test_add_and_elapsed_are_inverse(
    calendar: WorkingCalendar, start: datetime, amount: Decimal, unit: str
) -> None:
    assume(amount > 0)
    reached = working_time.add(calendar, start, Limit(amount, unit)).due_at
    counted = working_time.elapsed(calendar, start, reached, unit)
    assert abs(counted - Fraction(amount)) < Fraction(1, 10**6)
    assert working_time.elapsed(calendar, reached, start, unit) == -counted
    back = working_time.shift(calendar, reached, -amount, unit)
    opened = working_time.next_opening(calendar, start)
    assert abs(back - opened) <= SLACK


@given(calendars, moments, amounts, amounts, working_units)
def test_additions_add_up(
    calendar: WorkingCalendar, start: datetime, first: Decimal, then: Decimal, unit: str
) -> None:
    assume(first > 0 and then > 0)
    twice = working_time.shift(
        calendar, working_time.shift(calendar, start, first, unit), then, unit
    )
    once = working_time.shift(calendar, start, first + then, unit)
    assert abs(working_time.elapsed(calendar, once, twice, "working_minutes")) < Fraction(1, 10**6)


def _limits(amount: Decimal) -> list[Limit]:
    days = [
        Limit(int(amount), unit, counting, ends)
        for unit in ("working_days", "calendar_days")
        for counting in ("from_next_day", "same_clock_time")
        for ends in ("business_close", "midnight_24", "working_midnight_24")
    ]
    return [*(Limit(amount, unit) for unit in working_time.Unit), *days, next_days(amount)]


@given(calendars, moments, amounts, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_nothing_is_due_before_it_began_and_later_starts_are_never_due_earlier(
    calendar: WorkingCalendar, start: datetime, amount: Decimal, later: timedelta
) -> None:
    for limit in _limits(amount):
        first = working_time.add(calendar, start, limit).due_at
        assert first >= start
        keeps_clock = limit.counting == "from_instant" and limit.unit == "calendar_days"
        if keeps_clock or limit.counting == "same_clock_time":
            # By rule, not by mistake: Sunday 09:00 is due before Saturday 10:00, both on Tuesday.
            continue
        assert working_time.add(calendar, start + later, limit).due_at >= first - SLACK


@given(calendars, moments, amounts, st.decimals(0, 20, places=2))
def test_a_longer_limit_is_never_due_earlier(
    calendar: WorkingCalendar, start: datetime, amount: Decimal, more: Decimal
) -> None:
    # By rule: no day at all ends with the working day, a part of one ends within it.
    assume(amount > 0 or more == 0 or more >= 1)
    for short, long in zip(_limits(amount), _limits(amount + more), strict=True):
        assert (
            working_time.add(calendar, start, long).due_at
            >= working_time.add(calendar, start, short).due_at
        )


@given(calendars, moments, amounts, working_units)
def test_it_is_never_due_inside_a_gap(
    calendar: WorkingCalendar, start: datetime, amount: Decimal, unit: str
) -> None:
    reached = working_time.add(calendar, start, Limit(amount, unit)).due_at
    just_before = reached - timedelta(microseconds=1)
    assert working_time.is_open(calendar, reached) or working_time.is_open(calendar, just_before)


def _is_open_naively(calendar: WorkingCalendar, moment: datetime) -> bool:
    """The plain reading of the rule: is the wall clock inside a window of today, or of yesterday's
    past midnight?"""
    wall = moment.astimezone(calendar.tz).replace(tzinfo=None)
    for day in (wall.date(), wall.date() - timedelta(days=1)):
        for opening, closing in calendar.windows_on(day):
            begin, end = datetime.combine(day, opening), datetime.combine(day, closing)
            if begin <= wall < (end if closing > opening else end + timedelta(days=1)):
                return True
    return False


@settings(max_examples=40)
@given(calendars, moments, st.integers(0, 4000))
def test_working_minutes_agree_with_counting_them_one_by_one(
    calendar: WorkingCalendar, start: datetime, span: int
) -> None:
    start = start.replace(second=0)
    minutes = [start + timedelta(minutes=step) for step in range(span)]
    counted = sum(_is_open_naively(calendar, minute) for minute in minutes)
    end = start + timedelta(minutes=span)
    assert working_time.elapsed(calendar, start, end, "working_minutes") == counted
    if counted:
        reached = working_time.add(calendar, start, Limit(counted, "working_minutes")).due_at
        last_open = max(minute for minute in minutes if _is_open_naively(calendar, minute))
        assert reached == last_open + timedelta(minutes=1)


@given(calendars, moments, st.integers(1, 80))
def test_working_days_agree_with_walking_the_dates(
    calendar: WorkingCalendar, start: datetime, days: int
) -> None:
    day, left = start.astimezone(calendar.tz).date(), days
    while left:
        day += timedelta(days=1)
        left -= bool(calendar.windows_on(day))
    begun, reached = start.astimezone(calendar.tz).date(), day
    assert working_time.working_days_between(calendar, begun, reached) == days
    midnight = working_time.add(calendar, start, next_days(days, ends="midnight_24")).due_at
    assert (midnight - timedelta(microseconds=1)).astimezone(calendar.tz).date() == reached


@given(
    calendars, moments, st.decimals(0, 1, places=3), st.timedeltas(timedelta(0), timedelta(days=40))
)
def test_a_point_between_shares_the_working_time(
    calendar: WorkingCalendar, start: datetime, share: Decimal, span: timedelta
) -> None:
    for unit in ("working_hours", "hours"):
        point = working_time.point_between(calendar, start, start + span, share, unit)
        assert start <= point <= start + span
        whole = working_time.elapsed(calendar, start, start + span, unit)
        part = working_time.elapsed(calendar, start, point, unit)
        assert abs(part - whole * Fraction(share)) < Fraction(1, 10**6)
