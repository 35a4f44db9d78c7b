"""Find a customer and see what is known of them (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from customers import disclosure, identification
from customers.forms import WhatForForm
from customers.models import Customer, SupplyAccount
from organisation import permissions
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock, htmx
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest


@require_safe
def find(request: DeskRequest) -> HttpResponse:
    """Customers by number, account, name or address."""
    _only_finders(request)
    typed = request.GET.get("q", "")
    context = {
        "typed": typed,
        "found": identification.find(typed, request.user),
        "may_identify": permissions.can(request.user, Permission.LOG_TICKET),
    }
    return htmx.page_or_fragment(request, "customers/find.html", "customers/_found.html", context)


@require_safe
def customer(request: DeskRequest, pk: int) -> HttpResponse:
    """One customer, masked, with the places and accounts of one's own company; their tickets come
    by themselves."""
    context = {
        "customer": _of(request, pk),
        "accounts": _accounts(request, pk),
        "may_show": permissions.can(request.user, Permission.REVEAL_NUMBER),
    }
    return render(request, "customers/customer.html", context)


@require_http_methods(["GET", "POST"])
def show(request: DeskRequest, pk: int) -> HttpResponse:
    """Name, number and addresses in full, for a reason that is logged."""
    found = _of(request, pk)
    if not permissions.can(request.user, Permission.REVEAL_NUMBER):
        raise NotAllowed
    form = WhatForForm(request.POST if request.method == "POST" else None)
    context = {"customer": found, "form": form}
    if form.is_valid():
        with refusals.shown(form):
            disclosure.reveal(
                number=found.phone, customer=found, subject=f"customer:{pk}",
                reason=form.cleaned_data["reason"], by=request.user, at=clock.now(),
            )  # fmt: skip
            context |= {"accounts": _accounts(request, pk), "is_shown": True}
            return render(request, "customers/show.html", context)
    return render(request, "customers/show.html", context, status=refusals.status(form))


def _of(request: DeskRequest, pk: int) -> Customer:
    """The customer of one's company; one of another company is not there."""
    _only_finders(request)
    found = Customer.objects.known_to(request.user).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _accounts(request: DeskRequest, pk: int) -> list[SupplyAccount]:
    accounts = SupplyAccount.objects.known_to(request.user).filter(customer=pk)
    return list(accounts.select_related("premises__territory").order_by("id"))


def _only_finders(request: DeskRequest) -> None:
    if not permissions.can(request.user, Permission.FIND_CUSTOMER):
        raise NotAllowed
