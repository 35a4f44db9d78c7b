"""The presence board (去向牌): where everyone is, whose work lies still, and changing it (page)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation import appointments, permissions, whereabouts
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import presence_board
from tickets.forms.whereabouts import WhereaboutsForm


@require_safe
def board(request: DeskRequest) -> HttpResponse:
    """Everyone of one's company: where they are, since when, until when, and who stands in."""
    now = clock.now()
    asked = request.GET.get("presence", "")
    presence = asked if asked in Staff.Presence.values else ""
    context = {
        "board": presence_board.of(request.user, now, presence), "now": now,
        "presence": Staff.Presence, "asked": presence, "hand_over": reverse("tickets:hand-over"),
    }  # fmt: skip
    return render(request, "tickets/whereabouts.html", context)


@require_http_methods(["GET", "POST"])
def place(request: DeskRequest, pk: int) -> HttpResponse:
    """Say where one is or, as a leader, where one of one's people is."""
    person = _person(request.user, pk)
    if not permissions.may_place(request.user, person):
        raise whereabouts.NotTheirLeader
    form = WhereaboutsForm(
        request.POST if request.method == "POST" else None, of=person,
        is_leader=_is_leader(request.user, person), initial=_initial(person),
    )  # fmt: skip
    if form.is_valid():
        with refusals.shown(form):
            _save(person, form.cleaned_data, request.user, clock.now())
            messages.success(request, _("Saved: %(name)s.") % {"name": person.name})
            return redirect("tickets:whereabouts")
    context = {
        "form": form, "title": _("Where is %(name)s?") % {"name": person.name},
        "about": person.unit.name, "back": reverse("tickets:whereabouts"),
    }  # fmt: skip
    return render(request, "form_page.html", context, status=refusals.status(form))


def _person(user: Staff, pk: int) -> Staff:
    people = Staff.objects.filter(is_active=True, unit__path__startswith=user.unit.company_path)
    found = people.select_related("unit", "deputy").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _is_leader(user: Staff, person: Staff) -> bool:
    """Whether the user sets what a person does not set for themselves."""
    leads = {Permission.LEAD_UNIT, Permission.CONFIGURE} & user.permissions
    return bool(leads) and person.unit.is_within(user.unit)


def _initial(person: Staff) -> dict[str, Any]:
    return {
        "presence": person.presence, "note": person.whereabouts, "back_at": person.back_at,
        "deputy": person.deputy_id, "most_open": person.most_open,
    }  # fmt: skip


def _save(person: Staff, typed: dict[str, Any], by: Staff, at: datetime) -> None:
    """All that was typed, or nothing."""
    with transaction.atomic():
        whereabouts.report(
            of=person, presence=typed["presence"], note=typed["note"], back_at=typed["back_at"],
            by=by, at=at,
        )  # fmt: skip
        if "deputy" in typed:
            appointments.make_deputy(of=person, deputy=typed["deputy"], by=by, at=at)
            appointments.limit_open(of=person, most=typed["most_open"], by=by, at=at)
