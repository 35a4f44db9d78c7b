"""The supervisor's page: what is late and what soon will be, by unit, stage and holder (page)."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from organisation import permissions
from organisation.roles import Permission
from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import lateness, unacknowledged

PAGE = 50


@require_safe
def overdue(request: DeskRequest) -> HttpResponse:
    """Late and soon due tickets in one's scope, each with the reason of its escalation and the
    acts that help."""
    may_lead = permissions.can(request.user, Permission.LEAD_UNIT)
    if not (permissions.can(request.user, Permission.SUPERVISE) or may_lead):
        raise NotAllowed
    now = clock.now()
    chosen = lateness.Chosen.of(request.GET)
    late = lateness.tickets(request.user, chosen, now)
    page = paging.by_due(late.for_worklist(), request.GET.get("after"), PAGE)
    context = {
        "chosen": chosen,
        "page": page,
        "counts": lateness.counts(request.user, chosen, now),
        "escalations": lateness.escalations(page.rows),
        "unanswered": unacknowledged.by_ticket(page.rows, now),
        "now": now,
    }
    return htmx.page_or_fragment(request, "tickets/overdue.html", "tickets/_overdue.html", context)
