"""Change a working calendar: its hours and dates, a year's holidays, a company's own days (page)."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from organisation import (
    calendar_changes,
    calendar_keeping,
    calendar_text,
    holiday_tables,
    permissions,
)
from organisation.calendar_data import WEEKDAYS
from organisation.models import Calendar, Unit
from organisation.models.calendar import WORDING
from organisation.working_calendar import DayRule
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import calendar_reach
from tickets.forms.calendars import CalendarForm, HolidaysForm, NewCalendarForm, OwnDaysForm


@require_http_methods(["GET", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """A calendar that is not there yet."""
    _only_keepers(request)
    form = NewCalendarForm(_typed(request))
    if form.is_valid():
        with refusals.shown(form):
            row = calendar_keeping.found(
                code=form.cleaned_data["code"], wording=_wording(form), reason="",
                by=request.user, at=clock.now(),
            )  # fmt: skip
            return _saved(request, row)
    return _page(request, "tickets/calendar_edit.html", form, {})


@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, code: str) -> HttpResponse:
    """The next version of a calendar; what was typed stays when somebody was faster."""
    _only_keepers(request)
    newest = _newest(code)
    form = CalendarForm(_typed(request), initial=_as_typed(newest))
    if form.is_valid():
        with refusals.shown(form):
            row = calendar_keeping.edit(
                code=code, wording=_wording(form), reason=form.cleaned_data["reason"],
                seen=_seen(request), is_for_open=form.cleaned_data["is_for_open"],
                by=request.user, at=clock.now(),
            )  # fmt: skip
            return _saved(request, row)
    context = {"calendar": newest, "seen": _seen_now(request, form, newest)}
    return _page(request, "tickets/calendar_edit.html", form, context)


@require_http_methods(["GET", "POST"])
def holidays(request: DeskRequest, code: str) -> HttpResponse:
    """A year's published table: first what it would change, then the version that knows it."""
    _only_keepers(request)
    newest = _newest(code)
    form = HolidaysForm(_typed(request), request.FILES or None)
    context: dict[str, Any] = {"calendar": newest, "seen": newest.version}
    if form.is_valid():
        with refusals.shown(form):
            table = holiday_tables.read(form.cleaned_data["table"])
            if request.POST.get("act") == "save":
                row = calendar_keeping.load_holidays(
                    code=code, table=table, seen=_seen(request), by=request.user, at=clock.now()
                )
                return _saved(request, row)
            wanted = holiday_tables.loaded(newest, table)
            context |= {"table": table, "text": form.cleaned_data["table"]}
            context["changes"] = calendar_changes.between(newest.plain(), wanted.plain())
    return _page(request, "tickets/calendar_holidays.html", form, context)


@require_http_methods(["GET", "POST"])
def own_days(request: DeskRequest, code: str) -> HttpResponse:
    """Days that a company keeps otherwise: a typhoon, an early close."""
    _only_keepers(request)
    newest = _newest(code)
    form = OwnDaysForm(_typed(request), path=request.user.scope_path)
    if form.is_valid():
        with refusals.shown(form):
            row = calendar_keeping.set_days(
                code=code, by=request.user, at=clock.now(), **form.cleaned_data
            )
            return _saved(request, row)
    company = Unit.objects.get(path=request.user.scope_path)
    context = {
        "calendar": newest, "rows": _own_rows(request, code),
        "reach": calendar_reach.reach(code, company),
    }  # fmt: skip
    return _page(request, "tickets/calendar_own_days.html", form, context)


@require_POST
def drop_own_day(request: DeskRequest, code: str) -> HttpResponse:
    """Take back a company's own day."""
    _only_keepers(request)
    typed = request.POST.get("company", "")
    companies = Unit.objects.below_path(request.user.scope_path)
    company = (
        companies.filter(pk=int(typed)).first() if typed.isascii() and typed.isdigit() else None
    )
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise NotVisible from None
    if company is None:
        raise NotVisible
    row = calendar_keeping.drop_day(
        code=code, company=company, day=day, reason=str(day), by=request.user, at=clock.now()
    )
    return _saved(request, row)


def _only_keepers(request: DeskRequest) -> None:
    if not permissions.may_keep_calendars(request.user):
        raise NotAllowed


def _newest(code: str) -> Calendar:
    row = Calendar.objects.newest().filter(code=code).first()
    if row is None:
        raise NotVisible
    return row


def _own_rows(request: DeskRequest, code: str) -> list[tuple[Unit | None, date, DayRule]]:
    """Own days of the companies whose calendars the person keeps, the latest first."""
    rows = Calendar.objects.filter(code=code, company__path__startswith=request.user.scope_path)
    newest = rows.order_by("company_id", "-version").distinct("company_id")
    return [
        (row.company, day, rule)
        for row in newest.select_related("company")
        for day, rule in sorted(row.plain().local_days.items(), reverse=True)
    ]


def _typed(request: DeskRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _seen(request: DeskRequest) -> int:
    """The version the person had before them; 0 where the form does not say."""
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _seen_now(request: DeskRequest, form: Form, newest: Calendar) -> int:
    """What saving again goes by: whoever was told of a newer version has seen it."""
    is_told = getattr(form, "refusal_status", None) == 409
    return newest.version if request.method == "GET" or is_told else _seen(request)


def _as_typed(row: Calendar) -> dict[str, Any]:
    """The version as lines of text."""
    plain = row.plain()
    week = {
        day: calendar_text.windows_text(windows)
        for day, windows in zip(WEEKDAYS, plain.week, strict=True)
    }
    return row.wording | week | {
        "seasons": calendar_text.seasons_text(plain.seasons),
        "days": calendar_text.dates_text(plain.days),
    }  # fmt: skip


def _wording(form: CalendarForm) -> calendar_keeping.Wording:
    return calendar_keeping.Wording(**{name: form.cleaned_data[name] for name in WORDING})


def _saved(request: DeskRequest, row: Calendar) -> HttpResponse:
    messages.success(request, _("Version %(n)d is saved.") % {"n": row.version})
    if row.is_for_open:
        count = calendar_reach.reach(row.code, row.company).open_count
        said = ngettext(
            "%(n)d open ticket takes it over within the next minutes.",
            "%(n)d open tickets take it over within the next minutes.", count,
        )  # fmt: skip
        messages.info(request, said % {"n": count})
    return redirect("tickets:calendar", code=row.code)


def _page(request: DeskRequest, template: str, form: Form, context: dict[str, Any]) -> HttpResponse:
    row = context.get("calendar")
    if row is not None and "reach" not in context:
        context["reach"] = calendar_reach.reach(row.code)
    context |= {"form": form, "now": clock.now()}
    return render(request, template, context, status=refusals.status(form))
