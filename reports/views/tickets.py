"""The tickets behind one number of the report (page)."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from reports import drilldown, months, readers
from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.htmx import DeskRequest

PAGE = 50


@require_safe
def tickets(request: DeskRequest) -> HttpResponse:
    """The list of one figure's part, newest first, with its count; it equals the number."""
    reader = readers.of(request.user)
    now = clock.now()
    month = months.read(request.GET.get("month", "")) or months.of(now, settings.TIME_ZONE)
    chosen = drilldown.Chosen.of(reader, request.GET, month)
    rows = drilldown.rows(reader, chosen, now)
    found = drilldown.for_list(rows)
    query = request.GET.copy()
    before = query.pop("before", [""])[-1]
    context = {
        "chosen": chosen,
        "count": rows.count(),
        "page": paging.newest_first(found, before, PAGE),
        "query": query.urlencode(),
        "is_later_page": bool(before),
        "now": now,
    }
    return htmx.page_or_fragment(request, "reports/tickets.html", "reports/_tickets.html", context)
