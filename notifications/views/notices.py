"""What the desk has to tell the signed-in person (page)."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from notifications import notices as verbs
from notifications.models import Notice
from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.htmx import DeskRequest

PAGE = 30


@require_safe
def notices(request: DeskRequest) -> HttpResponse:
    """One's own notices, newest first."""
    own = Notice.objects.filter(staff=request.user)
    page = paging.newest_first(own, request.GET.get("before"), PAGE)
    context = {"page": page, "now": clock.now()}
    return htmx.page_or_fragment(
        request, "notifications/notices.html", "notifications/_notices.html", context
    )


@require_POST
def read_all(request: DeskRequest) -> HttpResponse:
    """Mark all of one's notices as read."""
    verbs.read_all(by=request.user, at=clock.now())
    return redirect("notifications:notices")
