"""The box on the ticket page: what the customer said (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from surveys import outlook
from tickets import sight


@require_safe
def of_ticket(request: DeskRequest, number: str) -> HttpResponse:
    """The customer's word on a visible ticket, as a fragment."""
    ticket = sight.of(request.user, number)
    context = {
        "ticket": ticket,
        "box": outlook.box(ticket, request.user),
        "now": clock.now(),
    }
    return render(request, "surveys/_box.html", context)
