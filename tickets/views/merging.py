"""Merge with another ticket, undo it, and answer each merged one (page)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from servicedesk import refusals
from servicedesk.lib import clock, paging
from servicedesk.lib.htmx import DeskRequest
from tickets import family, forms, permissions, sight
from tickets import merging as merges
from tickets.forms.family import ChildAnswerForm, MergeForm
from tickets.models import Ticket
from tickets.states import Move, State
from tickets.views import moving

_PAGE = 10
_MOST_CHILDREN = 50


@require_http_methods(["GET", "POST"])
def merge(request: DeskRequest, number: str) -> HttpResponse:
    """Merge a ticket into another about the same matter, found by number or among those near it."""
    found = moving.of(request, number, Move.MERGE, _not_merged)
    form = MergeForm(
        moving.typed(request), user=request.user,
        initial={"version": found.version, "number": request.GET.get("into", "")[:40]},
    )  # fmt: skip
    near = family.candidates(found, request.user).for_worklist()
    page = paging.newest_first(near, request.GET.get("before"), _PAGE)
    return moving.form(
        request, found, form, Move.MERGE.label,
        lambda typed: merges.merge(
            child=found, parent=typed["number"], reason=typed["reason"], version=typed["version"],
            by=request.user, at=clock.now(),
        ),
        {"above": "tickets/_candidates.html", "page": page, "now": clock.now()},
    )  # fmt: skip


def _not_merged(user: Any, ticket: Ticket) -> None:
    if ticket.state == State.MERGED:
        raise merges.MergedAlready


@require_http_methods(["GET", "POST"])
def unmerge(request: DeskRequest, number: str) -> HttpResponse:
    """Undo the merge of a ticket."""
    found = moving.of(request, number, Move.UNMERGE)
    return moving.form(
        request, found, forms.ReasonForm(moving.typed(request)), Move.UNMERGE.label,
        lambda typed: merges.unmerge(
            child=found, reason=typed["reason"], by=request.user, at=clock.now()
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def children(request: DeskRequest, number: str) -> HttpResponse:
    """What is merged into a ticket, and an answer of its own for each that still waits."""
    found = sight.of(request.user, number)
    permissions.check_role(request.user, Move.ANSWER_CHILD)
    merged = Ticket.objects.visible_to(request.user).for_worklist().filter(merged_into=found)
    rows = [(one, _answer_form(request, found, one)) for one in merged.order_by("id")[:_MOST_CHILDREN]]
    open_forms = [form for _child, form in rows if form is not None]
    status = 200
    if request.method == "POST" and open_forms and all(form.is_valid() for form in open_forms):
        with refusals.shown(open_forms[0]):
            return _answer(request, found, rows)
    if request.method == "POST":
        status = max([422, *(refusals.status(form) for form in open_forms)])
    context = {"ticket": found, "rows": rows, "forms": open_forms, "now": clock.now()}
    return render(request, "tickets/children.html", context, status=status)


def _answer_form(request: DeskRequest, parent: Ticket, child: Ticket) -> ChildAnswerForm | None:
    """The form of a child that can be answered now: its result is proposed, nothing is ticked."""
    if parent.done_at is None or Move.ANSWER_CHILD not in permissions.open_moves(request.user, child):
        return None
    proposed = {"version": child.version, "result": parent.result, "told": "later"}
    return ChildAnswerForm(moving.typed(request), prefix=f"c{child.pk}", initial=proposed)


def _answer(
    request: DeskRequest, parent: Ticket, rows: list[tuple[Ticket, ChildAnswerForm | None]]
) -> HttpResponse:
    typed = [(child, form.cleaned_data) for child, form in rows if form is not None]
    answers = [
        merges.Answer(
            child=child, result=said["result"], is_customer_told=said["told"] == "yes",
            no_reply_reason=said["no_reply_reason"], version=said["version"],
        )
        for child, said in typed
        if said["told"] != "later"
    ]  # fmt: skip
    n = merges.answer_each(answers=answers, by=request.user, at=clock.now())
    messages.success(request, _("Answered: %(n)s. The others still wait.") % {"n": n})
    return redirect("tickets:children", number=parent.number)


