"""What the desk has to tell the signed-in person (page)."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from notifications import notices as verbs
from notifications.models import Notice
from servicedesk.lib import clock, htmx, paging
from servicedesk.lib.htmx import DeskRequest

PAGE = 30
_SHOWN = ("all", "unread", "late")


@require_safe
def notices(request: DeskRequest) -> HttpResponse:
    """One's own notices, newest first, those of one matter together: all, the unread, or what was
    missed and escalated."""
    asked = request.GET.get("show", "all")
    here = asked if asked in _SHOWN else "all"
    own = Notice.objects.filter(staff=request.user)
    if here == "unread":
        own = Notice.objects.unread_by(request.user)
    elif here == "late":
        own = own.of_missed()
    page = paging.newest_first(own, request.GET.get("before"), PAGE)
    context = {"page": page, "matters": _by_matter(page.rows), "here": here, "now": clock.now()}
    return htmx.page_or_fragment(
        request, "notifications/notices.html", "notifications/_notices.html", context
    )


@require_POST
def read_all(request: DeskRequest) -> HttpResponse:
    """Mark all of one's notices as read."""
    verbs.read_all(by=request.user, at=clock.now())
    return redirect("notifications:notices")


def _by_matter(rows: Sequence[Notice]) -> list[list[Notice]]:
    """The notices of the page in heaps, one for each ticket, in the order of their newest."""
    heaps: dict[str, list[Notice]] = {}
    for row in rows:
        heaps.setdefault(row.subject or f"#{row.pk}", []).append(row)
    return list(heaps.values())
