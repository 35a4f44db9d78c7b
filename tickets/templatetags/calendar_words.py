"""Words and signs of working calendars: {% load calendar_words %}."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation import calendar_outlook, calendar_text, permissions
from organisation.models import Calendar, Staff
from organisation.working_calendar import (
    DayKind,
    DayRule,
    Season,
    Week,
    Window,
    WorkingCalendar,
)
from organisation.year_sheet import Mark
from servicedesk.lib import clock
from tickets import calendar_reach

register = template.Library()

_SIGNS: dict[str, Promise] = {
    Mark.OFF: pgettext_lazy("calendar sign", "H"),
    Mark.MAKE_UP: pgettext_lazy("calendar sign", "W"),
    Mark.OWN: pgettext_lazy("calendar sign", "T"),
    Mark.LOCAL: pgettext_lazy("calendar sign", "C"),
}
_MARKS: dict[str, Promise] = {
    Mark.OFF: _("Day off"),
    Mark.MAKE_UP: _("Make-up workday"),
    Mark.OWN: _("Hours of its own"),
    Mark.LOCAL: _("Own day of the company"),
    Mark.WORKED: _("Working day"),
    Mark.FREE: pgettext_lazy("hours", "Closed"),
}
_COLUMNS: dict[str, Promise] = {
    "zone": _("Time zone"),
    "is_round_the_clock": _("Round the clock"),
    "holidays_observed": _("Holidays observed"),
    "known_from": _("Holidays are known from"),
    "known_until": _("Holidays are known until"),
}


@register.filter
def windows(value: Sequence[Window]) -> str:
    """08:30–12:00 14:00–17:30; closed where there is none."""
    said = calendar_text.windows_text(value).replace("-", "–")
    return said or str(_("closed"))


@register.filter
def week_lines(week: Week) -> list[tuple[str, Sequence[Window]]]:
    """The days of a week by their names, each with its windows."""
    return [(str(WEEKDAYS[day]), windows) for day, windows in enumerate(week)]


@register.filter
def week_summary(plain: WorkingCalendar) -> str:
    """The week in a line: Monday–Friday 08:30–12:00; Saturday 09:00–11:00."""
    parts: list[tuple[list[int], str]] = []
    for day, one in enumerate(plain.week):
        text = windows(one) if one else ""
        if text and parts and parts[-1][1] == text and parts[-1][0][-1] == day - 1:
            parts[-1][0].append(day)
        elif text:
            parts.append(([day], text))
    return "; ".join(f"{_days(days)} {text}" for days, text in parts)


def _days(days: list[int]) -> str:
    first, last = str(WEEKDAYS_ABBR[days[0]]), str(WEEKDAYS_ABBR[days[-1]])
    return first if len(days) == 1 else f"{first}–{last}"


@register.filter
def weekday_name(day: int) -> str:
    """The name of a weekday, 0 being Monday."""
    return str(WEEKDAYS[day])


@register.filter
def dated(day: date) -> str:
    """A date with its weekday, which the language's own form of dates may name already."""
    said = formats.date_format(day, "DATE_FORMAT")
    has_weekday = {"D", "l"} & set(formats.get_format("DATE_FORMAT"))
    return said if has_weekday else f"{said} {WEEKDAYS[day.weekday()]}"


@register.simple_tag
def weekdays() -> list[str]:
    """The seven weekdays as the heads of narrow columns, from Monday."""
    return [str(WEEKDAYS_ABBR[day]).removeprefix("星期") for day in range(7)]


@register.filter
def rule_words(rule: DayRule | None) -> str:
    """What a single date does, in words."""
    if rule is None:
        return str(_("like its weekday"))
    if rule.kind == DayKind.OWN:
        return windows(rule.windows)
    return str(_MARKS[Mark.OFF if rule.kind == DayKind.OFF else Mark.MAKE_UP])


@register.filter
def seasons_words(seasons: Sequence[Season]) -> str:
    """A line for each season; a dash where there is none."""
    return calendar_text.seasons_text(seasons) or "–"


@register.filter
def season_span(season: Season) -> str:
    """06-01 – 09-30."""
    (month, day), (last_month, last_day) = season.first, season.last
    return f"{month:02}-{day:02} – {last_month:02}-{last_day:02}"


@register.filter
def sign(mark: str) -> str:
    """The letter by which a day of its own is told in a drawn month; nothing for a plain one."""
    return str(_SIGNS.get(mark, ""))


@register.filter
def mark_words(mark: str) -> str:
    """What a day is, in words."""
    return str(_MARKS[mark])


@register.filter
def column_words(name: str) -> str:
    """What a column of a calendar is called."""
    return str(_COLUMNS[name])


@register.simple_tag
def calendar_name(code: str) -> str:
    """What the calendar is called in the reader's language; its code where it is gone."""
    row = Calendar.objects.newest().filter(code=code).only("name_en", "name_zh", "code").first()
    return row.name if row else code


@register.inclusion_tag("tickets/_calendar_warnings.html", takes_context=True)
def calendar_warnings(context: template.Context) -> dict[str, Any]:
    """For those who keep calendars: which ones in use will soon know no more holidays."""
    user = context["request"].user
    if not isinstance(user, Staff) or not permissions.may_keep_calendars(user):
        return {}
    now = context.get("now") or clock.now()
    codes = calendar_reach.codes_in_use(now)
    return {"may_keep": True, "unknown": calendar_outlook.unknown_ahead(now, codes)}
