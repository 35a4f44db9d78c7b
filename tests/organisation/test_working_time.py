"""Working-time arithmetic against published vectors and hand-made days."""

import json
import time as stopwatch
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from organisation import calendar_data, working_time
from organisation.working_time import Limit
from tests.factories.calendars import (
    BOSTON,
    OFFICE_DAY,
    OFFICE_WEEK,
    PRESET,
    at,
    china,
    due,
    local,
    next_days,
    office,
    round_the_clock,
)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-02-13", 4, "2026-02-26"),
        ("2026-09-19", 4, "2026-09-23"),
        ("2026-09-24", 7, "2026-10-12"),
        ("2026-09-30", 4, "2026-10-12"),
        ("2026-01-03", 1, "2026-01-04"),
        ("2026-05-08", 1, "2026-05-09"),
    ],
)
def test_it_counts_the_published_2026_vectors(start: str, days: int, expected: str) -> None:
    for clock in ("00:00", "09:15", "17:30", "23:59"):
        assert due(china(), f"{start}T{clock}", next_days(days)) == f"{expected}T17:30"


def test_it_ends_at_midnight_where_the_rule_says_so() -> None:
    assert due(china(), "2026-02-13T10:00", next_days(4, ends="midnight_24")) == "2026-02-27T00:00"


def test_2026_has_248_working_days() -> None:
    assert working_time.working_days_between(china(), date(2025, 12, 31), date(2026, 12, 31)) == 248
    assert (
        working_time.working_days_between(china(), date(2026, 12, 31), date(2025, 12, 31)) == -248
    )


def test_a_make_up_saturday_has_the_hours_of_a_weekday() -> None:
    calendar = china(week=OFFICE_WEEK | {"sat": [["09:00", "12:00"]]})
    assert calendar.windows_on(date(2026, 2, 14)) == (
        (time(8, 30), time(12)),
        (time(13, 30), time(17, 30)),
    )
    assert calendar.windows_on(date(2026, 3, 7)) == ((time(9), time(12)),)


def test_holidays_can_be_switched_off() -> None:
    assert (
        due(china(holidays_observed=False), "2026-09-30T10:00", next_days(1)) == "2026-10-01T17:30"
    )


def test_half_a_working_day_is_half_of_the_open_time() -> None:
    half = Limit(Decimal("0.5"), "working_days")
    assert due(china(), "2026-03-02T10:00", half) == "2026-03-02T15:15"
    assert due(china(), "2026-03-02T16:00", half) == "2026-03-03T10:45"
    assert due(china(), "2026-03-01T16:00", half) == "2026-03-02T13:45"
    assert due(china(), "2026-03-02T16:00", next_days(Decimal("1.5"))) == "2026-03-04T13:45"


def test_days_of_unequal_length_count_one_each() -> None:
    calendar = office(week=OFFICE_WEEK | {"fri": [["08:30", "12:30"]]})
    assert due(calendar, "2026-03-05T10:22", Limit(1, "working_days")) == "2026-03-06T09:29"
    assert due(calendar, "2026-03-06T10:30", Limit(1, "working_days")) == "2026-03-09T13:45"


def test_working_hours_skip_lunch_nights_and_weekends() -> None:
    assert due(china(), "2026-03-06T11:30", Limit(1, "working_hours")) == "2026-03-06T14:00"
    assert due(china(), "2026-03-06T17:00", Limit(2, "working_hours")) == "2026-03-09T10:00"
    assert due(china(), "2026-03-06T16:00", Limit(90, "working_minutes")) == "2026-03-06T17:30"
    assert due(china(), "2026-03-06T20:00", Limit(0, "working_hours")) == "2026-03-09T08:30"


def test_plain_hours_ignore_the_calendar_and_are_never_provisional() -> None:
    found = working_time.add(china(), at("2030-10-01T22:00"), Limit(24, "hours"))
    assert (local(found.due_at), found.is_provisional) == ("2030-10-02T22:00", False)


def test_a_window_over_midnight_belongs_to_the_day_it_begins_on() -> None:
    nights = office(week={"fri": [["22:00", "06:00"]], "sat": [["05:00", "09:00"]]})
    assert due(nights, "2026-03-06T23:00", Limit(2, "working_hours")) == "2026-03-07T01:00"
    assert due(nights, "2026-03-05T12:00", next_days(1)) == "2026-03-07T06:00"
    # 05:00-06:00 on Saturday is worked once only.
    assert due(nights, "2026-03-06T22:00", Limit(11, "working_hours")) == "2026-03-07T09:00"


