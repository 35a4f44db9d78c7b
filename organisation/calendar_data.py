"""Working calendars from plain JSON, and the public table of holidays and make-up workdays."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from organisation.calendar_errors import Unreadable, gettext_noop
from organisation.working_calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    DayKind,
    DayRule,
    Season,
    Week,
    Window,
    WorkingCalendar,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """One year's published days off and make-up workdays, and the papers that ordered them."""

    year: int
    papers: tuple[str, ...]
    days: Mapping[date, DayRule]

    @property
    def known_from(self) -> date:
        return date(self.year, 1, 1)

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
    local_days: Mapping[str, Any] | None = None,
) -> WorkingCalendar:
    """The calendar these plain values describe; raises Unreadable (a ValueError) with a sentence
    for whatever is wrong.

    week: {"mon": [["08:30", "12:00"], ...], ...}, a missing day is closed. days: {"2026-01-04":
    "work", "2026-01-01": "off" or {"rule": "off", "name": ...}, "2026-12-24": [["08:30",
    "12:00"]]}. seasons: [{"from": "10-15", "to": "04-15", "week": {...}}], the first that covers a
    date holds. local_days: like days, of one company alone; they hold whether or not holidays are
    observed.
    """
    calendar_week, seasons_read = _week(week), tuple(_season(season) for season in seasons)
    days_read, local_read = _days(days), _days(local_days or {})
    weeks = [calendar_week, *(season.week for season in seasons_read)]
    if not is_round_the_clock and not any(any(one) for one in weeks):
        dated = (*days_read.values(), *local_read.values())
        if not any(rule.windows for rule in dated):
            raise Unreadable(
                gettext_noop("Calendar %(code)s: no working time in any week, season or date."),
                code=code,
            )
    return WorkingCalendar(
        code=code,
        version=version,
        zone=_known_zone(zone),
        week=calendar_week,
        days=days_read,
        known_until=None if known_until is None else _date(known_until),
        known_from=None if known_from is None else _date(known_from),
        is_round_the_clock=is_round_the_clock,
        holidays_observed=holidays_observed,
        seasons=seasons_read,
        local_days=local_read,
    )


def _days(data: Mapping[str, Any]) -> dict[date, DayRule]:
    return {_date(day): _day_rule(day, rule) for day, rule in data.items()}


def holiday_table(data: object) -> HolidayTable:
    """The table in the public form {year, papers, days: [{name, date, isOffDay}]}; raises
    Unreadable."""
    if not isinstance(data, Mapping):
        data = {}
    year, listed, papers = data.get("year"), data.get("days"), data.get("papers") or ()
    if not isinstance(year, int) or isinstance(year, bool) or not isinstance(listed, list):
        raise Unreadable(gettext_noop("A holiday table needs a year and a list of days."))
    if not FIRST_YEAR < year < LAST_YEAR:
        raise Unreadable(gettext_noop("%(year)s is not a year a calendar can have."), year=year)
    if not listed:
        raise Unreadable(
            gettext_noop("The table for %(year)s lists no days; it is probably not published yet."),
            year=year,
        )
    days: dict[date, DayRule] = {}
    for entry in listed:
        day, rule = _published_day(year, entry)
        if day in days:
            raise Unreadable(
                gettext_noop("%(day)s is listed twice in the table for %(year)s."),
                day=day.isoformat(), year=year,
            )  # fmt: skip
        days[day] = rule
    told = papers if isinstance(papers, list | tuple) else (papers,)
    return HolidayTable(year, tuple(str(paper) for paper in told), days)


def _published_day(year: int, entry: object) -> tuple[date, DayRule]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("isOffDay"), bool):
        raise Unreadable(
            gettext_noop(
                "The table for %(year)s has a day without name, date and isOffDay: %(entry)s."
            ),
            year=year, entry=repr(entry)[:120],
        )  # fmt: skip
    day = _date(entry.get("date"))
    # A New Year holiday may begin in the December before its own year.
    if abs(day.year - year) > 1:
        raise Unreadable(
            gettext_noop("%(day)s does not belong in the table for %(year)s."),
            day=day.isoformat(), year=year,
        )  # fmt: skip
    kind = DayKind.OFF if entry["isOffDay"] else DayKind.WORK
    return day, DayRule(kind, name=str(entry.get("name") or "")[:60])


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable(
            gettext_noop("“%(zone)s” is not the name of a time zone such as Asia/Shanghai."),
            zone=zone,
        ) from None
    return zone


def _date(value: object) -> date:
    day = _any_date(value)
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise Unreadable(gettext_noop("%(year)s is not a year a calendar can have."), year=day.year)
    return day


def _any_date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        # The basic and the week form of ISO 8601 are left out: 20261231 is a slip more often.
        return date.fromisoformat(str(value) if len(str(value)) == 10 else "")
    except ValueError:
        raise Unreadable(
            gettext_noop("“%(value)s” is not a date of the form 2026-12-31."), value=value
        ) from None


def _clock_time(value: object) -> time:
    text = str(value)
    try:
        return time(0) if text in ("24:00", "24:00:00") else time.fromisoformat(text)
    except ValueError:
        raise Unreadable(
            gettext_noop("“%(text)s” is not a time of day such as 08:30 or 24:00."), text=text
        ) from None


def _window(pair: object) -> Window:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise Unreadable(
            gettext_noop("A window is a pair of times, first and last; “%(pair)s” is not."),
            pair=pair,
        )
    start, end = _clock_time(pair[0]), _clock_time(pair[1])
    if start.tzinfo or end.tzinfo:
        raise Unreadable(
            gettext_noop(
                "The times of “%(pair)s” belong to the calendar’s zone and name none of their own."
            ),
            pair=pair,
        )
    if start == end and start != time(0):
        raise Unreadable(
            gettext_noop("The window “%(pair)s” is empty; a whole day is 00:00 to 24:00."),
            pair="–".join(str(one) for one in pair),
        )
    return start, end


def _windows(pairs: object, where: str) -> tuple[Window, ...]:
    if not isinstance(pairs, list | tuple):
        raise Unreadable(
            gettext_noop("%(where)s: expected a list of windows, not “%(pairs)s”."),
            where=where, pairs=pairs,
        )  # fmt: skip
    windows = tuple(sorted(_window(pair) for pair in pairs))
    for (start, end), (following, _) in itertools.pairwise(windows):
        # Only a day's last window may run over midnight.
        if end <= start or end > following:
            raise Unreadable(gettext_noop("%(where)s: the windows overlap."), where=where)
    return windows


def _week(data: Mapping[str, Any]) -> Week:
    unknown = sorted(str(day) for day in set(data) - set(WEEKDAYS))
    if unknown:
        raise Unreadable(
            gettext_noop("%(unknown)s: not a weekday; the names are %(names)s."),
            unknown=", ".join(unknown), names=", ".join(WEEKDAYS),
        )  # fmt: skip
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
        raise Unreadable(
            gettext_noop("%(day)s: the rule is off, work, or a list of windows."), day=day
        )
    return DayRule(DayKind.OWN, windows, name)


def _month_day(value: object) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{value}")
    except ValueError:
        raise Unreadable(
            gettext_noop("“%(value)s” is not a day of the year of the form 10-15."), value=value
        ) from None
    return day.month, day.day


def _season(data: Mapping[str, Any]) -> Season:
    if not {"from", "to", "week"} <= set(data):
        raise Unreadable(gettext_noop("A season needs from, to and week."))
    return Season(_month_day(data["from"]), _month_day(data["to"]), _week(data["week"]))
