"""What every page of one move does: the visible ticket, the open move, the form, one verb (page)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from servicedesk import refusals
from servicedesk.lib.htmx import DeskRequest
from tickets import permissions, sight
from tickets.models import Ticket
from tickets.states import Move


def of(request: DeskRequest, number: str, move: Move) -> Ticket:
    """The visible ticket; on opening the page also the refusal if the move is closed to the person.
    A sent form is judged by the verb, under the lock."""
    ticket = sight.of(request.user, number)
    if request.method != "POST":
        permissions.check(request.user, move, ticket)
    return ticket


def form(
    request: DeskRequest, ticket: Ticket, typed: Form, title: str | Promise,
    verb: Callable[[dict[str, Any]], Ticket],
) -> HttpResponse:
    """The form page; once the verb has been done, back to the ticket."""

    def act(valid: Form) -> HttpResponse:
        verb(valid.cleaned_data)
        messages.success(request, _("Saved: %(title)s.") % {"title": title})
        return redirect("tickets:ticket", number=ticket.number)

    return answer(request, ticket, typed, title, act)


def answer(
    request: DeskRequest, ticket: Ticket, typed: Form, title: str | Promise,
    act: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """The form page, or what the act answers; a refusal stands in the form with all that was
    typed."""
    if typed.is_valid():
        with refusals.shown(typed):
            return act(typed)
    context = {"ticket": ticket, "form": typed, "title": title}
    return render(request, "tickets/move.html", context, status=refusals.status(typed))
