"""What the first-asked tracker promised: their list, a promised update, the word that the customer
was told (page)."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.htmx import DeskRequest
from tickets import promising, telling, worklists
from tickets.forms.telling import ConfirmForm, PromiseForm
from tickets.models import Ticket
from tickets.states import Move
from tickets.views import moving

PAGE = 25


@require_safe
def promised(request: DeskRequest) -> HttpResponse:
    """Every open ticket the person answers for to the customer, whoever handles it; missed
    promises first."""
    tabs = worklists.promised(request.user)
    chosen = next((tab for tab in tabs if tab.code == request.GET.get("tab")), tabs[0])
    rows = chosen.tickets.for_worklist()
    page = paging.by_instant(rows, "next_update_at", request.GET.get("after"), PAGE)
    context = {"tabs": tabs, "chosen": chosen, "page": page, "now": clock.now()}
    return htmx.page_or_fragment(
        request, "tickets/promised.html", "tickets/_promised.html", context
    )


@require_http_methods(["GET", "POST"])
def promise(request: DeskRequest, number: str) -> HttpResponse:
    """Promise the customer an update."""
    found = moving.of(request, number, Move.PROMISE_UPDATE)
    form = PromiseForm(moving.typed(request), initial={"means": "phone"})
    return moving.form(
        request, found, form, Move.PROMISE_UPDATE.label,
        lambda typed: promising.promise_update(
            ticket=found, by=request.user, at=clock.now(), **typed
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def confirm(request: DeskRequest, number: str) -> HttpResponse:
    """Confirm that the customer was told, or say why not."""
    found = moving.of(request, number, Move.CONFIRM_TOLD)
    is_tracker = found.tracker_id == request.user.pk
    form = ConfirmForm(
        moving.typed(request), is_tracker=is_tracker, initial={"means": "phone"}
    )
    return moving.form(
        request, found, form, Move.CONFIRM_TOLD.label, lambda typed: _say(request, found, typed)
    )


def _say(request: DeskRequest, ticket: Ticket, typed: dict[str, Any]) -> Ticket:
    word: dict[str, Any] = {"ticket": ticket, "by": request.user, "at": clock.now()}
    if typed.get("is_told"):
        return telling.confirm(means=typed["means"], note=typed["note"], **word)
    return telling.excuse(why_not=typed["why_not"], **word)
