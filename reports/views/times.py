"""The month's times: stays by stage and unit, means against promises, and their rows (page)."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from reports import months, readers
from reports import times as month_times
from reports.figures import averages
from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.htmx import DeskRequest

PAGE = 50


@require_safe
def times(request: DeskRequest) -> HttpResponse:
    """Both tables of one month; this month unless the address names another."""
    reader, now = readers.of(request.user), clock.now()
    this_month = months.of(now, settings.TIME_ZONE)
    month = months.read(request.GET.get("month", "")) or this_month
    unit = readers.unit(reader, request.GET.get("unit", ""))
    context = {
        "times": month_times.build(reader=reader, month=month, unit=unit, at=now),
        "units": readers.units(reader), "this_month": this_month,
    }  # fmt: skip
    return htmx.page_or_fragment(request, "reports/times.html", "reports/_times.html", context)


@require_safe
def rows(request: DeskRequest) -> HttpResponse:
    """The stays or clocks behind one line, newest first, with their count; it equals the number."""
    reader, now = readers.of(request.user), clock.now()
    month = months.read(request.GET.get("month", "")) or months.of(now, settings.TIME_ZONE)
    chosen = month_times.chosen(reader, request.GET, month)
    found = month_times.rows(reader, chosen, now)
    query = request.GET.copy()
    before = query.pop("before", [""])[-1]
    page = paging.newest_first(month_times.for_list(found), before, PAGE)
    context = {
        "chosen": chosen, "count": found.count(), "page": page, "query": query.urlencode(),
        "lengths": averages.lengths(page.rows) if chosen.what == "average" else {},
        "is_later_page": bool(before), "now": now,
    }  # fmt: skip
    return htmx.page_or_fragment(
        request, "reports/times_rows.html", "reports/_times_rows.html", context
    )
