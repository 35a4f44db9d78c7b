"""A customer withdraws: record what was heard; the number for the call that confirms it (page)."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk.lib import clock, htmx
from servicedesk.lib.htmx import DeskRequest
from tickets import approvals, requests_open, sight, withdrawing
from tickets.forms.outside import WithdrawForm
from tickets.models import Approval
from tickets.states import Move
from tickets.views import moving

MATTER = Approval.Matter.WITHDRAWAL


@require_http_methods(["GET", "POST"])
def ask(request: DeskRequest, number: str) -> HttpResponse:
    """What the customer said when they wanted to withdraw."""
    found = moving.of(request, number, Move.ASK)
    return moving.form(
        request, found, WithdrawForm(moving.typed(request)), MATTER.label,
        lambda typed: approvals.ask(
            ticket=found, by=request.user, at=clock.now(),
            wanted=approvals.Wanted(matter=MATTER, reason=typed["reason"]),
        ).ticket,
    )  # fmt: skip


@require_POST
def number_to_call(request: DeskRequest, number: str) -> HttpResponse:
    """The number to call the customer on; the look is logged."""
    found = sight.of(request.user, number)
    asked = requests_open.of(found, MATTER)
    shown = withdrawing.number_to_call(approval=asked, by=request.user, at=clock.now())
    context = {"ticket": found, "phone": shown, "asked": asked}
    return htmx.page_or_fragment(
        request, "tickets/number_to_call.html", "tickets/_number_to_call.html", context
    )
