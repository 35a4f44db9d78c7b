"""The limits as everybody may read them, and each policy with its versions (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisation.models import Utility
from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import limit_book, limit_keepers
from tickets.forms.limit_filter import LimitFilterForm
from tickets.limit_book import Filter, Version

# More than anybody reads; a system that was replayed may have left hundreds.
_MOST = 200


@require_safe
def limits(request: DeskRequest) -> HttpResponse:
    """The policies of the service lines of one's company, what they are for and how long."""
    lines = limit_keepers.lines(request.user)
    form = LimitFilterForm(request.GET, utilities=lines)
    typed = form.cleaned_data if form.is_valid() else {}
    wanted = Filter(
        typed.get("utility", ""), typed.get("kind", ""), typed.get("text", ""),
        typed.get("withdrawn", False),
    )  # fmt: skip
    found = limit_book.entries(request.user, wanted, clock.now())
    context = {
        "form": form, "entries": found[:_MOST], "left_out": len(found[_MOST:]),
        "may_write": limit_keepers.may_write(request.user), "now": clock.now(),
        "is_filtered": wanted != Filter(), "utilities": dict(Utility.choices),
    }  # fmt: skip
    return render(request, "tickets/limits.html", context)


@require_safe
def policy(request: DeskRequest, code: str) -> HttpResponse:
    """One policy: whom it is for, its limits, where they come from, and all its versions."""
    now = clock.now()
    versions = limit_book.versions(request.user, code, now)
    shown = _shown(versions, request.GET.get("version", ""))
    found = shown.policy
    may_keep = limit_keepers.may_keep(request.user, utility=found.utility, company=found.company)
    context = {
        "policy": found, "shown": shown, "versions": versions, "now": now,
        "selectors": limit_book.selectors([found])[found.pk],
        "limits": found.limits.select_related("ladder").prefetch_related("ladder__rungs").order_by("pk"),
        "calendars": limit_book.calendar_names(), "newest": versions[0].policy,
        "may_keep": may_keep, "may_write": limit_keepers.may_write(request.user),
    }  # fmt: skip
    return render(request, "tickets/policy.html", context)


def _shown(versions: list[Version], wanted: str) -> Version:
    """The version asked for, else the one to show; raises NotVisible where there is none."""
    if not versions:
        raise NotVisible
    if not wanted:
        return limit_book.current(versions)
    found = [one for one in versions if str(one.policy.version) == wanted]
    if not found:
        raise NotVisible
    return found[0]
