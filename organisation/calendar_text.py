"""Weeks, seasons and single dates as the lines people type, and back (sum)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from organisation.calendar_data import WEEKDAYS
from organisation.calendar_errors import Unreadable, gettext_noop
from organisation.working_calendar import DayKind, DayRule, Season, Week, Window

# The most lines a box of dates or seasons may have: ten years of holidays.
MOST_LINES = 500

_PLAIN = str.maketrans("：；，、－–—～~", ":;,,-----")
_WINDOW = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_SEASON = re.compile(r"(\d{1,2}-\d{1,2})\s*(?:\.\.|至|到|-{1,2}|\bto\b)\s*(\d{1,2}-\d{1,2})\s+(.+)")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(.*)")
_OFF = ("off", "closed", "休息", "放假", "休")
_WORK = ("work", "上班", "班")
_CHINESE = {name: day for day, name in zip(WEEKDAYS, "一二三四五六日", strict=True)} | {"天": "sun"}


def windows_text(windows: Sequence[Window]) -> str:
    """08:30-12:00 14:00-17:30; an end at midnight is 24:00."""
    return " ".join(f"{_clock(start)}-{_clock(end, is_end=True)}" for start, end in windows)


def windows_data(windows: Sequence[Window]) -> list[list[str]]:
    """Windows as a calendar row keeps them."""
    return [[_clock(start), _clock(end, is_end=True)] for start, end in windows]


def read_windows(text: str) -> list[list[str]]:
    """The windows of a line such as 8:30-12:00 14:00-17:30; raises Unreadable."""
    plain = text.translate(_PLAIN).replace("至", "-").replace("到", "-")
    rest = _WINDOW.sub(" ", plain).replace(",", " ").replace(";", " ").strip()
    if rest:
        raise Unreadable(
            gettext_noop("“%(text)s” is not understood. Write windows as 08:30-12:00 14:00-17:30."),
            text=text.strip()[:80],
        )
    found = _WINDOW.findall(plain)
    return [[f"{int(a):02}:{b}", f"{int(c):02}:{d}"] for a, b, c, d in found]


def dates_text(days: Mapping[date, DayRule]) -> str:
    """A line for each date: 2027-01-01 off 元旦."""
    return "\n".join(
        f"{day} {_rule_text(rule)} {rule.name}".strip() for day, rule in sorted(days.items())
    )


def read_dates(text: str) -> dict[str, dict[str, Any]]:
    """The dates of such lines as a calendar row keeps them; raises Unreadable naming the line."""
    days: dict[str, dict[str, Any]] = {}
    for number, line in _lines(text):
        found = _DATE.fullmatch(line)
        if found is None:
            raise Unreadable(
                gettext_noop(
                    "Line %(number)s: “%(line)s”. Write a date and what it is, for example "
                    "2027-01-01 off, 2027-01-09 work or 2027-02-05 08:30-12:00."
                ),
                number=number, line=line[:80],
            )  # fmt: skip
        day, said = found.groups()
        if day in days:
            raise Unreadable(
                gettext_noop("Line %(number)s: %(day)s is there twice."), number=number, day=day
            )
        days[day] = _read_rule(said, number, day)
    return days


def day_data(rule: DayRule, *, table: int | None = None) -> dict[str, Any]:
    """What a single date does as a calendar row keeps it, and the year of its published table."""
    data: dict[str, Any] = {"name": rule.name}
    if rule.kind == DayKind.OWN:
        data["windows"] = windows_data(rule.windows)
    else:
        data["rule"] = str(rule.kind)
    return data if table is None else data | {"table": table}


def week_data(week: Week) -> dict[str, list[list[str]]]:
    """A week as a calendar row keeps it."""
    return {
        day: windows_data(windows) for day, windows in zip(WEEKDAYS, week, strict=True) if windows
    }


def seasons_text(seasons: Sequence[Season]) -> str:
    """A line for each season: 06-01..09-30 mon-fri 08:00-12:00; sat,sun 09:00-11:00."""
    return "\n".join(
        f"{_month_day(one.first)}..{_month_day(one.last)} {week_text(one.week)}" for one in seasons
    )


def week_text(week: Week) -> str:
    """mon-fri 08:30-12:00; sat 09:00-11:00: days with the same windows together."""
    parts: list[tuple[list[int], str]] = []
    for day, windows in enumerate(week):
        text = windows_text(windows)
        if text and parts and parts[-1][1] == text and parts[-1][0][-1] == day - 1:
            parts[-1][0].append(day)
        elif text:
            parts.append(([day], text))
    return "; ".join(f"{_days_text(days)} {text}" for days, text in parts)


def read_seasons(text: str) -> list[dict[str, Any]]:
    """The seasons of such lines as a calendar row keeps them; raises Unreadable naming the line."""
    seasons = []
    for number, line in _lines(text):
        found = _SEASON.fullmatch(line)
        if found is None:
            raise Unreadable(
                gettext_noop(
                    "Line %(number)s: “%(line)s”. Write the first and the last day and the hours, "
                    "for example 06-01..09-30 mon-fri 08:00-12:00 15:00-18:00."
                ),
                number=number, line=line[:80],
            )  # fmt: skip
        first, last, hours = found.groups()
        week = _read_week(hours, number)
        seasons.append({"from": _padded(first), "to": _padded(last), "week": week})
    return seasons


def _lines(text: str) -> Iterator[tuple[int, str]]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    kept = [(number, line) for number, line in lines if line]
    if len(kept) > MOST_LINES:
        raise Unreadable(gettext_noop("More than %(most)s lines."), most=MOST_LINES)
    yield from kept


def _read_rule(said: str, number: int, day: str) -> dict[str, Any]:
    # Any space parts the words, the full-width one too.
    word, name = (*said.split(maxsplit=1), "", "")[:2]
    for words, kind in ((_OFF, DayKind.OFF), (_WORK, DayKind.WORK)):
        if word.lower() in words:
            return day_data(DayRule(kind, name=name.strip()[:60]))
    plain = said.translate(_PLAIN)
    found = list(_WINDOW.finditer(plain))
    if not found or plain[: found[0].start()].strip():
        raise Unreadable(
            gettext_noop("Line %(number)s: what is %(day)s: off, work, or windows?"),
            number=number, day=day,
        )  # fmt: skip
    windows = read_windows(plain[: found[-1].end()])
    return {"name": said[found[-1].end() :].strip()[:60], "windows": windows}


def _read_week(text: str, number: int) -> dict[str, list[list[str]]]:
    week: dict[str, list[list[str]]] = {}
    for part in text.translate(_PLAIN).split(";"):
        found = _WINDOW.search(part)
        if found is None:
            raise Unreadable(
                gettext_noop("Line %(number)s: “%(part)s” has no windows."),
                number=number, part=part.strip()[:80],
            )  # fmt: skip
        for day in _read_days(part[: found.start()].strip(), number):
            if day in week:
                raise Unreadable(
                    gettext_noop("Line %(number)s: %(day)s is there twice."), number=number, day=day
                )
            week[day] = read_windows(part[found.start() :])
    return week


def _read_days(text: str, number: int) -> Iterator[str]:
    """The weekdays of mon-fri, sat,sun or 周一至周五; all seven where nothing is said."""
    plain = text.lower().replace("至", "-").replace("到", "-")
    for one in plain.split(",") if plain else ["mon-sun"]:
        first, _, last = one.partition("-")
        begin, end = _weekday(first, number), _weekday(last or first, number)
        yield from (WEEKDAYS[(begin + step) % 7] for step in range((end - begin) % 7 + 1))


def _weekday(word: str, number: int) -> int:
    plain = word.strip().removeprefix("星期").removeprefix("周")
    day = _CHINESE.get(plain, plain[:3])
    if day not in WEEKDAYS:
        raise Unreadable(
            gettext_noop("Line %(number)s: “%(word)s” is not a weekday such as mon or sun."),
            number=number, word=word.strip()[:20],
        )  # fmt: skip
    return WEEKDAYS.index(day)


def _days_text(days: list[int]) -> str:
    first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
    return first if len(days) == 1 else f"{first}-{last}"


def _rule_text(rule: DayRule) -> str:
    return windows_text(rule.windows) if rule.kind == DayKind.OWN else str(rule.kind)


def _clock(at: Any, *, is_end: bool = False) -> str:
    if is_end and (at.hour, at.minute, at.second) == (0, 0, 0):
        return "24:00"
    return str(at.isoformat(timespec="minutes" if at.second == 0 else "seconds"))


def _month_day(day: tuple[int, int]) -> str:
    return f"{day[0]:02}-{day[1]:02}"


def _padded(text: str) -> str:
    return "-".join(f"{int(part):02}" for part in text.split("-"))
