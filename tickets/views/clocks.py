"""Why each clock of a ticket is due when it is, and what its deadlines came to (page)."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from organisation import permissions as authority
from organisation.roles import Permission
from servicedesk.lib import clock, htmx
from servicedesk.lib.htmx import DeskRequest
from tickets import clock_page, sight


@require_safe
def clocks(request: DeskRequest, number: str) -> HttpResponse:
    """All clocks of the ticket with their reasons; htmx asks for those of one alone."""
    found = sight.of(request.user, number)
    now = clock.now()
    with_rows = authority.can(request.user, Permission.SUPERVISE)
    context = {
        "ticket": found, "now": now,
        "may_replan": found.is_open and authority.can(request.user, Permission.CONFIGURE),
        **clock_page.of(
            found, now, with_rows=with_rows, clock=request.GET.get("clock", ""),
            measure=request.GET.get("measure", ""),
        ),
    }  # fmt: skip
    return htmx.page_or_fragment(
        request, "tickets/clocks.html", "tickets/_clocks_reasons.html", context
    )
