"""Another kind or category: proposed by a reviewer, decided by a supervisor, listed for all who
judge (page)."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from organisation.roles import Permission
from servicedesk.lib import clock, paging
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import approvals, kinds, permissions, requests_open, sight
from tickets.forms.reclassifying import ReclassifyForm
from tickets.models import Approval
from tickets.states import Move
from tickets.views import moving

MATTER = Approval.Matter.RECLASSIFICATION
PAGE = 50
_READERS = frozenset({Permission.REVIEW, Permission.SUPERVISE})
_YEAR = timedelta(days=365)


@require_safe
def reclassifications(request: DeskRequest) -> HttpResponse:
    """Every change of kind in one's scope, the proposals that wait on top."""
    if not request.user.permissions & _READERS:
        raise NotAllowed
    now, kind = clock.now(), request.GET.get("kind", "")
    only = request.GET.get("part") != "all"
    found = requests_open.reclassified(request.user, kind=kind, only_downgrades=only)
    context = {
        "waiting": requests_open.waiting(request.user, MATTER),
        "page": paging.newest_first(found, request.GET.get("before"), PAGE),
        "counts": requests_open.counted(request.user, now - _YEAR),
        "kinds": kinds.FROM_CUSTOMERS, "kind": kind, "only_downgrades": only, "now": now,
        "may_decide": Permission.SUPERVISE in request.user.permissions,
    }  # fmt: skip
    return render(request, "tickets/reclassifications.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: DeskRequest, number: str) -> HttpResponse:
    """As what the matter should have been filed, and why."""
    found = sight.of(request.user, number)
    if Permission.REVIEW not in request.user.permissions:
        raise permissions.NotYours
    form = ReclassifyForm(
        moving.typed(request), ticket=found,
        initial={"new_kind": found.kind, "new_category": found.category_id},
    )  # fmt: skip
    return moving.form(
        request, found, form, Move.RECLASSIFY.label,
        lambda typed: approvals.ask(
            ticket=found, wanted=approvals.Wanted(matter=MATTER, **typed), by=request.user,
            at=clock.now(),
        ).ticket,
    )  # fmt: skip
