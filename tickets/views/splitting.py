"""Split several matters apart, and link tickets that belong together (page)."""

from typing import Any

from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import linking, splitting
from tickets.forms.family import LinkForm, SplitPartForm
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import Move
from tickets.views import moving

_ROWS = 3


@require_http_methods(["GET", "POST"])
def split(request: DeskRequest, number: str) -> HttpResponse:
    """Give each further matter in a ticket a number of its own."""
    found = moving.of(request, number, Move.SPLIT)
    made = formset_factory(SplitPartForm, extra=_ROWS, max_num=splitting.MOST_PARTS, absolute_max=9)
    parts = made(
        moving.typed(request), prefix="part", form_kwargs={"utility": found.utility},
        initial=None,
    )  # fmt: skip
    first = parts.forms[0] if parts.forms else SplitPartForm(utility=found.utility)
    if parts.is_valid():
        with refusals.shown(first):
            return _split(request, found, parts)
    status = max(refusals.status(form) for form in [first, *parts.forms])
    status = max(status, 422) if request.method == "POST" and status == 200 else status
    context = {"ticket": found, "parts": parts, "back": moving.back(request, found)}
    return render(request, "tickets/split.html", context, status=status)


def _split(request: DeskRequest, ticket: Ticket, parts: Any) -> HttpResponse:
    typed = [form.cleaned_data for form in parts.forms if form.cleaned_data.get("category")]
    children = splitting.split(
        ticket=ticket, by=request.user, at=clock.now(), version=_version(request),
        parts=[
            splitting.Part(Kind(one["category"].kind), one["category"], one["text"])
            for one in typed
        ],
    )  # fmt: skip
    n = len(children)
    said = ngettext("%(n)s matter split off.", "%(n)s matters split off.", n)
    messages.success(request, said % {"n": n})
    return redirect(moving.back(request, ticket))


def _version(request: DeskRequest) -> int | None:
    """The version the person was looking at; none for a form without a readable one."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


@require_http_methods(["GET", "POST"])
def link(request: DeskRequest, number: str) -> HttpResponse:
    """Say that two tickets belong together without being one."""
    found = moving.of(request, number, Move.LINK)
    form = LinkForm(moving.typed(request), user=request.user, initial={"meaning": "derived"})

    def act(typed: dict[str, Any]) -> Ticket:
        linking.link(
            ticket=found, other=typed["number"], meaning=typed["meaning"], by=request.user,
            at=clock.now(),
        )  # fmt: skip
        return found

    return moving.form(request, found, form, _("Link with another ticket"), act)
