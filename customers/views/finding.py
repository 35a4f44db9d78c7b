"""Find a customer and see what is known of them (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers import identification
from customers.models import Customer
from organisation import permissions
from organisation.roles import Permission
from servicedesk.lib import htmx
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest


@require_safe
def find(request: DeskRequest) -> HttpResponse:
    """Customers by number, account, name or address."""
    _only_finders(request)
    typed = request.GET.get("q", "")
    context = {"typed": typed, "found": identification.find(typed)}
    return htmx.page_or_fragment(request, "customers/find.html", "customers/_found.html", context)


@require_safe
def customer(request: DeskRequest, pk: int) -> HttpResponse:
    """One customer, masked, with places and accounts; their tickets come by themselves."""
    _only_finders(request)
    found = Customer.objects.filter(pk=pk).prefetch_related("accounts__premises__territory").first()
    if found is None:
        raise NotVisible
    return render(request, "customers/customer.html", {"customer": found})


def _only_finders(request: DeskRequest) -> None:
    if not permissions.can(request.user, Permission.FIND_CUSTOMER):
        raise NotAllowed
