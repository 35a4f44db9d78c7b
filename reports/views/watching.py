"""The watch lists on screen: all of them, and one with its evidence (page)."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from reports import heaps, readers, watch_exports
from reports.watch import looking, rules_in_force
from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest

PAGE = 50


@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """Every list the reader may open; each is counted by a request of its own."""
    reader = readers.of(request.user)
    chosen = looking.Chosen.of(reader, request.GET, clock.now())
    context = _frame(chosen) | {"patterns": looking.patterns(reader)}
    return render(request, "reports/watch.html", context)


@require_safe
def count(request: DeskRequest, code: str) -> HttpResponse:
    """How many tickets one list holds and how many units stand out on it."""
    reader = readers.of(request.user)
    chosen = looking.Chosen.of(reader, request.GET, clock.now())
    line = looking.line(looking.pattern(reader, code), chosen)
    return render(request, "reports/_watch_tile.html", {"line": line})


@require_safe
def one(request: DeskRequest, code: str) -> HttpResponse:
    """One list, newest first, and the units beside it."""
    reader = readers.of(request.user)
    chosen = looking.Chosen.of(reader, request.GET, clock.now())
    pattern = looking.pattern(reader, code)
    look = looking.look(pattern, chosen, rules_in_force.read())
    page = looking.page(pattern, look, request.GET.get("before"), PAGE)
    by_unit = looking.heaps_of(pattern, look)
    context = _frame(chosen) | {
        "pattern": pattern,
        "count": len(pattern.found(look)),
        "page": page,
        "rows": looking.told(pattern, list(page.rows), look, request.user),
        "unit_lines": looking.units(pattern, look, chosen, by_unit),
        "heap": heaps.together(by_unit.values(), times=float(look.measures["fold"])),
        "is_later_page": bool(request.GET.get("before")),
        "panel": pattern.panel(look) if pattern.panel else None,
        "rules": rules_in_force.standing(pattern),
    }
    return render(request, "reports/watch_list.html", context)


@require_POST
def export(request: DeskRequest, code: str) -> HttpResponseRedirect:
    """Ask for a file of the list as it stands on screen."""
    reader, now = readers.of(request.user), clock.now()
    chosen = looking.Chosen.of(reader, request.POST, now)
    job = watch_exports.ask_for(
        pattern=looking.pattern(reader, code), period=chosen.period, unit=chosen.unit,
        by=request.user, at=now,
    )  # fmt: skip
    return redirect("reports:job", job.pk)


def _frame(chosen: looking.Chosen) -> dict[str, Any]:
    """What both pages have above their lists."""
    return {
        "chosen": chosen,
        "periods": looking.PERIODS,
        "units": readers.units(chosen.reader),
        "now": chosen.span.at,
    }
