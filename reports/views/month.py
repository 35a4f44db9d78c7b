"""The monthly satisfaction report on screen (page)."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reports import monthly, months, ranking, readers
from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest


@require_safe
def month(request: DeskRequest) -> HttpResponse:
    """One month of what the person may see; this month unless the address names another."""
    reader = readers.of(request.user)
    now = clock.now()
    this_month = months.of(now, settings.TIME_ZONE)
    chosen = months.read(request.GET.get("month", "")) or this_month
    unit = readers.unit(reader, request.GET.get("unit", ""))
    report = monthly.build(reader=reader, month=chosen, unit=unit, at=now)
    context = {
        "report": report,
        "reader": reader,
        "units": readers.units(reader),
        "chart": ranking.of(report),
        "this_month": this_month,
    }
    return render(request, "reports/month.html", context)
