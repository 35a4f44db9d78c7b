"""The dispatch board (派单台): what waits for a unit, one by one or many at once (page)."""

from dataclasses import dataclass

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions
from organisation.models import Staff, Unit
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.errors import DeskError, NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import board as boards
from tickets import dispatching
from tickets import permissions as tickets_permissions
from tickets.forms.sending import BulkDispatchForm
from tickets.models import Ticket

PAGE = 25
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Outcome:
    """What became of one row of a bulk dispatch; `refusal` is empty where it was sent."""

    ticket: Ticket
    unit: Unit
    refusal: str


@require_safe
def board(request: DeskRequest) -> HttpResponse:
    """One part of the board, in the order of the clock that is due."""
    _only_dispatchers(request.user)
    part = request.GET.get("part", "")
    part = part if part in boards.PARTS else boards.PARTS[0]
    page = paging.by_instant(
        boards.part(request.user, part), "clock_due_at", request.GET.get("after"), PAGE
    )
    context = {
        "part": part,
        "page": page,
        "entries": boards.entries(page.rows),
        "counts": boards.counts(request.user),
        "may_adjudicate": tickets_permissions.may_adjudicate(request.user),
        "now": clock.now(),
    }
    return htmx.page_or_fragment(request, "tickets/board.html", "tickets/_board.html", context)


@require_http_methods(["GET", "POST"])
def bulk(request: DeskRequest) -> HttpResponse:
    """The chosen tickets with the unit proposed for each; sent, one result for each."""
    _only_dispatchers(request.user)
    query = request.POST if request.method == "POST" else request.GET
    chosen = boards.part(request.user, "waiting").filter(number__in=query.getlist("t")[:MOST_AT_ONCE])
    entries = boards.entries(list(chosen.order_by(F("clock_due_at").asc(nulls_last=True), "pk")))
    if not entries:
        return redirect("tickets:board")
    units = Unit.objects.handling().filter(path__startswith=request.user.scope_path)
    typed = request.POST if request.method == "POST" else None
    form = BulkDispatchForm(typed, entries=entries, units=list(units.order_by("path")))
    context = {"form": form, "now": clock.now()}
    if form.is_valid():
        context["outcomes"] = [_send(request.user, *row) for row in form.chosen()]
        return render(request, "tickets/board_done.html", context)
    return render(request, "tickets/board_bulk.html", context, status=refusals.status(form))


def _send(user: Staff, ticket: Ticket, unit: Unit, version: int) -> Outcome:
    try:
        dispatching.dispatch(ticket=ticket, to=unit, version=version, by=user, at=clock.now())
    except DeskError as refusal:
        return Outcome(ticket, unit, str(refusal))
    return Outcome(ticket, unit, "")


def _only_dispatchers(user: Staff) -> None:
    if not permissions.can(user, Permission.DISPATCH):
        raise NotAllowed
