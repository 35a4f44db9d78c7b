"""After the second unsatisfied answer: handle again, or the final response (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from surveys import decisions, outlook, permissions
from surveys.forms import DecisionForm
from tickets import sight


@require_http_methods(["GET", "POST"])
def decide(request: DeskRequest, number: str) -> HttpResponse:
    """The answers so far, the choice and its grounds."""
    ticket = sight.of(request.user, number)
    if not permissions.may_decide(request.user, ticket):
        raise NotAllowed
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        with refusals.shown(form):
            decisions.decide(ticket=ticket, by=request.user, at=clock.now(), **form.cleaned_data)
            messages.success(request, _("The decision is recorded."))
            return redirect("tickets:ticket", number=ticket.number)
    box = outlook.box(ticket, request.user)
    context = {"ticket": ticket, "form": form, "box": box, "now": clock.now()}
    return render(request, "surveys/decide.html", context, status=refusals.status(form))
