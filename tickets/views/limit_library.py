"""The library of presets: read them with their sources and doubts, take one into force (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organisation.models import Utility
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import (
    limit_book,
    limit_differences,
    limit_keepers,
    limit_review,
    policy_wording,
    preset_library,
    preset_taking,
    previews,
)
from tickets.forms.limit_library import LibraryForm, TakeForm


@require_safe
def library(request: DeskRequest) -> HttpResponse:
    """Every preset for one's service lines that is not in force by itself."""
    form = LibraryForm(request.GET, utilities=previews.utilities(request.user))
    typed = form.cleaned_data if form.is_valid() else {}
    found = preset_library.shelves(request.user, **typed)
    context = {
        "form": form, "shelves": found, "is_filtered": any(typed.values()),
        "utilities": dict(Utility.choices),
    }  # fmt: skip
    return render(request, "tickets/preset_library.html", context)


@require_safe
def preset(request: DeskRequest, code: str) -> HttpResponse:
    """One preset, what it would replace and what is doubtful in it."""
    return _page(request, code, TakeForm())


@require_POST
def take(request: DeskRequest, code: str) -> HttpResponse:
    """Put a preset into force."""
    if not limit_keepers.may_write(request.user):
        raise NotAllowed
    form = TakeForm(request.POST)
    if form.is_valid():
        with refusals.shown(form):
            taken = preset_taking.take(
                code=code, **form.cleaned_data, by=request.user, at=clock.now()
            )
            said = _("“%(name)s” is version %(n)d of these limits now.")
            messages.success(request, said % {"name": taken.name, "n": taken.version})
            return redirect("tickets:policy", code=taken.code)
    return _page(request, code, form)


def _page(request: DeskRequest, code: str, form: TakeForm) -> HttpResponse:
    now = clock.now()
    found = preset_library.one(request.user, code)
    twin = found.instead_of
    before = policy_wording.says(twin) if twin else None
    context = {
        "form": form, "found": found, "now": now, "calendars": limit_book.calendar_names(),
        "ladders": limit_book.ladder_names(),
        "findings": limit_review.of_wording(
            found.wording, code=twin.code if twin else "", at=now
        ),
        "may_take": limit_keepers.may_write(request.user),
        "differences": limit_differences.between(before, found.wording, at=now) if before else None,
        "categories": limit_book.category_names(),
    }  # fmt: skip
    return render(request, "tickets/preset.html", context, status=refusals.status(form))
