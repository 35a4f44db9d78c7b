"""Whether the deadline engine is on time: the chip and the banner on every page, the health page
(page)."""

from collections import Counter

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import engine_health


@require_safe
def chip(request: DeskRequest) -> HttpResponse:
    """The small sign in the top bar and, while the engine is late, the red banner for everybody who
    has work here; one statement beside the session's."""
    has_work = bool(request.user.permissions - {Permission.READ_REPORTS})
    context = {"health": engine_health.now(clock.now()), "has_work": has_work}
    # Without the request, for the rail of a page counts more than all of this costs.
    return HttpResponse(render_to_string("tickets/_engine_chip.html", context))


@require_safe
def health(request: DeskRequest) -> HttpResponse:
    """The engine, the relay, each copy of them, what waits and what was given up, in words."""
    now = clock.now()
    context = {
        "health": engine_health.now(now), "copies": engine_health.copies(now),
        "given_up": engine_health.given_up(), "now": now,
    }  # fmt: skip
    return render(request, "tickets/engine.html", context)


@login_not_required
@require_safe
def healthz(request: DeskRequest) -> JsonResponse:
    """200 while deadlines fire and messages leave on time, else 503; for monitors."""
    try:
        now = clock.now()
        found, copies = engine_health.now(now), engine_health.copies(now)
    except Error:
        return JsonResponse({"is_well": False, "troubles": ["database_away"]}, status=503)
    alive = Counter(one.process for one in copies if not one.is_silent)
    body = {"is_well": found.is_well, "troubles": sorted(found.troubles), "copies": alive}
    return JsonResponse(body, status=200 if found.is_well else 503)
