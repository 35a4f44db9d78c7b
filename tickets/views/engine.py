"""Whether the deadline engine is on time: the chip on every page and the health page (page)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import engine_health


@require_safe
def chip(request: DeskRequest) -> HttpResponse:
    """The small sign in the top bar; answered without touching the session."""
    return render(request, "tickets/_engine_chip.html", {"health": engine_health.now(clock.now())})


@require_safe
def health(request: DeskRequest) -> HttpResponse:
    """The engine, the relay, what waits and what was given up, in words."""
    return render(request, "tickets/engine.html", {"health": engine_health.now(clock.now())})


@login_not_required
@require_safe
def healthz(request: DeskRequest) -> JsonResponse:
    """200 while deadlines fire and messages leave on time, else 503; for monitors."""
    found = engine_health.now(clock.now())
    body = {"is_well": found.is_well, "troubles": sorted(found.troubles)}
    return JsonResponse(body, status=200 if found.is_well else 503)
