"""The duty roster (值班表) of the coming week (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assignment import duty_roster
from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest


@require_safe
def roster(request: DeskRequest) -> HttpResponse:
    """Who is on duty for which unit of one's company, now and in the seven days to come."""
    now = clock.now()
    duties = duty_roster.coming_week(request.user.unit.company_path, now)
    return render(request, "assignment/roster.html", {"duties": duties, "now": now})
