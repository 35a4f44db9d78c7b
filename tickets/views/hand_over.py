"""Hand-over of a shift or for an absence: make a list, look at it, sign, refuse, take back (page)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.models import Staff
from servicedesk import refusals
from servicedesk.lib import clock, paging
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import handing_over, held_work, successors
from tickets.forms.hand_over import HandOverForm, RefusalForm
from tickets.models import HandOver, Ticket
from tickets.views import moving

PAGE = 25


@require_safe
def lists(request: DeskRequest) -> HttpResponse:
    """What waits for one's signature, and every list that concerns one, newest first."""
    known = HandOver.objects.visible_to(request.user).for_list()
    page = paging.newest_first(known, request.GET.get("before"), PAGE)
    context = {
        "to_sign": known.waiting().filter(successor=request.user), "page": page,
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "tickets/hand_overs.html", context)


@require_http_methods(["GET", "POST"])
def make(request: DeskRequest) -> HttpResponse:
    """All that the giver holds, to be given to a successor; `?of=` names another giver."""
    giver = _giver(request)
    everything = held_work.of(giver)
    held = held_work.shown_to(request.user, everything)
    form = HandOverForm(moving.typed(request), giver=giver, by=request.user, held=held)
    if form.is_valid():
        with refusals.shown(form):
            typed = form.cleaned_data
            made = handing_over.make(
                giver=giver, successor=typed["successor"], ground=typed["ground"],
                pieces=typed["items"], note=typed["note"], by=request.user, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("The list waits for the signature of the successor."))
            return redirect("tickets:hand-over-sheet", pk=made.pk)
    context = {
        "giver": giver, "form": form, "groups": _groups(held, form), "count": len(held),
        "hidden": len(everything) - len(held), "now": clock.now(),
    }  # fmt: skip
    return render(request, "tickets/hand_over.html", context, status=refusals.status(form))


@require_safe
def sheet(request: DeskRequest, pk: int) -> HttpResponse:
    """One list: what is on it, who has it, what became of it."""
    return _sheet(request, _found(request, pk), RefusalForm())


@require_POST
def sign(request: DeskRequest, pk: int) -> HttpResponse:
    """Take everything over; one press."""
    signed = handing_over.sign(
        hand_over=_found(request, pk), by=request.user, at=clock.now()
    )
    left_out = signed.items.exclude(ending="handed").count()
    if left_out:
        messages.warning(request, _("Signed. Some entries were left out; the list says why."))
    else:
        messages.success(request, _("Signed. The work is yours from now on."))
    return redirect("tickets:hand-over-sheet", pk=pk)


@require_POST
def refuse(request: DeskRequest, pk: int) -> HttpResponse:
    """Not take it over, with the reason."""
    found = _found(request, pk)
    form = RefusalForm(request.POST)
    if form.is_valid():
        with refusals.shown(form):
            handing_over.refuse(
                hand_over=found, reason=form.cleaned_data["reason"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Refused. Everything stays with who gave it."))
            return redirect("tickets:hand-over-sheet", pk=pk)
    return _sheet(request, found, form)


@require_POST
def take_back(request: DeskRequest, pk: int) -> HttpResponse:
    """Take an unsigned list back."""
    handing_over.take_back(hand_over=_found(request, pk), by=request.user, at=clock.now())
    messages.success(request, _("Taken back. Nothing was handed over."))
    return redirect("tickets:hand-over-sheet", pk=pk)


def _found(request: DeskRequest, pk: int) -> HandOver:
    found = HandOver.objects.visible_to(request.user).for_list().filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _giver(request: DeskRequest) -> Staff:
    """The person themselves, or the one named whose work they may give; NotVisible otherwise."""
    number = request.GET.get("of", "")
    if not number or number == request.user.staff_number:
        return request.user
    giver = Staff.objects.select_related("unit").filter(staff_number=number).first()
    if giver is None or not successors.may_give_for(request.user, giver):
        raise NotVisible
    return giver


def _groups(held: list[held_work.Held], form: HandOverForm) -> list[dict[str, Any]]:
    """The tickets by duty, each with whether it is marked."""
    marked = set(form["items"].value() or ())
    return [
        {"label": duty.label, "rows": rows}
        for duty in held_work.Duty
        if (rows := [(one, one.key in marked) for one in held if one.duty == duty])
    ]


def _sheet(request: DeskRequest, found: HandOver, form: RefusalForm) -> HttpResponse:
    items = list(
        found.items.select_related("ticket__lead_unit", "ticket__category").order_by("duty", "id")
    )
    ids = {one.ticket_id for one in items}
    seen = Ticket.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True)
    context = {
        "list": found, "items": items, "seen": set(seen), "form": form, "now": clock.now(),
        "may_sign": found.is_waiting and found.successor_id == request.user.pk,
        "may_take_back": found.is_waiting
        and request.user.pk in {found.giver_id, found.made_by_id},
    }  # fmt: skip
    return render(
        request, "tickets/hand_over_sheet.html", context, status=refusals.status(form)
    )
