"""The special periods: read by everybody, added, changed and ended by those who keep them (page)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import limit_keepers, period_keeping, period_wording
from tickets.forms.periods import NewPeriodForm, PeriodForm
from tickets.models import SpecialPeriod


@require_safe
def periods(request: DeskRequest) -> HttpResponse:
    """The periods of one's service lines and company, which of them it is now, and ended ones."""
    now = clock.now()
    found = limit_keepers.visible_periods(request.user).order_by("starts_on", "code")
    today = timezone.localdate(now, timezone.get_default_timezone())
    standing = [one for one in found if one.ended_at is None]
    context = {
        "standing": [(one, one.covers(today), _may_keep(request, one)) for one in standing],
        "ended": [one for one in found if one.ended_at is not None], "now": now,
        "may_write": limit_keepers.may_write(request.user),
    }  # fmt: skip
    return render(request, "tickets/periods.html", context)


@require_http_methods(["GET", "POST"])
def period_new(request: DeskRequest) -> HttpResponse:
    """A period more."""
    _only_writers(request)
    form = NewPeriodForm(_typed(request), user=request.user)
    if form.is_valid():
        with refusals.shown(form):
            saved = period_keeping.add(wording=_wording(form), by=request.user, at=clock.now())
            return _saved(request, saved)
    return _page(request, form, _("New special period"))


@require_http_methods(["GET", "POST"])
def period_edit(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a period; what came in before counts as it was."""
    found = _period(request, pk)
    if not _may_keep(request, found):
        raise period_keeping.NotYourPeriod
    said = period_wording.says(found)
    initial = {name: getattr(said, name) for name in PeriodForm.base_fields} | {
        "company": found.company_id
    }
    form = PeriodForm(_typed(request), user=request.user, initial=initial)
    if form.is_valid():
        with refusals.shown(form):
            saved = period_keeping.change(
                period=found, wording=_wording(form), by=request.user, at=clock.now()
            )
            return _saved(request, saved)
    return _page(request, form, found.name)


@require_POST
def period_end(request: DeskRequest, pk: int) -> HttpResponse:
    """Let no ticket that comes from now on belong to a period."""
    found = _period(request, pk)
    period_keeping.end(period=found, by=request.user, at=clock.now())
    messages.success(request, _("“%(name)s” is ended.") % {"name": found.name})
    return redirect("tickets:periods")


def _only_writers(request: DeskRequest) -> None:
    if not limit_keepers.may_write(request.user):
        raise NotAllowed


def _may_keep(request: DeskRequest, period: SpecialPeriod) -> bool:
    return limit_keepers.may_keep(request.user, utility=period.utility, company=period.company)


def _period(request: DeskRequest, pk: int) -> SpecialPeriod:
    _only_writers(request)
    found = limit_keepers.visible_periods(request.user).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _typed(request: DeskRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _wording(form: Any) -> period_wording.Wording:
    return period_wording.Wording(**form.cleaned_data)


def _saved(request: DeskRequest, saved: SpecialPeriod) -> HttpResponse:
    messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
    return redirect("tickets:periods")


def _page(request: DeskRequest, form: Any, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": reverse("tickets:periods")}
    return render(request, "form_page.html", context, status=refusals.status(form))
