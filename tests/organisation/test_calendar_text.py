"""Weeks, seasons and dates as people type them: what the form shows reads back as the same."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organisation import calendar_data, calendar_text, working_time
from organisation.calendar_errors import Unreadable
from organisation.working_calendar import WorkingCalendar

NAMES = calendar_data.WEEKDAYS
quarter_hours = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(sorted)
windows = quarter_hours.map(
    lambda marks: [
        [f"{a // 4:02}:{a % 4 * 15:02}", f"{b // 4:02}:{b % 4 * 15:02}"]
        for a, b in zip(marks[::2], marks[1::2], strict=False)
    ]
)
weeks = st.dictionaries(st.sampled_from(NAMES), windows, min_size=1)
seasons = st.lists(
    st.builds(
        lambda first, last, week: {"from": f"{first:%m-%d}", "to": f"{last:%m-%d}", "week": week},
        st.dates(), st.dates(), weeks,
    ),
    max_size=3,
)  # fmt: skip
names = st.sampled_from(["", "元旦", "Spring Festival", "台风 9 号", "off", "班"])
rules = st.one_of(
    st.builds(
        lambda rule, name: {"rule": rule, "name": name}, st.sampled_from(["off", "work"]), names
    ),
    st.builds(lambda found, name: {"windows": found, "name": name}, windows, names),
)
days = st.dates(date(1901, 1, 1), date(2499, 12, 31)).map(date.isoformat)
dates = st.dictionaries(days, rules, max_size=8)


def calendar(**changes: Any) -> WorkingCalendar:
    values = {"week": {"mon": [["08:30", "12:00"]]}, "days": {}, "seasons": []} | changes
    return working_time.calendar_from_data(
        "any", 1, "Asia/Shanghai", values["week"], values["days"], None, seasons=values["seasons"]
    )


@given(weeks)
def test_a_week_reads_back(week: dict[str, Any]) -> None:
    plain = calendar(week=week).week
    typed = {day: calendar_text.windows_text(one) for day, one in zip(NAMES, plain, strict=True)}
    read = {
        day: found for day, text in typed.items() if (found := calendar_text.read_windows(text))
    }
    assert calendar(week=read).week == plain


@given(dates)
def test_single_dates_read_back(days: dict[str, Any]) -> None:
    plain = calendar(days=days).days
    read = calendar_text.read_dates(calendar_text.dates_text(plain))
    assert calendar(days=read).days == plain


@given(seasons)
def test_seasons_read_back(found: list[dict[str, Any]]) -> None:
    plain = calendar(seasons=found).seasons
    read = calendar_text.read_seasons(calendar_text.seasons_text(plain))
    assert calendar(seasons=read).seasons == plain


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("8:30-12:00 14:00-17:30", [["08:30", "12:00"], ["14:00", "17:30"]]),
        ("08：30—12：00，14：00～17：30", [["08:30", "12:00"], ["14:00", "17:30"]]),
        ("08:30至12:00；22:00到06:00", [["08:30", "12:00"], ["22:00", "06:00"]]),
        ("00:00-24:00", [["00:00", "24:00"]]),
        ("", []),
    ],
)
def test_windows_are_read_as_people_write_them(typed: str, read: list[list[str]]) -> None:
    assert calendar_text.read_windows(typed) == read


def test_dates_and_seasons_are_read_as_people_write_them() -> None:
    lines = (
        "\n2027-01-01 休 元旦\n\n 2027-01-09　上班　元旦 调休\n"
        "2027-02-05 8:30－12:00 除夕\n2027-03-01 OFF"
    )
    assert calendar_text.read_dates(lines) == {
        "2027-01-01": {"name": "元旦", "rule": "off"},
        "2027-01-09": {"name": "元旦 调休", "rule": "work"},
        "2027-02-05": {"name": "除夕", "windows": [["08:30", "12:00"]]},
        "2027-03-01": {"name": "", "rule": "off"},
    }
    line = "6-1至9-30 周一至周五 8:00-12:00 15:00-18:00；周六、周日 9:00-12:00"
    (found,) = calendar_text.read_seasons(line)
    assert (found["from"], found["to"]) == ("06-01", "09-30")
    assert sorted(found["week"]) == sorted(NAMES)
    assert found["week"]["sun"] == [["09:00", "12:00"]]
    (whole,) = calendar_text.read_seasons("10-15..04-15 00:00-24:00")
    assert sorted(whole["week"]) == sorted(NAMES)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(typed: str) -> None:
    for read in (
        calendar_text.read_windows, calendar_text.read_dates, calendar_text.read_seasons,
        lambda text: calendar_text.read_dates(f"2027-01-01 {text}"),
        lambda text: calendar_text.read_seasons(f"01-01..02-01 {text} 08:00-12:00"),
    ):  # fmt: skip
        try:
            read(typed)
        except Unreadable as error:
            assert error.template % error.details
