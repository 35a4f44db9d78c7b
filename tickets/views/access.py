"""Who may read a confidential report, whom it is about, and who opened it (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation import permissions as authority
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock, paging
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import access_log, confidence, permissions, sight
from tickets.forms import AccusedForm, ReaderForm
from tickets.models import Ticket
from tickets.states import Move
from tickets.views import moving

PAGE = 100


@require_http_methods(["GET", "POST"])
def access(request: DeskRequest, number: str) -> HttpResponse:
    """The readers and the access log of one report; sent, one more reader is named."""
    found = _report(request, number)
    form = ReaderForm(moving.typed(request), ticket=found, user=request.user)
    if form.is_valid():
        with refusals.shown(form):
            confidence.name_reader(
                ticket=found, by=request.user, at=clock.now(), **form.cleaned_data
            )
            messages.success(request, _("Named, on record."))
            return redirect("tickets:access", number=number)
    context = {
        "ticket": found, "form": form, "access": access_log.of(found), "now": clock.now(),
        "may_change": authority.can(request.user, Permission.SEE_CONFIDENTIAL),
    }  # fmt: skip
    return render(request, "tickets/access.html", context, status=refusals.status(form))


@require_POST
def dismiss(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """End the access of a named reader."""
    found = _report(request, number)
    staff = Staff.objects.filter(pk=pk).first()
    if staff is None:
        raise NotVisible
    confidence.dismiss_reader(ticket=found, staff=staff, by=request.user, at=clock.now())
    messages.success(request, _("The access has ended."))
    return redirect("tickets:access", number=number)


@require_http_methods(["GET", "POST"])
def accused(request: DeskRequest, number: str) -> HttpResponse:
    """Say whom the report is about: it is kept from them from then on."""
    found = _report(request, number)
    form = AccusedForm(
        moving.typed(request), ticket=found, user=request.user,
        initial={"unit": found.accused_unit_id},
    )  # fmt: skip
    return moving.form(
        request, found, form, Move.NAME_ACCUSED.label,
        lambda typed: confidence.name_accused(
            ticket=found, by=request.user, at=clock.now(), **typed
        ),
    )  # fmt: skip


@require_safe
def readings(request: DeskRequest) -> HttpResponse:
    """Every look at a confidential report, for those who watch over them."""
    if not authority.can(request.user, Permission.READ_ACCESS_LOG):
        raise NotAllowed
    found = access_log.readings_for(request.user, request.GET.get("who", "")[:30])
    page = paging.newest_first(found, request.GET.get("before"), PAGE)
    context = {"page": page, "who": request.GET.get("who", ""), "now": clock.now()}
    return render(request, "tickets/readings.html", context)


def _report(request: DeskRequest, number: str) -> Ticket:
    """The visible confidential report, for those with eyes for them; NotVisible for others."""
    found = sight.of(request.user, number)
    permissions.check_role(request.user, Move.NAME_READER)
    if not found.is_confidential:
        raise NotVisible
    return found
