"""Working calendars: edit, load a year's holidays, a company's own days; each a new version (verb).

A version is never changed: tickets keep the one they were judged by (design §4.4). Which open
tickets take a new one over is seen to by tickets.renewing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisation import calendar_writing, holiday_tables
from organisation import permissions as may
from organisation.calendar_data import HolidayTable
from organisation.calendar_errors import Unreadable
from organisation.models import Calendar, Staff, Unit
from servicedesk.lib.errors import DeskError, NotVisible

MOST_LOCAL_DAYS = 31


class NotYourCalendars(DeskError):
    """Calendars belong to the administrators."""

    message = _("Only an administrator can change calendars. Nothing was changed.")
    http_status = 403


class NotYourCompany(DeskError):
    """A company's own days belong to its administrator."""

    message = _("Only an administrator of this company can set its own days. Nothing was changed.")
    http_status = 403


class ChangedMeanwhile(DeskError):
    """Somebody else saved another version while this one was being typed."""

    message = _(
        "%(who)s saved version %(version)s meanwhile. What you typed is still here: compare it with "
        "that version, then save again."
    )


class SaysTheSame(DeskError):
    """The newest version reads like that already."""

    message = _("Version %(version)s says the same already. Nothing was saved.")


class CodeTaken(DeskError):
    """There is a calendar with this code already."""

    message = _("There is a calendar with this code already. Choose another one.")
    field = "code"


class NoHours(DeskError):
    """A calendar has hours every year, or limits on it would never end."""

    message = _("No weekday has hours, neither in the week nor in a season. Nothing was saved.")
    http_status = 422


class NeverCloses(DeskError):
    """Round the clock there is nothing to close."""

    message = _("This calendar runs round the clock: a day of its own would change nothing.")


class ReasonMissing(DeskError):
    """A company's own day says why."""

    message = _("Say why, for example the typhoon warning or the order to close early.")
    field = "reason"
    http_status = 422


class TooManyDays(DeskError):
    """Own days are single days, set near the time."""

    message = _("From the first to the last day, %(most)s days at the most.")
    field = "last"
    http_status = 422


@dataclass(frozen=True)
class Wording:
    """What a version says; week, seasons and days as the row keeps them."""

    name_en: str
    name_zh: str
    time_zone: str
    week: Mapping[str, Any] = field(default_factory=dict)
    seasons: list[dict[str, Any]] = field(default_factory=list)
    days: Mapping[str, Any] = field(default_factory=dict)
    known_from: date | None = None
    known_until: date | None = None
    is_round_the_clock: bool = False
    holidays_observed: bool = True


def found(*, code: str, wording: Wording, reason: str, by: Staff | None, at: datetime) -> Calendar:
    """A calendar under a new code; raises NotYourCalendars, CodeTaken, NotACalendar."""
    _check_keeper(by)
    try:
        with transaction.atomic():
            if Calendar.objects.filter(code=code).exists():
                raise CodeTaken
            row = Calendar(code=code, **_columns(wording))
            return _write(row, Calendar.Origin.EDITED, reason, by, at)
    except IntegrityError:
        raise CodeTaken from None


def edit(  # noqa: PLR0913 - what was seen and who takes it over belong to every edit
    *, code: str, wording: Wording, reason: str, seen: int, is_for_open: bool, by: Staff | None,
    at: datetime,
) -> Calendar:  # fmt: skip
    """The next version of a calendar. `seen` is the version that was edited; `is_for_open` lets open
    tickets take it over. Raises NotYourCalendars, ChangedMeanwhile, SaysTheSame, NotACalendar."""
    _check_keeper(by)
    with transaction.atomic():
        newest = _newest(code, by, at)
        wanted = _columns(wording)
        wanted["days"] = _with_tables(wanted["days"], newest.days)
        _check_news(newest, wanted, seen)
        row = Calendar(code=code, is_for_open=is_for_open, **wanted)
        return _write(row, Calendar.Origin.EDITED, reason, by, at)


def load_holidays(
    *, code: str, table: HolidayTable, by: Staff | None, at: datetime, seen: int | None = None
) -> Calendar:
    """The next version of a calendar, in which the year's holidays are known; open tickets take it
    over. `seen` is the version the preview was of. Raises NotYourCalendars, HolidaysSwitchedOff,
    ChangedMeanwhile, SaysTheSame, NotACalendar."""
    _check_keeper(by)
    with transaction.atomic():
        newest = _newest(code, by, at)
        row = holiday_tables.loaded(newest, table)
        _check_news(newest, row.wording, newest.version if seen is None else seen)
        reason = "; ".join(table.papers)[:200] or str(table.year)
        return _write(row, Calendar.Origin.HOLIDAYS, reason, by, at)


