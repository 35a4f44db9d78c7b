"""What every page of one move does: the visible ticket, the open move, the form, one verb (page)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from organisation.models import Staff
from servicedesk import refusals
from servicedesk.lib import returning
from servicedesk.lib.htmx import DeskRequest
from tickets import permissions, sight
from tickets.models import Ticket
from tickets.states import Move


def of(
    request: DeskRequest, number: str, move: Move,
    first: Callable[[Staff, Ticket], None] | None = None,
) -> Ticket:
    """The visible ticket; raises NotYours where the role does not include the move and, on opening
    the page, whatever else stands against it. A sent form is judged by the verb, under the lock.
    `first` may refuse with plainer words than the table has."""
    ticket = sight.of(request.user, number)
    if first is not None:
        first(request.user, ticket)
    permissions.check_role(request.user, move)
    if request.method != "POST":
        permissions.check(request.user, move, ticket)
    return ticket


def typed(request: DeskRequest) -> QueryDict | None:
    """What was sent, even if it is empty; None on opening the page."""
    return request.POST if request.method == "POST" else None


def form(
    request: DeskRequest, ticket: Ticket, filled: Form, title: str | Promise,
    verb: Callable[[dict[str, Any]], Ticket], beside: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form page; once the verb has been done, back to the ticket, or to one's work where the
    ticket has left one's sight. `beside` is context, its `above` a template above the form."""

    def act(valid: Form) -> HttpResponse:
        verb(valid.cleaned_data)
        messages.success(request, _("Saved: %(title)s.") % {"title": title})
        is_in_sight = Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists()
        return redirect(back(request, ticket) if is_in_sight else "tickets:work")

    return answer(request, ticket, filled, title, act, beside)


def answer(
    request: DeskRequest, ticket: Ticket, filled: Form, title: str | Promise,
    act: Callable[[Any], HttpResponse], beside: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form page, or what the act answers; a refusal stands in the form with all that was
    typed."""
    if filled.is_valid():
        with refusals.shown(filled):
            return act(filled)
    context = {"ticket": ticket, "form": filled, "title": title, "back": back(request, ticket)}
    context |= beside or {}
    return render(request, "tickets/move.html", context, status=refusals.status(filled))


def back(request: DeskRequest, ticket: Ticket) -> str:
    """The list the person acted from, if the address names one, else the ticket."""
    page = reverse("tickets:ticket", kwargs={"number": ticket.number})
    return returning.path(request, request.GET.get("next", ""), page)
