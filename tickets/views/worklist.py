"""My work, and every ticket one may see: lists in the order the work must be done (page)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.htmx import DeskRequest
from tickets import search, worklists
from tickets.forms import FilterForm
from tickets.models import Ticket

PAGE = 25


@require_safe
def mine(request: DeskRequest) -> HttpResponse:
    """The signed-in person's work, one tab per thing they answer for."""
    tabs = worklists.tabs(request.user)
    chosen = next((tab for tab in tabs if tab.code == request.GET.get("tab")), tabs[0])
    rows = chosen.tickets.for_worklist()
    page = paging.by_due(rows, request.GET.get("after"), PAGE)
    context = {"tabs": tabs, "chosen": chosen, "page": page, "now": clock.now()}
    return htmx.page_or_fragment(request, "tickets/work.html", "tickets/_rows.html", context)


@require_safe
def everything(request: DeskRequest) -> HttpResponse:
    """All tickets one may see, found by words or narrowed by filters kept in the address."""
    form = FilterForm(request.GET)
    tickets = Ticket.objects.visible_to(request.user)
    if form.is_valid():
        tickets = search.among(form.narrow(tickets), form.cleaned_data["q"])
    page = paging.newest_first(tickets.for_worklist(), request.GET.get("before"), PAGE)
    context: dict[str, Any] = {"form": form, "page": page, "now": clock.now()}
    return htmx.page_or_fragment(request, "tickets/list.html", "tickets/_rows.html", context)


@require_safe
def of_customer(request: DeskRequest, pk: int) -> HttpResponse:
    """The box on a customer's page: their tickets, as far as the reader may see them."""
    tickets = Ticket.objects.visible_to(request.user).that_name_no_informant().filter(customer=pk)
    page = paging.newest_first(tickets.for_worklist(), request.GET.get("before"), PAGE)
    return render(request, "tickets/_rows.html", {"page": page, "now": clock.now()})
