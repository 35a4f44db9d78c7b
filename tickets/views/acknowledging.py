"""Escalations that call the person, and acknowledging them (page)."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation.models import Staff
from servicedesk.lib import clock, htmx
from servicedesk.lib.htmx import DeskRequest
from tickets import acknowledging, unacknowledged
from tickets.forms.acknowledging import AcknowledgeForm
from tickets.models import Ticket
from tickets.states import Move
from tickets.views import moving


@require_safe
def calls(request: DeskRequest) -> HttpResponse:
    """Everything that was escalated to the person and waits for their word, the longest first."""
    context = {"calls": unacknowledged.of_person(request.user), "now": clock.now()}
    return htmx.page_or_fragment(request, "tickets/calls.html", "tickets/_calls.html", context)


@require_http_methods(["GET", "POST"])
def acknowledge(request: DeskRequest, number: str) -> HttpResponse:
    """Say what one will do about what was escalated; the reminders stop."""
    found = moving.of(request, number, Move.ACKNOWLEDGE, _only_who_is_called)
    return moving.form(
        request, found, AcknowledgeForm(moving.typed(request)), _("Acknowledge the escalation"),
        lambda typed: acknowledging.acknowledge(
            ticket=found, note=typed["note"], by=request.user, at=clock.now()
        ),
        beside={
            "called": unacknowledged.of_ticket(found), "above": "tickets/_called.html",
            "now": clock.now(),
        },
    )  # fmt: skip


def _only_who_is_called(user: Staff, ticket: Ticket) -> None:
    if not unacknowledged.has_called(user, ticket):
        raise acknowledging.NotCalled
