"""The limits in force, with their sources and doubts (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import policies, previews


@require_safe
def limits(request: DeskRequest) -> HttpResponse:
    """Every policy in force for the service lines of one's company, clock by clock."""
    found = policies.shown(previews.utilities(request.user), clock.now())
    return render(request, "tickets/limits.html", {"policies": found})
