"""The moves of those who do the work: sign, contact, arrive, report done (page)."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import contact as contacts
from tickets import dispatching, family, forms, lifecycle, owed, sight
from tickets.states import Move
from tickets.views import moving


@require_POST
def accept(request: DeskRequest, number: str) -> HttpResponse:
    """Sign for a ticket; one press."""
    found = sight.of(request.user, number)
    dispatching.accept(ticket=found, by=request.user, at=clock.now())
    messages.success(request, _("Signed for. You are its lead handler now."))
    return redirect("tickets:ticket", number=number)


@require_http_methods(["GET", "POST"])
def contact(request: DeskRequest, number: str) -> HttpResponse:
    """Record an attempt to reach the customer."""
    found = moving.of(request, number, Move.CONTACT)
    form = forms.ContactForm(moving.typed(request), initial={"means": "phone"})
    return moving.form(
        request, found, form, Move.CONTACT.label,
        lambda typed: contacts.record(ticket=found, by=request.user, at=clock.now(), **typed),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def arrive(request: DeskRequest, number: str) -> HttpResponse:
    """Record arrival on site."""
    found = moving.of(request, number, Move.ARRIVE)
    return moving.form(
        request, found, forms.ArriveForm(moving.typed(request)), Move.ARRIVE.label,
        lambda typed: contacts.arrive(ticket=found, by=request.user, at=clock.now(), **typed),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def done(request: DeskRequest, number: str) -> HttpResponse:
    """Report the work done."""
    found = moving.of(request, number, Move.REPORT_DONE, owed.check_lead_answers)
    helping = list(owed.co_tasks(found).select_related("unit"))
    form = forms.DoneForm(
        moving.typed(request), has_helpers=bool(helping), initial={"version": found.version}
    )

    def act(valid: Form) -> HttpResponse:
        lifecycle.report_done(
            ticket=found, by=request.user, at=clock.now(), **valid.cleaned_data
        )
        messages.success(request, _("Saved: %(title)s.") % {"title": Move.REPORT_DONE.label})
        if family.waiting_for(found).exists():
            return redirect("tickets:children", number=number)
        return redirect(moving.back(request, found))

    beside = {"above": "tickets/_helping.html", "helping": helping, "now": clock.now()}
    return moving.answer(request, found, form, Move.REPORT_DONE.label, act, beside)