def test_a_season_brings_its_own_week() -> None:
    heating = office(
        week={}, seasons=[{"from": "10-15", "to": "04-15", "week": {"mon": [["00:00", "24:00"]]}}]
    )
    assert due(heating, "2026-04-13T00:00", Limit(48, "working_hours")) == "2026-10-20T00:00"
    assert working_time.is_working_day(heating, date(2026, 4, 13))
    assert not working_time.is_working_day(heating, date(2026, 4, 20))


def test_calendar_days_keep_the_clock_or_end_with_the_day() -> None:
    assert due(china(), "2026-03-06T15:04", Limit(15, "calendar_days")) == "2026-03-21T15:04"
    assert (
        due(china(), "2026-03-06T15:04", next_days(7, "calendar_days", "midnight_24"))
        == "2026-03-14T00:00"
    )
    assert (
        due(china(), "2026-03-06T15:04", next_days(0, "calendar_days", "midnight_24"))
        == "2026-03-07T00:00"
    )
    # The last day falls on the National Day holiday, so it moves to the next day that has a close.
    assert due(china(), "2026-09-26T15:04", next_days(7, "calendar_days")) == "2026-10-08T17:30"


def test_by_the_civil_code_a_last_day_off_moves_to_the_next_working_day() -> None:
    def ends(start: str, days: int, ending: str = "working_midnight_24") -> str:
        return due(china(), start, next_days(days, "calendar_days", ending))

    # 2026-10-03 lies in the National Day holiday; the next working day is Thursday the 8th.
    assert ends("2026-09-26T15:04", 7) == "2026-10-09T00:00"
    assert ends("2026-09-26T15:04", 7, "midnight_24") == "2026-10-04T00:00"
    # Saturday 2026-10-10 is a make-up workday, so nothing moves.
    assert ends("2026-10-05T15:04", 5) == "2026-10-11T00:00"
    assert ends("2026-03-02T15:04", 5) == "2026-03-10T00:00"
    found = working_time.add(
        china(), at("2026-12-28T10:00"), next_days(5, "calendar_days", "working_midnight_24")
    )
    assert found.is_provisional
    days = next_days(4, ends="working_midnight_24")
    assert due(china(), "2026-02-13T10:00", days) == "2026-02-27T00:00"


def test_zero_working_days_end_with_the_present_working_day() -> None:
    assert due(china(), "2026-03-06T10:00", next_days(0)) == "2026-03-06T17:30"
    assert due(china(), "2026-03-06T18:00", next_days(0)) == "2026-03-09T17:30"


def test_hours_from_the_next_day_begin_at_its_midnight() -> None:
    assert due(china(), "2026-03-06T18:00", next_days(2, "hours")) == "2026-03-07T02:00"
    assert due(china(), "2026-03-06T09:00", next_days(2, "working_hours")) == "2026-03-09T10:30"


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2011-07-01T01:32", 10, "2011-07-15T01:32"),
        ("2011-07-01T02:18", 2, "2011-07-05T02:18"),
        ("2011-07-07T16:59", 1, "2011-07-08T16:59"),
        ("2011-07-07T17:00", 1, "2011-07-11T08:30"),
        ("2011-07-09T11:11", 1, "2011-07-12T11:11"),
        ("2011-07-10T20:00", 2, "2011-07-14T08:30"),
        ("2011-11-23T10:00", 1, "2011-11-24T10:00"),
        ("2011-11-04T10:00", 1, "2011-11-07T10:00"),
    ],
)
def test_it_keeps_the_clock_time_with_a_cut_off_as_boston_does(
    start: str, days: int, expected: str
) -> None:
    weekdays = office("America/New_York", holidays_observed=False)
    limit = Limit(
        days, "working_days", "same_clock_time", cut_off=time(17), next_opening=time(8, 30)
    )
    assert due(weekdays, start, limit, BOSTON) == expected


