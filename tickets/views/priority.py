"""Change the priority or the level of a ticket, with a reason (page)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import weighing
from tickets.forms.reclassifying import PriorityForm
from tickets.states import Move
from tickets.views import moving


@require_http_methods(["GET", "POST"])
def priority(request: DeskRequest, number: str) -> HttpResponse:
    """How urgent and how grave the ticket is, and why that is changed."""
    found = moving.of(request, number, Move.SET_PRIORITY)
    initial = {"version": found.version, "priority": found.priority, "level": found.level}
    return moving.form(
        request, found, PriorityForm(moving.typed(request), initial=initial),
        Move.SET_PRIORITY.label,
        lambda typed: weighing.change(ticket=found, by=request.user, at=clock.now(), **typed),
    )  # fmt: skip
