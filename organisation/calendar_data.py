"""Working calendars from plain JSON, and the public table of holidays and make-up workdays."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from organisation.working_calendar import DayKind, DayRule, Season, Week, Window, WorkingCalendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """One year's published days off and make-up workdays, and the papers that ordered them."""

    year: int
    papers: tuple[str, ...]
    days: Mapping[date, DayRule]

    @property
    def known_until(self) -> date:
        return date(self.year, 12, 31)


def calendar_from_data(  # noqa: PLR0913 - one name for each column a calendar row has
    code: str,
    version: int,
    zone: str,
    week: Mapping[str, Any],
    days: Mapping[str, Any],
    known_until: str | date | None,
    *,
    known_from: str | date | None = None,
    is_round_the_clock: bool = False,
    holidays_observed: bool = True,
    seasons: Sequence[Mapping[str, Any]] = (),
) -> WorkingCalendar:
    """The calendar these plain values describe; raises ValueError with a sentence for whatever is
    wrong.

    week: {"mon": [["08:30", "12:00"], ...], ...}, a missing day is closed. days: {"2026-01-04":
    "work", "2026-01-01": "off" or {"rule": "off", "name": ...}, "2026-12-24": [["08:30",
    "12:00"]]}. seasons: [{"from": "10-15", "to": "04-15", "week": {...}}], the first that covers a
    date holds.
    """
    return WorkingCalendar(
        code=code,
        version=version,
        zone=_known_zone(zone),
        week=_week(week),
        days={_date(day): _day_rule(day, rule) for day, rule in days.items()},
        known_until=None if known_until is None else _date(known_until),
        known_from=None if known_from is None else _date(known_from),
        is_round_the_clock=is_round_the_clock,
        holidays_observed=holidays_observed,
        seasons=tuple(_season(season) for season in seasons),
    )


def holiday_table(data: Mapping[str, Any]) -> HolidayTable:
    """The table in the public form {year, papers, days: [{name, date, isOffDay}]}; raises
    ValueError."""
    year, listed = data.get("year"), data.get("days")
    if not isinstance(year, int) or not isinstance(listed, list):
        raise ValueError("A holiday table needs a year and a list of days.")
    if not listed:
        raise ValueError(f"The table for {year} lists no days; it is probably not published yet.")
    days: dict[date, DayRule] = {}
    for entry in listed:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("isOffDay"), bool):
            raise ValueError(
                f"The table for {year} has a day without name, date and isOffDay: {entry!r}."
            )
        day = _date(entry.get("date"))
        # A New Year holiday may begin in the December before its own year.
        if abs(day.year - year) > 1:
            raise ValueError(f"{day.isoformat()} does not belong into the table for {year}.")
        if day in days:
            raise ValueError(f"{day.isoformat()} is listed twice in the table for {year}.")
        kind = DayKind.OFF if entry["isOffDay"] else DayKind.WORK
        days[day] = DayRule(kind, name=str(entry.get("name", "")))
    return HolidayTable(year, tuple(str(paper) for paper in data.get("papers", ())), days)


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{zone!r} is not the name of a time zone such as Asia/Shanghai."
        ) from None
    return zone


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a date of the form 2026-12-31.") from None


def _clock_time(value: object) -> time:
    text = str(value)
    try:
        return time(0) if text in ("24:00", "24:00:00") else time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time of day such as 08:30 or 24:00.") from None


def _window(pair: object) -> Window:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ValueError(f"A window is a pair of times, first and last; {pair!r} is not.")
    start, end = _clock_time(pair[0]), _clock_time(pair[1])
    if start.tzinfo or end.tzinfo:
        raise ValueError(
            f"The times of {pair!r} belong to the calendar's zone and name none of their own."
        )
    if start == end and start != time(0):
        raise ValueError(f"The window {pair!r} is empty; a whole day is 00:00 to 24:00.")
    return start, end


def _windows(pairs: object, where: str) -> tuple[Window, ...]:
    if not isinstance(pairs, list | tuple):
        raise ValueError(f"{where}: expected a list of windows, not {pairs!r}.")
    windows = tuple(sorted(_window(pair) for pair in pairs))
    for (start, end), (following, _) in itertools.pairwise(windows):
        # Only a day's last window may run over midnight.
        if end <= start or end > following:
            raise ValueError(f"{where}: the windows overlap.")
    return windows


def _week(data: Mapping[str, Any]) -> Week:
    unknown = sorted(set(data) - set(WEEKDAYS))
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: not a weekday; the names are {', '.join(WEEKDAYS)}."
        )
    return tuple(_windows(data.get(day, ()), day) for day in WEEKDAYS)


def _day_rule(day: object, rule: object) -> DayRule:
    name = ""
    if isinstance(rule, Mapping):
        name = str(rule.get("name", ""))
        rule = rule.get("windows", rule.get("rule"))
    if rule in ("off", "work"):
        return DayRule(DayKind(str(rule)), name=name)
    windows = _windows(rule, str(day)) if rule is not None else ()
    if not windows:
        raise ValueError(f"{day}: the rule is off, work, or a list of windows.")
    return DayRule(DayKind.OWN, windows, name)


def _month_day(value: object) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{value}")
    except ValueError:
        raise ValueError(f"{value!r} is not a day of the year of the form 10-15.") from None
    return day.month, day.day


def _season(data: Mapping[str, Any]) -> Season:
    if not {"from", "to", "week"} <= set(data):
        raise ValueError("A season needs from, to and week.")
    return Season(_month_day(data["from"]), _month_day(data["to"]), _week(data["week"]))
