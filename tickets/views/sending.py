"""The moves by which a ticket is given back, passed on, rests, or gets more time (page)."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import (
    adjudication,
    allowances,
    approvals,
    dispatching,
    extension,
    permissions,
    resuming,
    returning,
    sight,
)
from tickets.forms import sending as forms
from tickets.models import Approval, Ticket
from tickets.states import Move
from tickets.views import moving


@require_http_methods(["GET", "POST"])
def give_back(request: DeskRequest, number: str) -> HttpResponse:
    """Return a ticket to the dispatchers; whoever does not lead the unit asks its leader."""
    leads = Permission.LEAD_UNIT in request.user.permissions
    if not leads:
        found = _asking(request, number, Permission.HANDLE)
    else:
        found = moving.of(request, number, Move.RETURN)
    form = forms.ReturnForm(
        moving.typed(request), ticket=found, initial={"version": found.version}
    )
    title = Move.RETURN.label if leads else _("Ask to return it")
    return moving.form(
        request, found, form, title,
        lambda typed: _give_back(request, found, typed) if leads else _ask(
            request, found, Approval.Matter.RETURN, reason=typed["reason"],
            reason_code=typed["reason_code"], proposed_unit=typed["unit"],
        ),
    )  # fmt: skip


def _give_back(request: DeskRequest, found: Ticket, typed: dict[str, Any]) -> Ticket:
    return returning.give_back(
        ticket=found, reason_code=typed["reason_code"], reason=typed["reason"],
        proposed=typed["unit"], version=typed["version"], by=request.user, at=clock.now(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def transfer(request: DeskRequest, number: str) -> HttpResponse:
    """Take a ticket from one unit and send it to another."""
    found = moving.of(request, number, Move.TRANSFER)
    form = forms.TransferForm(
        moving.typed(request), ticket=found, initial={"version": found.version}
    )
    return moving.form(
        request, found, form, Move.TRANSFER.label,
        lambda typed: dispatching.transfer(
            ticket=found, to=typed["unit"], reason=typed["reason"], version=typed["version"],
            by=request.user, at=clock.now(),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def adjudicate(request: DeskRequest, number: str) -> HttpResponse:
    """Rule which unit has a ticket that was returned twice."""
    found = moving.of(request, number, Move.ADJUDICATE)
    form = forms.AdjudicateForm(
        moving.typed(request), ticket=found, initial={"version": found.version}
    )
    return moving.form(
        request, found, form, Move.ADJUDICATE.label,
        lambda typed: adjudication.adjudicate(
            ticket=found, to=typed["unit"], basis=typed["basis"], reason=typed["reason"],
            version=typed["version"], by=request.user, at=clock.now(),
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def suspend(request: DeskRequest, number: str) -> HttpResponse:
    """Ask that the ticket may rest until a review date."""
    found = _asking(request, number, Permission.HANDLE)
    form = forms.SuspendForm(moving.typed(request), days=allowances.rest_days_of(found))
    return moving.form(
        request, found, form, _("Ask to suspend it"),
        lambda typed: _ask(request, found, Approval.Matter.SUSPENSION, **typed),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def resume(request: DeskRequest, number: str) -> HttpResponse:
    """Go on before the review date."""
    found = moving.of(request, number, Move.RESUME)
    form = forms.ResumeForm(moving.typed(request))
    return moving.form(
        request, found, form, Move.RESUME.label,
        lambda typed: resuming.resume(
            ticket=found, reason=typed["reason"], by=request.user, at=clock.now()
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def extend(request: DeskRequest, number: str) -> HttpResponse:
    """Ask for more time for one limit."""
    found = _asking(request, number, Permission.LEAD_UNIT)
    form = forms.ExtendForm(moving.typed(request), clocks=extension.extendable(found))
    return moving.form(
        request, found, form, _("Ask for more time"),
        lambda typed: _ask(request, found, Approval.Matter.EXTENSION, **typed),
    )  # fmt: skip


def _asking(request: DeskRequest, number: str, permission: Permission) -> Ticket:
    """The visible ticket, if the person's role asks for such things of their own unit's work."""
    found = sight.of(request.user, number)
    if permission not in request.user.permissions:
        raise permissions.NotYours
    if not permissions.is_of_the_unit(request.user, found):
        raise permissions.NotYours
    if request.method != "POST":
        permissions.check(request.user, Move.ASK, found)
    return found


def _ask(request: DeskRequest, found: Ticket, matter: str, **wanted: Any) -> Ticket:
    asked = approvals.ask(
        ticket=found, wanted=approvals.Wanted(matter, **wanted), by=request.user, at=clock.now()
    )
    return asked.ticket
