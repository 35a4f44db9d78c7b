"""The callback desk: whom to ring, in the order it must be done (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisation import permissions as authority
from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from surveys import calling, outlook, plans

_SHOWN = 50


@require_safe
def desk(request: DeskRequest) -> HttpResponse:
    """The person's open callbacks; for supervisors also what waits for their decision."""
    may_supervise = authority.can(request.user, Permission.SUPERVISE)
    if not (authority.can(request.user, Permission.CALL_BACK) or may_supervise):
        raise NotAllowed
    now = clock.now()
    hours = plans.hours(plans.in_force())
    context = {
        "tasks": outlook.tasks(request.user, now, _SHOWN),
        "decisions": outlook.to_decide(request.user)[:_SHOWN] if may_supervise else [],
        "is_calling_time": calling.is_calling_time(now, hours),
        "hours": hours,
        "now": now,
    }
    return render(request, "surveys/desk.html", context)
