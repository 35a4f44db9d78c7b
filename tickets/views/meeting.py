"""The liaisons' meeting: the stuck cases, printed or on screen, and what is decided (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions
from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import meetings, office_days, sight, stuck
from tickets.forms.supervision import DecisionForm
from tickets.views import moving

_DAYS = 3


@require_safe
def meeting(request: DeskRequest) -> HttpResponse:
    """The stuck tickets of each company the person may see, with why, since when and whose."""
    _check(request)
    now = clock.now()
    context = {"agendas": stuck.agendas(request.user, now), "now": now, "part": "meeting"}
    return render(request, "tickets/meeting.html", context)


@require_http_methods(["GET", "POST"])
def decide(request: DeskRequest, number: str) -> HttpResponse:
    """Record what the meeting decided about one case."""
    found = sight.of(request.user, number)
    _check(request)
    initial = {"unit": found.lead_unit_id, "due_at": office_days.after(clock.now(), _DAYS)}
    form = DecisionForm(moving.typed(request), ticket=found, initial=initial)
    return moving.form(
        request, found, form, _("Decision of the meeting"),
        lambda typed: meetings.decide(
            ticket=found, text=typed["reason"], unit=typed["unit"], due_at=typed["due_at"],
            by=request.user, at=clock.now(),
        ).ticket,
    )  # fmt: skip


def _check(request: DeskRequest) -> None:
    may_lead = permissions.can(request.user, Permission.LEAD_UNIT)
    if not (may_lead or permissions.can(request.user, Permission.SUPERVISE)):
        raise NotAllowed