def set_days(  # noqa: PLR0913 - the days, what they do and why
    *, code: str, company: Unit, first: date, last: date, windows: list[list[str]] | None,
    reason: str, by: Staff, at: datetime,
) -> Calendar:  # fmt: skip
    """A company's own days (台风停工、提前下班): from first to last with these windows, or closed where
    there are none. Open tickets of the company take it over. Raises NotYourCompany, NeverCloses,
    ReasonMissing, TooManyDays, SaysTheSame, NotACalendar."""
    if not reason.strip():
        raise ReasonMissing
    span = (last - first).days
    if not 0 <= span < MOST_LOCAL_DAYS:
        raise TooManyDays(most=MOST_LOCAL_DAYS)
    name = reason.strip()[:60]
    rule = {"name": name, "windows": windows} if windows else {"name": name, "rule": "off"}
    days = {(first + timedelta(days=step)).isoformat(): rule for step in range(span + 1)}
    return _change_local(code, company, days, reason, by, at)


def drop_day(
    *, code: str, company: Unit, day: date, reason: str, by: Staff, at: datetime
) -> Calendar:
    """Take back a company's own day. Raises NotYourCompany, SaysTheSame."""
    return _change_local(code, company, {day.isoformat(): None}, reason, by, at)


def _change_local(
    code: str, company: Unit, changes: Mapping[str, Any], reason: str, by: Staff, at: datetime
) -> Calendar:
    if not may.may_keep_days_of(by, company):
        raise NotYourCompany
    with transaction.atomic():
        general = _newest(code, by, at)
        if general.is_round_the_clock:
            raise NeverCloses
        versions = Calendar.objects.filter(code=code, company=company)
        local = versions.order_by("-version").first()
        before = local.local_days if local else {}
        days = {**before, **changes}
        days = {day: rule for day, rule in sorted(days.items()) if rule is not None}
        if days == before:
            raise SaysTheSame(version=(local or general).version)
        row = Calendar(
            code=code, company=company, local_days=days, is_for_open=True, **general.wording
        )
        return _write(row, Calendar.Origin.LOCAL, reason, by, at)


def _newest(code: str, by: Staff | None, at: datetime) -> Calendar:
    """The newest general version, held against others; raises NotVisible."""
    calendar_writing.hold(code=code, by=by, at=at)
    row = Calendar.objects.newest().filter(code=code).select_related("created_by").first()
    if row is None:
        raise NotVisible
    return row


def _check_keeper(by: Staff | None) -> None:
    if by is not None and not may.may_keep_calendars(by):
        raise NotYourCalendars


def _check_news(newest: Calendar, wanted: Mapping[str, Any], seen: int) -> None:
    """A form sent twice says the same; one typed over another version is somebody else's."""
    if newest.wording == wanted:
        raise SaysTheSame(version=newest.version)
    if newest.version != seen:
        who = newest.created_by.name if newest.created_by else gettext("The desk")
        raise ChangedMeanwhile(who=who, version=newest.version)


def _write(
    row: Calendar, origin: Calendar.Origin, reason: str, by: Staff | None, at: datetime
) -> Calendar:
    row.origin, row.reason, row.created_by = origin, reason.strip()[:200], by
    weeks = [row.week, *(season["week"] for season in row.seasons)]
    if not row.is_round_the_clock and not any(any(week.values()) for week in weeks):
        raise NoHours
    try:
        return calendar_writing.write(row=row, by=by, at=at)
    except Unreadable as error:
        raise holiday_tables.NotACalendar.because(error) from None


def _columns(wording: Wording) -> dict[str, Any]:
    return {one.name: getattr(wording, one.name) for one in fields(Wording)}


def _with_tables(days: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The typed dates; what reads as before stays what it was, with the table it came from."""
    kept: dict[str, Any] = {}
    for day, entry in sorted(days.items()):
        old = before.get(day)
        is_same = isinstance(old, dict) and {**old, "table": None} == {**entry, "table": None}
        kept[day] = old if is_same else entry
    return kept
