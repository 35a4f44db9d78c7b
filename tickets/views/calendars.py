"""The working calendars: all of them, one with a year drawn, two versions side by side (page)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisation import calendar_changes, calendar_outlook, permissions, year_sheet
from organisation.models import Calendar
from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import calendar_reach
from tickets.models import Ticket

_FIRST_YEAR, _LAST_YEAR = 1970, 2199


@require_safe
def calendars(request: DeskRequest) -> HttpResponse:
    """Every calendar as it holds for one's own company."""
    now = clock.now()
    rows = Calendar.objects.newest_for(request.user.scope_path).select_related("created_by")
    used = calendar_reach.codes_in_use(now)
    context = {
        "entries": [(row, row.plain(), row.code in used) for row in rows], "now": now,
        "unknown": {one.calendar.code: one for one in calendar_outlook.unknown_ahead(now)},
        "may_keep": permissions.may_keep_calendars(request.user),
    }  # fmt: skip
    return render(request, "tickets/calendars.html", context)


@require_safe
def calendar(request: DeskRequest, code: str) -> HttpResponse:
    """One version of a calendar: its hours, a year of it, and the versions there were."""
    now = clock.now()
    versions = _versions(request, code)
    row = _chosen(versions, request.GET.get("version"), versions[0])
    plain = row.plain()
    year = _year(request, now.astimezone(plain.tz).year)
    context = {
        "calendar": row, "plain": plain, "versions": versions, "now": now,
        "sheet": year_sheet.sheet(plain, year), "today": now.astimezone(plain.tz).date(),
        "is_newest": row == versions[0], "before": max(year - 1, _FIRST_YEAR),
        "after": min(year + 1, _LAST_YEAR), "left_behind": _left_behind(request, row),
        "unknown": calendar_outlook.unknown_ahead(now, [code]),
        "may_keep": permissions.may_keep_calendars(request.user),
    }  # fmt: skip
    return render(request, "tickets/calendar.html", context)


@require_safe
def compare(request: DeskRequest, code: str) -> HttpResponse:
    """How one version differs from another."""
    versions = _versions(request, code)
    after = _chosen(versions, request.GET.get("to"), versions[0])
    older = [one for one in versions if one.version < after.version]
    before = _chosen(versions, request.GET.get("from"), older[0] if older else after)
    context = {
        "calendar": after, "before": before, "after": after, "versions": versions,
        "differences": calendar_changes.between(before.plain(), after.plain()),
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "tickets/calendar_compare.html", context)


def _versions(request: DeskRequest, code: str) -> list[Calendar]:
    """The versions one's own company is or was under, the newest first; raises NotVisible."""
    rows = Calendar.objects.for_company(request.user.scope_path).filter(code=code)
    versions = list(rows.select_related("created_by", "company").order_by("-version"))
    if not versions:
        raise NotVisible
    return versions


def _chosen(versions: list[Calendar], typed: str | None, usual: Calendar) -> Calendar:
    """The version of that number, if it is there; raises NotVisible for one that is not."""
    if not typed:
        return usual
    found_one = next((one for one in versions if str(one.version) == typed), None)
    if found_one is None:
        raise NotVisible
    return found_one


def _year(request: DeskRequest, usual: int) -> int:
    typed = request.GET.get("year", "")
    is_year = typed.isascii() and typed.isdigit() and len(typed) == 4
    return min(max(int(typed), _FIRST_YEAR), _LAST_YEAR) if is_year else usual


def _left_behind(request: DeskRequest, row: Calendar) -> Any:
    """The tickets that could not take the version over, as far as one may see them."""
    if not row.left_behind:
        return []
    return Ticket.objects.visible_to(request.user).filter(pk__in=row.left_behind)
