"""A customer sees the state of their own case, with its number and query code (page)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk import refusals
from servicedesk.lib import clock
from tickets import lookups, supervision
from tickets.forms import LookupForm
from tickets.forms.supervision import ChaseForm
from tickets.models import Event
from tickets.states import Happening

# What a customer is told of; who did what inside stays inside.
_TOLD = (
    Happening.RECEIVED, Happening.DISPATCHED, Happening.SIGNED, Happening.CONTACTED,
    Happening.ARRIVED, Happening.DONE, Happening.CLOSED, Happening.REOPENED,
    Happening.RESOLVED_ON_THE_SPOT, Happening.REFERRED, Happening.REFUSED, Happening.WITHDRAWN,
    Happening.BOOKED, Happening.DISCLOSED,
)  # fmt: skip


@login_not_required
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """The form, or what has become of the case in plain words."""
    form = LookupForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "now": clock.now()}
    if form.is_valid():
        with refusals.shown(form):
            ticket = lookups.look_up(by=None, at=clock.now(), **form.cleaned_data)
            events = Event.objects.filter(ticket=ticket, code__in=_TOLD).order_by("id")
            chase = ChaseForm(initial=form.cleaned_data)
            context |= {"ticket": ticket, "events": events, "chase": chase}
            return render(request, "tickets/status.html", context)
    return render(request, "tickets/status.html", context, status=refusals.status(form))


@login_not_required
@require_POST
def chase(request: HttpRequest) -> HttpResponse:
    """The customer asks again; number and code are checked anew, wrong ones held back."""
    form = ChaseForm(request.POST)
    context = {"form": LookupForm(), "now": clock.now()}
    if form.is_valid():
        with refusals.shown(form):
            context["chased"] = supervision.urge_by_customer(
                by=None, at=clock.now(), **form.cleaned_data
            )
            return render(request, "tickets/status_chased.html", context)
    context["refused"] = form
    return render(request, "tickets/status_chased.html", context, status=refusals.status(form))
