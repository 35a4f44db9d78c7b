"""The staff of one's company: what each holds, deactivate, bring back, move (page)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions as authority
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock, paging
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import held_work, leaving
from tickets.forms.base import DeskForm
from tickets.forms.staff import MoveForm, PostForm
from tickets.views import moving

PAGE = 100


@require_safe
def staff(request: DeskRequest) -> HttpResponse:
    """Everybody of the company, the inactive too, newest first; found by number or name."""
    words = request.GET.get("q", "").strip()[:80].replace("\x00", "")
    people = _people(request)
    if words:
        people = people.filter(
            Q(staff_number__istartswith=words)
            | Q(name_zh__icontains=words) | Q(name_en__icontains=words)
        )  # fmt: skip
    page = paging.newest_first(people, request.GET.get("before"), PAGE)
    return render(request, "tickets/staff.html", {"page": page, "words": words})


@require_safe
def person(request: DeskRequest, pk: int) -> HttpResponse:
    """What one person holds, and what became of their post."""
    found, now = _found(request, pk), clock.now()
    counts = held_work.counts(found)
    context = {
        "person": found, "now": now, "elsewhere": held_work.elsewhere(found, now),
        "counts": [(duty.label, count) for duty, count in counts.items() if count],
        "postings": found.postings.select_related("by", "from_unit", "to_unit").order_by("-pk"),
    }  # fmt: skip
    return render(request, "tickets/person.html", context)


@require_http_methods(["GET", "POST"])
def deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """The person leaves."""
    return _change(request, pk, PostForm, gettext_lazy("Deactivate"), leaving.deactivate)


@require_http_methods(["GET", "POST"])
def reactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """The person is back."""
    return _change(request, pk, PostForm, gettext_lazy("Reactivate"), leaving.reactivate)


@require_http_methods(["GET", "POST"])
def move(request: DeskRequest, pk: int) -> HttpResponse:
    """The person goes to another unit."""

    def form(data: Any = None) -> MoveForm:
        return MoveForm(data, person=_found(request, pk), by=request.user)

    return _change(request, pk, form, gettext_lazy("Move to another unit"), leaving.move)


def _people(request: DeskRequest) -> Any:
    if not authority.can(request.user, Permission.CONFIGURE):
        raise NotAllowed
    people = Staff.objects.filter(unit__path__startswith=request.user.scope_path)
    return people.select_related("unit", "deputy")


def _found(request: DeskRequest, pk: int) -> Staff:
    found: Staff | None = _people(request).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _change(
    request: DeskRequest, pk: int, make_form: Callable[[Any], DeskForm], title: Promise,
    verb: Callable[..., Staff],
) -> HttpResponse:
    """The form of one change; once it has been made, back to the person."""
    found, at = _found(request, pk), clock.now()
    form = make_form(moving.typed(request))
    if form.is_valid():
        with refusals.shown(form):
            _do(verb, found, form, request, at)
            messages.success(request, _("Saved: %(title)s.") % {"title": title})
            return redirect("tickets:person", pk=pk)
    context = {"person": found, "form": form, "title": title}
    return render(request, "tickets/person_change.html", context, status=refusals.status(form))


def _do(
    verb: Callable[..., Staff], person: Staff, form: DeskForm, request: DeskRequest, at: datetime
) -> None:
    verb(person=person, by=request.user, at=at, **form.cleaned_data)