def test_calendar_days_keep_the_clock_over_a_change_of_offset_as_baltimore_does() -> None:
    assert (
        due(office("America/New_York"), "2018-11-03T09:00", Limit(4, "calendar_days"), BOSTON)
        == "2018-11-07T09:00"
    )
    assert working_time.elapsed(
        office("America/New_York"),
        at("2018-11-03T09:00", BOSTON),
        at("2018-11-04T09:00", BOSTON),
        "calendar_days",
    ) == Fraction(1)


def test_past_the_last_known_year_it_falls_back_to_the_week_and_says_provisional() -> None:
    found = working_time.add(china(), at("2026-12-30T10:00"), next_days(2))
    assert (local(found.due_at), found.is_provisional) == ("2027-01-01T17:30", True)
    assert not working_time.add(china(), at("2026-12-30T10:00"), next_days(1)).is_provisional
    assert not working_time.add(
        china(), at("2026-12-30T10:00"), next_days(1, ends="midnight_24")
    ).is_provisional
    assert working_time.add(
        china(known_from="2026-01-01"), at("2025-12-30T10:00"), next_days(1)
    ).is_provisional
    assert not working_time.add(
        china(holidays_observed=False), at("2026-12-30T10:00"), next_days(9)
    ).is_provisional


def test_an_hour_is_an_hour_across_gaps_and_folds() -> None:
    clock = round_the_clock("America/New_York")
    spring, autumn = at("2026-03-08T01:30", BOSTON), at("2026-11-01T00:30", BOSTON)
    hours = Limit(2, "working_hours")
    assert local(working_time.add(clock, spring, hours).due_at, BOSTON) == "2026-03-08T04:30"
    assert working_time.add(clock, autumn, hours).due_at == at("2026-11-01T01:30", BOSTON, fold=1)
    assert working_time.elapsed(
        clock, at("2026-03-08T00:00", BOSTON), at("2026-03-09T00:00", BOSTON), "working_hours"
    ) == Fraction(23)
    # A whole day is one working day, whether it has 23 or 25 hours.
    assert (
        local(working_time.add(clock, autumn, Limit(1, "working_days")).due_at, BOSTON)[:10]
        == "2026-11-02"
    )


def test_windows_that_touch_a_gap_lose_only_the_skipped_time() -> None:
    early = office("America/New_York", week={"sun": [["02:15", "03:10"]]})
    assert (
        local(working_time.next_opening(early, at("2026-03-08T00:00", BOSTON)), BOSTON)
        == "2026-03-08T03:00"
    )
    opened, closed = at("2026-03-08T00:00", BOSTON), at("2026-03-09T00:00", BOSTON)
    assert working_time.elapsed(early, opened, closed, "working_minutes") == 10


def test_it_knows_half_hour_changes_skipped_midnights_and_a_skipped_day() -> None:
    lord_howe = round_the_clock("Australia/Lord_Howe")
    zone = ZoneInfo("Australia/Lord_Howe")
    span = at("2026-10-04T00:00", zone), at("2026-10-05T00:00", zone)
    assert working_time.elapsed(lord_howe, *span, "working_hours") == Fraction(47, 2)
    brazil, sao_paulo = ZoneInfo("America/Sao_Paulo"), round_the_clock("America/Sao_Paulo")
    # Midnight did not exist on 2018-11-04: the day began at 01:00.
    assert (
        due(sao_paulo, "2018-11-03T12:00", next_days(0, "calendar_days", "midnight_24"), brazil)
        == "2018-11-04T01:00"
    )
    samoa = round_the_clock("Pacific/Apia")
    assert not working_time.is_working_day(samoa, date(2011, 12, 30))
    assert working_time.working_days_between(samoa, date(2011, 12, 28), date(2011, 12, 31)) == 2


def test_leap_days_count() -> None:
    assert due(office(), "2028-02-28T10:00", next_days(1)) == "2028-02-29T17:30"
    assert due(office(), "2028-01-29T10:00", Limit(31, "calendar_days")) == "2028-02-29T10:00"


