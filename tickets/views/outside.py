"""Refer outside, refuse with reasons (page)."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import ending, owed, referring, refusing
from tickets.forms.outside import ReferForm, RefuseForm
from tickets.models import Ticket
from tickets.states import Move
from tickets.views import moving

_HANDED = ("body", "contact", "their_number", "taken_over_by", "taken_over_at")


@require_http_methods(["GET", "POST"])
def refer(request: DeskRequest, number: str) -> HttpResponse:
    """Hand what is not ours to the body that answers for it, and stay on."""
    found = moving.of(request, number, Move.REFER)
    form = ReferForm(
        moving.typed(request), ticket=found, has_helpers=owed.co_tasks(found).exists(),
        initial={"version": found.version},
    )  # fmt: skip
    return moving.form(
        request, found, form, Move.REFER.label, lambda typed: _refer(request, found, typed)
    )


def _refer(request: DeskRequest, ticket: Ticket, typed: dict[str, Any]) -> Ticket:
    told = ending.Told(typed["answer"], typed["is_customer_told"], typed["no_reply_reason"])
    return referring.refer(
        ticket=ticket, handed=referring.Handed(**{name: typed[name] for name in _HANDED}),
        told=told, check_at=typed["check_at"], version=typed["version"],
        unfinished_reason=typed["unfinished_reason"],
        by=request.user, at=clock.now(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def refuse(request: DeskRequest, number: str) -> HttpResponse:
    """Refuse what cannot be granted, with reason and basis."""
    found = moving.of(request, number, Move.REFUSE)
    form = RefuseForm(
        moving.typed(request), has_helpers=owed.co_tasks(found).exists(),
        initial={"version": found.version},
    )  # fmt: skip
    return moving.form(
        request, found, form, Move.REFUSE.label,
        lambda typed: refusing.refuse(ticket=found, by=request.user, at=clock.now(), **typed),
    )  # fmt: skip
