"""Requests that wait for one's decision (审批) (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import approvals, pending
from tickets.forms.sending import DecideForm
from tickets.models import Approval
from tickets.views import moving

# Whoever may decide at least one sort of request.
DECIDING = frozenset(
    {Permission.LEAD_UNIT, Permission.SUPERVISE, Permission.DISPATCH, Permission.CALL_BACK}
)
_MOST = 200


@require_safe
def waiting(request: DeskRequest) -> HttpResponse:
    """What others ask for and this person decides, the oldest first."""
    if not DECIDING & request.user.permissions:
        raise NotAllowed
    found = pending.shown(pending.waiting_for(request.user))[:_MOST]
    context = {"waiting": list(found), "now": clock.now()}
    return render(request, "tickets/approvals.html", context)


@require_http_methods(["GET", "POST"])
def decide(request: DeskRequest, pk: int) -> HttpResponse:
    """One request: what is asked, by whom and why; granted or refused with a note."""
    asked = pending.of(request.user, pk)
    if not asked.is_open:
        raise approvals.AlreadyDecided
    form = DecideForm(moving.typed(request))
    if form.is_valid():
        with refusals.shown(form):
            _carry_out(asked, form, request.user)
            messages.success(request, _("Decided. Whoever asked has been told."))
            return redirect("tickets:approvals")
    context = {"asked": asked, "ticket": asked.ticket, "form": form, "now": clock.now()}
    return render(request, "tickets/approval.html", context, status=refusals.status(form))


def _carry_out(asked: Approval, form: DecideForm, by: Staff) -> None:
    verb = approvals.grant if form.cleaned_data["verdict"] == "grant" else approvals.refuse
    verb(approval=asked, note=form.cleaned_data["note"], by=by, at=clock.now())
