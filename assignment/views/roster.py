"""The duty roster (值班表) of a unit, week by week: read, plan, change, call off, copy (page)."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignment import change_log, duty_roster, permissions, roster_keeping, roster_weeks
from assignment.forms import TurnForm
from assignment.models import Change, Duty
from organisation.models import Staff, Unit
from organisation.roles import Permission, Role
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest


@require_safe
def roster(request: DeskRequest) -> HttpResponse:
    """One week of a unit of one's company: who is on duty when, and who leads above."""
    now = clock.now()
    unit = _unit(request.user, request.GET.get("unit", ""))
    monday = roster_weeks.monday_of(_day(request.GET.get("week", ""), timezone.localdate(now)))
    context = {
        "unit": unit, "units": Unit.objects.below_path(request.user.unit.company_path),
        "days": roster_weeks.of(unit, monday, now), "monday": monday.date(),
        "sunday": monday.date() + timedelta(days=6),
        "before": monday.date() - timedelta(days=7), "after": monday.date() + timedelta(days=7),
        "above": roster_weeks.leading_above(unit, monday, now),
        "leader": duty_roster.duty_leader(unit, now), "now": now,
        "may_plan": permissions.may_plan(request.user, unit),
        "changes": change_log.recent(Change.Subject.DUTY, unit.company_path),
    }  # fmt: skip
    return render(request, "assignment/roster.html", context)


@require_http_methods(["GET", "POST"])
def turn_add(request: DeskRequest) -> HttpResponse:
    """Plan one turn."""
    _only_planners(request.user)
    unit = _unit(request.user, request.GET.get("unit", ""))
    day = _day(request.GET.get("day", ""), timezone.localdate(clock.now()))
    form = TurnForm(_typed(request), unit=unit, initial=_office_day(day))
    if form.is_valid():
        with refusals.shown(form):
            typed = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
            turn = roster_keeping.plan(unit=unit, by=request.user, at=clock.now(), **typed)
            messages.success(request, _("Planned: %(name)s.") % {"name": turn.staff.name})
            return redirect(_week_of(turn))
    return _page(request, form, _("Plan a turn"), unit, f"{_address(unit)}&week={day}")


@require_http_methods(["GET", "POST"])
def turn(request: DeskRequest, pk: int) -> HttpResponse:
    """Change one turn."""
    _only_planners(request.user)
    found = _turn(request.user, pk)
    first = {"staff": found.staff_id, "from_at": found.from_at, "to_at": found.to_at}
    form = TurnForm(_typed(request), unit=found.unit, is_planned=True, initial=first)
    if form.is_valid():
        with refusals.shown(form):
            changed = roster_keeping.change(
                turn=found, by=request.user, at=clock.now(), **form.cleaned_data
            )
            messages.success(request, _("Changed: %(name)s.") % {"name": changed.staff.name})
            return redirect(_week_of(changed))
    title = _("Change the turn: %(role)s") % {"role": found.get_role_display()}
    return _page(request, form, title, found.unit, _week_of(found), found)


@require_POST
def call_off(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a turn off the roster, or end a running one."""
    _only_planners(request.user)
    found = _turn(request.user, pk)
    roster_keeping.call_off(turn=found, by=request.user, at=clock.now())
    messages.success(request, _("Called off: %(name)s.") % {"name": found.staff.name})
    return redirect(_week_of(found))


@require_POST
def copy_week(request: DeskRequest) -> HttpResponse:
    """Plan for a week what the week before had."""
    _only_planners(request.user)
    unit = _unit(request.user, request.POST.get("unit", ""))
    now = clock.now()
    monday = roster_weeks.monday_of(_day(request.POST.get("week", ""), timezone.localdate(now)))
    n = roster_keeping.copy_week(unit=unit, monday=monday, by=request.user, at=now)
    said = ngettext("%(n)d turn copied.", "%(n)d turns copied.", n) % {"n": n}
    messages.success(request, said)
    return redirect(f"{_address(unit)}&week={monday.date()}")


def _only_planners(user: Staff) -> None:
    if not {Permission.CONFIGURE, Permission.LEAD_UNIT} & user.permissions:
        raise NotAllowed


def _unit(user: Staff, code: str) -> Unit:
    """The unit of one's company with that code; one's own where none is named."""
    if not code:
        return user.unit
    found = Unit.objects.below_path(user.unit.company_path).filter(code=code).first()
    if found is None:
        raise NotVisible
    return found


def _turn(user: Staff, pk: int) -> Duty:
    """The turn, if it is one of one's company."""
    turns = Duty.objects.filter(unit__path__startswith=user.unit.company_path)
    found = turns.select_related("unit", "staff").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _day(typed: str, otherwise: date) -> date:
    try:
        found = parse_date(typed)
    except ValueError:
        return otherwise
    return found if found and 2000 <= found.year <= 2100 else otherwise


def _office_day(day: date) -> dict[str, str]:
    return {"from_at": f"{day}T08:00", "to_at": f"{day}T20:00"}


def _address(unit: Unit) -> str:
    return f"{reverse('assignment:roster')}?unit={unit.code}"


def _week_of(turn: Duty) -> str:
    return f"{_address(turn.unit)}&week={timezone.localdate(turn.from_at)}"


def _typed(request: DeskRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _page(
    request: DeskRequest, form: Any, title: str, unit: Unit, back: str, turn: Duty | None = None
) -> HttpResponse:
    context = {"form": form, "title": title, "about": unit.name, "back": back, "turn": turn}
    template = "assignment/turn.html" if turn else "form_page.html"
    return render(request, template, context, status=refusals.status(form))
