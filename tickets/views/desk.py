"""The intake console: log what a customer asks, at the counter or on the telephone (page)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers import disclosure, identification
from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission, Role
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import intake as intakes
from tickets import kinds, previews
from tickets.forms import ChosenForm, IntakeForm
from tickets.models import Ticket


@require_http_methods(["GET", "POST"])
def intake(request: DeskRequest) -> HttpResponse:
    """The empty form, or the logged ticket with its number; a refused form keeps every word."""
    _only_front_desk(request.user)
    form = _form(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals.shown(form):
            ticket = _log(form.cleaned_data, request.user, clock.now())
            messages.success(request, _("Logged as %(number)s.") % {"number": ticket.number})
            return redirect("tickets:slip", number=ticket.number)
    context = {"form": form, "on_the_spot": [str(kind) for kind in kinds.ON_THE_SPOT]}
    return render(request, "tickets/intake.html", context, status=refusals.status(form))


@require_safe
def caller(request: DeskRequest) -> HttpResponse:
    """Customers that the typed number, account, name or address may mean, with what is open."""
    _only_front_desk(request.user)
    typed = request.GET.get("contact_phone") or request.GET.get("who") or ""
    found = identification.find(typed, request.user)
    ids = [one.customer.pk for one in found]
    context = {
        "typed": typed,
        "found": found,
        "tickets": previews.of_customers(ids, request.user),
        "now": clock.now(),
    }
    return render(request, "tickets/_caller.html", context)


@require_POST
def chosen(request: DeskRequest) -> HttpResponse:
    """The customer who turned out to be asking, in full: who chose them is logged."""
    _only_front_desk(request.user)
    form = ChosenForm(request.POST)
    one = identification.chosen(**form.chosen(), user=request.user)
    if one is None:
        raise NotVisible
    now = clock.now()
    disclosure.show_for_task(
        number=one.customer.phone, customer=one.customer, subject="intake", reason="intake",
        by=request.user, at=now,
    )  # fmt: skip
    context = {
        "typed": "-", "found": [one], "is_chosen": True, "now": now,
        "tickets": previews.of_customers([one.customer.pk], request.user),
    }  # fmt: skip
    return render(request, "tickets/_caller.html", context)


@require_safe
def promise(request: DeskRequest) -> HttpResponse:
    """What could be promised for the matter as typed so far, and where it would go and why."""
    _only_front_desk(request.user)
    form = _form(request, request.GET)
    form.is_valid()
    draft = previews.promise(form.cleaned_data, by=request.user, at=clock.now())
    return render(request, "tickets/_promise.html", {"draft": draft, "now": clock.now()})


def _only_front_desk(user: Staff) -> None:
    if not permissions.can(user, Permission.LOG_TICKET):
        raise NotAllowed


def _form(request: DeskRequest, typed: Any) -> IntakeForm:
    user = request.user
    is_counter = user.has(Role.COUNTER_CLERK)
    return IntakeForm(
        typed,
        user=user,
        utilities=previews.utilities(user),
        initial={
            "kind": kinds.Kind.FAULT,
            "channel": kinds.Channel.COUNTER if is_counter else kinds.Channel.HOTLINE,
            "priority": kinds.Priority.NORMAL,
        },
    )


def _log(typed: dict[str, Any], by: Staff, at: datetime) -> Ticket:
    request = intakes.Request(
        kind=kinds.Kind(typed["kind"]), category=typed["category"], channel=typed["channel"],
        priority=typed["priority"], text=typed["text"], address=typed["address"],
        territory=typed["territory"], contact_name=typed["contact_name"],
        contact_phone=typed["contact_phone"], is_anonymous=typed["is_anonymous"],
        accused_unit=typed["accused_unit"], accused_staff=typed["accused_staff"],
        wished_handler=typed["wished"],
        received_by_leader=typed["received_by_leader"], bypassed=typed["bypassed"],
        is_petition=typed["is_petition"],
        **_known(typed, by),
    )  # fmt: skip
    if typed["answer"]:
        return intakes.settle(request=request, answer=typed["answer"], key=typed["key"], by=by, at=at)
    return intakes.pass_on(request=request, key=typed["key"], by=by, at=at)


def _known(typed: dict[str, Any], by: Staff) -> dict[str, Any]:
    """The customer and account chosen beside the form, if they are of the person's company."""
    one = identification.chosen(typed["customer"] or 0, typed["account"] or 0, by)
    account, customer = (one.account, one.customer) if one else (None, None)
    known: dict[str, Any] = {"account": account, "customer": customer}
    if account is not None:
        known["premises"] = account.premises
    if customer is not None:
        known["language"] = customer.language
    return known
