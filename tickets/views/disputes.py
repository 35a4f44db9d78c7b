"""Disputes between units: the list, and both sides' and the settler's word (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions as authority
from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import disputed, disputing
from tickets.forms import supervision as forms
from tickets.states import Move
from tickets.views import moving


@require_safe
def disputes(request: DeskRequest) -> HttpResponse:
    """Open disputes, those settled within 90 days, and how many each two units had."""
    wanted = (Permission.LEAD_UNIT, Permission.SUPERVISE, Permission.DISPATCH)
    if not any(authority.can(request.user, one) for one in wanted):
        raise NotAllowed
    now = clock.now()
    context = {"disputed": disputed.of(request.user, now), "now": now, "part": "disputes"}
    return render(request, "tickets/disputes.html", context)


@require_http_methods(["GET", "POST"])
def dispute(request: DeskRequest, number: str) -> HttpResponse:
    """A leader's word against another unit."""
    found = moving.of(request, number, Move.DISPUTE)
    form = forms.DisputeForm(moving.typed(request), ticket=found, user=request.user)
    return moving.form(
        request, found, form, Move.DISPUTE.label,
        lambda typed: disputing.open(
            ticket=found, against=typed["against"], matter=typed["reason"],
            by=request.user, at=clock.now(),
        ).ticket,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def answer(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """The other side's word."""
    found = moving.of(request, number, Move.ANSWER_DISPUTE)
    about = disputed.one(request.user, found, pk)
    form = forms.AnswerForm(moving.typed(request))
    return moving.form(
        request, found, form, Move.ANSWER_DISPUTE.label,
        lambda typed: disputing.answer(
            dispute=about, text=typed["reason"], by=request.user, at=clock.now()
        ).ticket,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def settle(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """The ruling, by somebody of neither unit."""
    found = moving.of(request, number, Move.SETTLE_DISPUTE)
    about = disputed.one(request.user, found, pk)
    form = forms.SettleForm(moving.typed(request), dispute=about)
    return moving.form(
        request, found, form, _("Settle the dispute"),
        lambda typed: disputing.settle(
            dispute=about, decided_for=typed["decided_for"], decision=typed["decision"],
            basis=typed["basis"], by=request.user, at=clock.now(),
        ).ticket,
    )  # fmt: skip
