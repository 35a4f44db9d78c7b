"""What the watch lists go by: read by everybody who reads them, set by the administrator (page)."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation import permissions
from organisation.roles import Permission
from reports import readers, thresholds, watch
from reports.forms import ThresholdForm, WordForm
from reports.watch import rules_in_force
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest


@require_safe
def rules(request: DeskRequest) -> HttpResponse:
    """Every threshold with its reason and version, and the telling words."""
    return render(request, "reports/watch_rules.html", _everything(request))


@require_http_methods(["GET", "HEAD", "POST"])
def threshold(request: DeskRequest, code: str, name: str) -> HttpResponse:
    """One number: its reason, and a form for another."""
    _may_set(request)
    pattern = watch.BY_CODE.get(code)
    standing = rules_in_force.standing(pattern) if pattern else []
    found = next((one for one in standing if one.threshold.name == name), None)
    if found is None:
        raise NotVisible
    form = ThresholdForm(request.POST or None)
    if form.is_valid():
        with refusals.shown(form):
            thresholds.set_threshold(
                pattern=code, name=name, by=request.user, at=clock.now(), **form.cleaned_data
            )
            messages.success(request, _("Saved."))
            return redirect("reports:watch-rules")
    context = {"pattern": pattern, "rule": found, "form": form}
    return render(request, "reports/watch_threshold.html", context, status=refusals.status(form))


@require_POST
def add_word(request: DeskRequest, use: str) -> HttpResponse:
    """A telling word more."""
    _may_set(request)
    form = WordForm(request.POST)
    if form.is_valid():
        with refusals.shown(form):
            thresholds.add_word(use=use, by=request.user, at=clock.now(), **form.cleaned_data)
            return redirect("reports:watch-rules")
    context = _everything(request) | {"form": form, "form_use": use}
    return render(request, "reports/watch_rules.html", context, status=refusals.status(form))


@require_POST
def remove_word(request: DeskRequest, use: str) -> HttpResponseRedirect:
    """A telling word less."""
    _may_set(request)
    word = request.POST.get("word", "")[:40]
    thresholds.remove_word(use=use, word=word, by=request.user, at=clock.now())
    return redirect("reports:watch-rules")


def _may_set(request: DeskRequest) -> None:
    readers.of(request.user)
    if not permissions.can(request.user, Permission.CONFIGURE):
        raise NotAllowed


def _everything(request: DeskRequest) -> dict[str, object]:
    reader = readers.of(request.user)
    may_set = permissions.can(request.user, Permission.CONFIGURE)
    if reader.is_masked and not may_set:
        raise NotAllowed
    words = rules_in_force.words()
    return {
        "patterns": [(one, rules_in_force.standing(one)) for one in watch.ALL],
        "words": [(use, words.get(use, [])) for use in rules_in_force.USES],
        "may_set": may_set,
        "may_look": not reader.is_masked,
    }
