"""The ticket page and the moves of those who steer: dispatch, review, reopen (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions as authority
from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import (
    dispatching,
    dossier,
    forms,
    identity,
    lifecycle,
    lookup_codes,
    permissions,
    reference_numbers,
    showing,
    sight,
    unacknowledged,
)
from tickets.states import Move
from tickets.views import moving


@require_safe
def ticket(request: DeskRequest, number: str) -> HttpResponse:
    """Everything about one ticket: the next step, the three people, the clocks, the history."""
    found = sight.of(request.user, number)
    now = clock.now()
    called = unacknowledged.of_ticket(found)
    context = {
        "ticket": found,
        "called": called,
        "is_called": unacknowledged.calls(request.user, called),
        "moves": {move.value for move in permissions.open_moves(request.user, found)},
        "asked": identity.of(found, request.user),
        "may_see_access": found.is_confidential
        and authority.can(request.user, Permission.SEE_CONFIDENTIAL),
        "now": now,
        **dossier.of(found, request.user, now),
    }
    return render(request, "tickets/ticket.html", context)


@require_safe
def slip(request: DeskRequest, number: str) -> HttpResponse:
    """The slip for the customer: number, query code and promised time. For who logged it."""
    found = sight.just_logged(request.user, number, clock.now())
    if not authority.can(request.user, Permission.LOG_TICKET):
        raise NotAllowed
    context = {
        "ticket": found,
        "code": lookup_codes.of(found.number),
        "spoken": reference_numbers.spoken(found.number, get_language() or "en"),
    }
    return render(request, "tickets/slip.html", context)


@require_http_methods(["GET", "POST"])
def phone(request: DeskRequest, number: str) -> HttpResponse:
    """Number, name and address given at intake: for whoever must speak with the customer now, for
    others with a reason; either is logged."""
    found = sight.of(request.user, number)
    asked = identity.of(found, request.user)
    needs = not asked.is_withheld and identity.needs_contact(found, request.user)
    if asked.is_withheld or not (needs or authority.can(request.user, Permission.REVEAL_NUMBER)):
        raise NotAllowed

    def show(form: forms.ReasonForm) -> HttpResponse:
        showing.show(
            ticket=found, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        )
        context = {"ticket": found, "asked": identity.in_full(found)}
        return render(request, "tickets/phone.html", context)

    form = forms.ReasonForm(moving.typed(request))
    form.fields["reason"].required = not needs
    return moving.answer(request, found, form, _("Show in full"), show)


@require_http_methods(["GET", "POST"])
def dispatch(request: DeskRequest, number: str) -> HttpResponse:
    """Send a new ticket to a unit."""
    found = moving.of(request, number, Move.DISPATCH)
    form = forms.DispatchForm(
        moving.typed(request), ticket=found, initial={"version": found.version}
    )
    return moving.form(
        request, found, form, Move.DISPATCH.label,
        lambda typed: dispatching.dispatch(
            ticket=found, to=typed["unit"], version=typed["version"],
            by=request.user, at=clock.now(),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def reassign(request: DeskRequest, number: str) -> HttpResponse:
    """Give a ticket to a colleague of the same unit."""
    found = moving.of(request, number, Move.REASSIGN)
    form = forms.ReassignForm(moving.typed(request), ticket=found)
    return moving.form(
        request, found, form, Move.REASSIGN.label,
        lambda typed: dispatching.reassign(
            ticket=found, to=typed["to"], reason=typed["reason"],
            by=request.user, at=clock.now(),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def review(request: DeskRequest, number: str) -> HttpResponse:
    """Find the unit's result sound, or send it back."""
    found = moving.of(request, number, Move.APPROVE)
    form = forms.ReviewForm(moving.typed(request), initial={"version": found.version})
    return moving.form(
        request, found, form, _("Review"), lambda typed: _judge(request, found, typed)
    )


def _judge(request: DeskRequest, found, typed):  # type: ignore[no-untyped-def]
    verdict = {"ticket": found, "version": typed["version"], "by": request.user, "at": clock.now()}
    if typed["verdict"] == "approve":
        return lifecycle.approve(**verdict)
    return lifecycle.reject(reason=typed["reason"], **verdict)


@require_http_methods(["GET", "POST"])
def cancel(request: DeskRequest, number: str) -> HttpResponse:
    """Take out a double or a test."""
    found = moving.of(request, number, Move.CANCEL)
    return moving.form(
        request, found, forms.ReasonForm(moving.typed(request)), Move.CANCEL.label,
        lambda typed: lifecycle.cancel(
            ticket=found, reason=typed["reason"], by=request.user, at=clock.now()
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def reopen(request: DeskRequest, number: str) -> HttpResponse:
    """Take a closed matter up again under its own number."""
    found = moving.of(request, number, Move.REOPEN)
    return moving.form(
        request, found, forms.ReasonForm(moving.typed(request)), Move.REOPEN.label,
        lambda typed: lifecycle.reopen(
            ticket=found, reason=typed["reason"], supervisor=None,
            by=request.user, at=clock.now(),
        ),
    )  # fmt: skip
