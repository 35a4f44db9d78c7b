"""The full list, given once: tick what is missing, give it, print it; at intake, what to bring
(page)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions as authority
from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import checklists, disclosing, previews, sight
from tickets.forms.full_list import FullListForm
from tickets.kinds import GivenBy
from tickets.models import Category, FullList
from tickets.states import Move
from tickets.views import moving


@require_http_methods(["GET", "POST"])
def give(request: DeskRequest, number: str) -> HttpResponse:
    """Everything that is still missing, told once."""
    found = moving.of(request, number, Move.DISCLOSE)
    checklist = checklists.of(found.kind, found.category)
    form = FullListForm(
        moving.typed(request), items=checklist.items_in(found.language) if checklist else [],
        is_second=FullList.objects.filter(ticket=found).exists(),
        initial={"version": found.version},
    )  # fmt: skip

    def act(filled: FullListForm) -> HttpResponse:
        typed = filled.cleaned_data
        given = disclosing.disclose(
            ticket=found, checklist=checklist, missing=filled.missing,
            means=GivenBy(typed["means"]), exception_reason=typed.get("exception_reason", ""),
            version=typed["version"], by=request.user, at=clock.now(),
        )  # fmt: skip
        return redirect("tickets:full-list", number=number, pk=given.pk)

    beside = {"above": "tickets/_no_list.html"} if checklist is None else None
    return moving.answer(request, found, form, Move.DISCLOSE.label, act, beside)


@require_safe
def full_list(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """One list as it was given, for printing, in the customer's language."""
    found = sight.of(request.user, number)
    given = FullList.objects.filter(ticket=found, pk=pk).select_related("by").first()
    if given is None:
        raise NotVisible
    with translation.override(found.language):
        sheet = {"ticket": found, "given": given, "language": translation.get_language()}
        return render(request, "tickets/full_list.html", sheet)


@require_safe
def bring(request: DeskRequest) -> HttpResponse:
    """What the customer must bring for the category chosen at intake."""
    if not authority.can(request.user, Permission.LOG_TICKET):
        raise NotAllowed
    chosen = request.GET.get("category", "")
    known = Category.objects.filter(utility__in=previews.utilities(request.user))
    is_number = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    category = known.filter(pk=int(chosen)).first() if is_number else None
    kind = request.GET.get("kind", "")
    checklist = checklists.of(kind, category) if category else None
    return render(request, "tickets/_bring.html", {"checklist": checklist})
