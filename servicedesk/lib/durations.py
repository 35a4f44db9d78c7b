"""Lengths of time in words: at most two units, rounded down so that none promises more (sum)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

# A limit is "soon" when three quarters of it are gone, or, if its start is unknown, in the last
# two hours.
SOON_SHARE = 0.75
SOON_LEFT = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What a badge of a time limit says. `tone` is late, soon, normal or done; `percent` 0..100."""

    words: str
    tone: str
    percent: int | None


def words(length: timedelta) -> str:
    """2 h 10 min · 2小时10分钟; a negative length reads as its absolute value."""
    days, hours, minutes = _parts(length)
    if days:
        return _days(days, hours)
    if hours:
        return (
            _("%(h)s h %(m)s min") % {"h": hours, "m": minutes}
            if minutes
            else _("%(h)s h") % {"h": hours}
        )
    return _("%(m)s min") % {"m": minutes} if minutes else _("less than a minute")


def badge(length: timedelta) -> str:
    """The short form for badges: 2 h 10 min · 2小时10分."""
    days, hours, minutes = _parts(length)
    if days:
        return _days(days, hours)
    if hours and minutes:
        return pgettext("badge", "%(h)s h %(m)s min") % {"h": hours, "m": minutes}
    if hours:
        return _("%(h)s h") % {"h": hours}
    return (
        pgettext("badge", "%(m)s min") % {"m": minutes}
        if minutes
        else pgettext("badge", "under 1 min")
    )


def left(
    due_at: datetime | None,
    at: datetime,
    *,
    started_at: datetime | None = None,
    stopped_at: datetime | None = None,
    working_days: int | None = None,
) -> TimeLeft:
    """How a limit stands at `at`: time left, overdue by how much, or how it was kept."""
    if due_at is None:
        return TimeLeft(_("No limit"), "normal", None)
    if stopped_at is not None:
        return _kept(due_at, stopped_at)
    remaining = due_at - at
    if remaining <= timedelta(0):
        return _overdue(-remaining)
    percent = _percent(started_at, due_at, at)
    is_soon = percent >= SOON_SHARE * 100 if percent is not None else remaining <= SOON_LEFT
    if working_days:
        text = npgettext(
            "badge", "%(n)s working day left", "%(n)s working days left", working_days
        ) % {"n": working_days}
    else:
        text = pgettext("badge", "%(time)s left") % {"time": badge(remaining)}
    return TimeLeft(text, "soon" if is_soon else "normal", percent)


def _overdue(by: timedelta) -> TimeLeft:
    if by < timedelta(minutes=1):
        return TimeLeft(_("Due now"), "late", 100)
    return TimeLeft(pgettext("badge", "Overdue by %(time)s") % {"time": badge(by)}, "late", 100)


def _kept(due_at: datetime, stopped_at: datetime) -> TimeLeft:
    if stopped_at <= due_at:
        return TimeLeft(
            _("Done %(time)s early") % {"time": words(due_at - stopped_at)}, "done", None
        )
    return TimeLeft(_("Done %(time)s late") % {"time": words(stopped_at - due_at)}, "late", None)


def _percent(started_at: datetime | None, due_at: datetime, at: datetime) -> int | None:
    if started_at is None or due_at <= started_at:
        return None
    return round(100 * min(max((at - started_at) / (due_at - started_at), 0), 1))


def _days(days: int, hours: int) -> str:
    if hours:
        return ngettext("%(d)s day %(h)s h", "%(d)s days %(h)s h", days) % {"d": days, "h": hours}
    return ngettext("%(d)s day", "%(d)s days", days) % {"d": days}


def _parts(length: timedelta) -> tuple[int, int, int]:
    seconds = int(abs(length.total_seconds()))
    return seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
