"""The escalation ladders: read by everybody, written as versions by those who keep the limits on
them (page)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import ladder_keeping, ladder_wording, limit_book, limit_keepers
from tickets.forms import ladders as forms
from tickets.models import Ladder


@require_safe
def ladders(request: DeskRequest) -> HttpResponse:
    """Every ladder in its newest version, and which limits stand on it."""
    context = {
        "ladders": limit_book.ladders(), "may_write": limit_keepers.may_write(request.user),
        "used": limit_book.ladder_users(request.user, clock.now()),
    }  # fmt: skip
    return render(request, "tickets/ladders.html", context)


@require_http_methods(["GET", "POST"])
def ladder_new(request: DeskRequest) -> HttpResponse:
    """A ladder that is not there yet, from nothing or as a copy."""
    _only_writers(request)
    like = _newest(request.GET["like"]) if request.GET.get("like") else None
    form, rungs = _sheet(request, like, None)
    if _is_sent(request) and all([form.is_valid(), rungs.is_valid()]):
        with refusals.shown(form):
            saved = ladder_keeping.add(
                wording=_wording(form, rungs), note=form.cleaned_data["note"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("The ladder “%(name)s” is saved.") % {"name": saved.name})
            return redirect("tickets:ladders")
    return _page(request, form, rungs, _("New ladder"), None)


@require_http_methods(["GET", "POST"])
def ladder_edit(request: DeskRequest, code: str) -> HttpResponse:
    """Change a ladder; the limits that stand on it get a version with the new one."""
    _only_writers(request)
    newest = _newest(code)
    if not limit_keepers.may_keep_ladder(request.user, code):
        raise ladder_keeping.NotYourLadder
    form, rungs = _sheet(request, newest, newest)
    if _is_sent(request) and all([form.is_valid(), rungs.is_valid()]):
        opened = Ladder.objects.filter(code=code, pk=form.cleaned_data["base"] or 0).first()
        with refusals.shown(form):
            saved = ladder_keeping.change(
                ladder=opened or newest, wording=_wording(form, rungs),
                note=form.cleaned_data["note"], by=request.user, at=clock.now(),
            )  # fmt: skip
            return _saved(request, saved)
        form.data["base"] = str(newest.pk)
    return _page(request, form, rungs, newest.name, newest)


def _only_writers(request: DeskRequest) -> None:
    if not limit_keepers.may_write(request.user):
        raise NotAllowed


def _newest(code: str) -> Ladder:
    found = Ladder.objects.filter(code=code).order_by("-version").first()
    if found is None:
        raise NotVisible
    return found


def _is_sent(request: DeskRequest) -> bool:
    return request.method == "POST" and "more" not in request.POST


def _sheet(request: DeskRequest, said: Ladder | None, base: Ladder | None) -> tuple[Any, Any]:
    if _is_sent(request):
        data = request.POST.copy()
        return forms.LadderForm(data), forms.RungFormSet(data, prefix="rungs")
    if request.method == "POST":
        rows, fields = forms.drafts(request.POST), request.POST.dict()
    else:
        rows = [forms.initial_of(rung) for rung in said.rungs.order_by("order")] if said else []
        fields = {"base": str(base.pk) if base else ""}
        if said:
            fields |= {"name_zh": said.name_zh, "name_en": said.name_en}
    rungs = forms.RungFormSet(initial=rows, prefix="rungs")
    rungs.extra = 1 if request.method == "POST" or not rows else 0
    if request.method == "POST" and rungs.forms:
        rungs.forms[-1].fields["after_amount"].widget.attrs["autofocus"] = True
    return forms.LadderForm(initial=fields), rungs


def _wording(form: Any, rungs: Any) -> ladder_wording.Wording:
    names = form.cleaned_data
    typed = tuple(ladder_wording.RungWording(**one) for one in rungs.typed())
    return ladder_wording.Wording(names["name_en"], names["name_zh"], typed)


def _saved(request: DeskRequest, saved: ladder_keeping.Saved) -> HttpResponse:
    said = _("Version %(n)d of “%(name)s” is in force.")
    first = said % {"n": saved.ladder.version, "name": saved.ladder.name}
    count = len(saved.policies)
    more = ngettext(
        "%(n)d policy has a new version with it.", "%(n)d policies have a new version with it.", count
    )
    messages.success(request, f"{first} {more % {'n': count}}" if count else first)
    return redirect("tickets:ladders")


def _page(
    request: DeskRequest, form: Any, rungs: Any, title: str, base: Ladder | None
) -> HttpResponse:
    is_wrong = _is_sent(request) and not rungs.is_valid()
    context = {
        "form": form, "rungs": rungs, "title": title, "base": base, "most": forms.MOST_RUNGS,
    }  # fmt: skip
    template = "tickets/_ladder_sheet.html" if request.htmx else "tickets/ladder_form.html"
    status = 422 if is_wrong else refusals.status(form)
    return render(request, template, context, status=status)