def test_a_calendar_without_working_time_ahead_is_refused() -> None:
    once = china(week={}, days={"2026-05-08": OFFICE_DAY}, known_until=None)
    assert due(once, "2026-05-01T00:00", Limit(7, "working_hours")) == "2026-05-08T17:00"
    with pytest.raises(working_time.NoWorkingTime):
        working_time.add(once, at("2026-05-01T00:00"), Limit(8, "working_hours"))
    with pytest.raises(working_time.NoWorkingTime):
        working_time.shift(once, at("2026-05-01T00:00"), -1, "working_hours")
    with pytest.raises(ValueError, match="no working time in any week"):
        office(week={})


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        working_time.add(china(), datetime(2026, 1, 1), Limit(1, "hours"))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"amount": -1, "unit": "hours"}, "negative"),
        ({"amount": 1, "unit": "fortnights"}, "fortnights"),
        ({"amount": "0.5", "unit": "working_days", "counting": "same_clock_time"}, "whole days"),
        ({"amount": 1, "unit": "hours", "counting": "same_clock_time"}, "whole days"),
        ({"amount": 1, "unit": "working_days", "cut_off": "17:00"}, "needs the opening"),
        (
            {"amount": 1, "unit": "hours", "cut_off": "17:00", "next_opening": "08:30"},
            "same clock time",
        ),
        ({"amount": 1, "unit": "hours", "colour": "red"}, "colour"),
        ({"amount": 1}, "amount and a unit"),
    ],
)
def test_a_limit_refuses_what_contradicts_itself(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        working_time.limit_from_data(values)


def test_a_limit_reads_plain_data() -> None:
    data = {
        "amount": "2",
        "unit": "working_days",
        "counting": "same_clock_time",
        "cut_off": "17:00",
    }
    expected = Limit(
        2, "working_days", "same_clock_time", cut_off=time(17), next_opening=time(8, 30)
    )
    assert working_time.limit_from_data(data | {"next_opening": "08:30"}) == expected


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"zone": "Mars/Olympus"}, "not the name of a time zone"),
        ({"week": {"someday": OFFICE_DAY}}, "not a weekday"),
        ({"week": {"mon": [["08:30"]]}}, "pair of times"),
        ({"week": {"mon": [["08:30", "25:00"]]}}, "not a time of day"),
        ({"week": {"mon": [["08:30", "08:30"]]}}, "empty"),
        ({"week": {"mon": [["08:30", "12:00"], ["11:00", "13:00"]]}}, "overlap"),
        ({"week": {"mon": [["20:00", "04:00"], ["22:00", "23:00"]]}}, "overlap"),
        ({"days": {"2026-13-01": "off"}}, "not a date"),
        ({"days": {"2026-01-01": "perhaps"}}, "list of windows"),
        ({"days": {"2026-01-01": []}}, "off, work, or a list"),
        ({"known_until": "soon"}, "not a date"),
        ({"seasons": [{"from": "10-15"}]}, "from, to and week"),
        ({"seasons": [{"from": "10-35", "to": "04-15", "week": {}}]}, "day of the year"),
    ],
)
def test_calendar_data_is_refused_with_a_sentence(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        china(**changes)


def test_the_2026_preset_is_the_published_table() -> None:
    table = calendar_data.holiday_table(json.loads(PRESET.read_text()))
    off = [day for day, rule in table.days.items() if rule.kind == "off"]
    make_up = sorted(day.isoformat()[5:] for day, rule in table.days.items() if rule.kind == "work")
    assert (len(off), table.year, table.known_until) == (33, 2026, date(2026, 12, 31))
    assert make_up == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert table.days[date(2026, 2, 17)].name == "春节"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"days": []}, "needs a year"),
        ({"year": 2027, "days": []}, "not published yet"),
        ({"year": 2026, "days": [{"date": "2026-01-01"}]}, "isOffDay"),
        ({"year": 2026, "days": [{"date": "2020-01-01", "isOffDay": True}]}, "does not belong"),
        ({"year": 2026, "days": [{"date": "2026-01-01", "isOffDay": True}] * 2}, "listed twice"),
    ],
)
def test_a_damaged_holiday_table_is_refused(data: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        calendar_data.holiday_table(data)


def test_a_hundred_thousand_additions_take_about_a_second() -> None:
    calendar, limits = china(), [next_days(4), Limit(4, "working_days"), Limit(24, "working_hours")]
    starts = [at("2026-02-13T00:00") + timedelta(minutes=17 * step) for step in range(10_000)]
    working_time.add(calendar, starts[-1], limits[0])
    began = stopwatch.process_time()
    for limit in limits:
        for start in starts:
            working_time.add(calendar, start, limit)
    # Thirty thousand additions; the bound is three times the aim of 100,000 a second, for a loaded
    # machine.
    assert stopwatch.process_time() - began < 0.9
