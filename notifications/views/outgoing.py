"""What is on its way out, and what was given up (page)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from notifications import outbox
from notifications.models import (
    Channel,
    Lane,
    Outbox,
    OutboxQuerySet,
    OutboxState,
    WebhookSubscription,
)
from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib import clock, paging
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest

PAGE = 50

TABS = {
    "given_up": gettext_lazy("Given up"),
    "waiting": gettext_lazy("On its way"),
    "doubtful": gettext_lazy("In doubt"),
    "sent": gettext_lazy("Sent"),
}


@require_safe
def outgoing(request: DeskRequest) -> HttpResponse:
    """Messages of the person's company in one state, newest first, and what is out of order;
    recipients and words are not shown."""
    _only_those_who_run_it(request)
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    chosen = state if state in TABS else "given_up"
    of_channel = channel if channel in Channel.values else ""
    found = _in_tab(_own(request.user), chosen)
    found = found.filter(channel=of_channel) if of_channel else found
    page = paging.newest_first(
        found.select_related("again_by").defer("facts"), request.GET.get("before"), PAGE
    )
    context = {
        "page": page, "chosen": chosen, "of_channel": of_channel, "tabs": TABS,
        "channels": Channel.choices, "given_up": _given_up(request.user), "now": clock.now(),
        "lanes": _troubled_lanes(request.user),
        "may_see_reports": permissions.can(request.user, Permission.SEE_CONFIDENTIAL),
    }  # fmt: skip
    return render(request, "notifications/outgoing.html", context)


@require_POST
def again(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a message that was given up a fresh set of tries."""
    _only_those_who_run_it(request)
    message = _own(request.user).filter(pk=pk).first()
    if message is None:
        raise NotVisible
    outbox.send_again(message=message, by=request.user, at=clock.now())
    messages.success(request, _("The message will be tried again."))
    return redirect("notifications:outgoing")


@require_POST
def all_again(request: DeskRequest) -> HttpResponse:
    """The same for everything of one channel."""
    _only_those_who_run_it(request)
    found = _own(request.user).filter(channel=request.POST.get("channel", ""))
    count = outbox.send_all_again(messages=found, by=request.user, at=clock.now())
    messages.success(
        request,
        ngettext(
            "%(count)d message will be tried again.", "%(count)d messages will be tried again.",
            count,
        ) % {"count": count},
    )  # fmt: skip
    return redirect("notifications:outgoing")


def _own(user: Staff) -> OutboxQuerySet:
    return Outbox.objects.of_company(user).of_open_matters()


def _in_tab(found: OutboxQuerySet, chosen: str) -> OutboxQuerySet:
    if chosen == "waiting":
        return found.filter(next_try_at__isnull=False)
    if chosen == "doubtful":
        return found.filter(doubts__gt=0)
    return found.filter(state=OutboxState.SENT) if chosen == "sent" else found.given_up()


def _given_up(user: Staff) -> list[tuple[str, str, int]]:
    """Channel, its name, and how many of it were given up."""
    counted = _own(user).given_up().values_list("channel").annotate(count=Count("pk"))
    return [(code, str(Channel(code).label), count) for code, count in counted.order_by("channel")]


def _troubled_lanes(user: Staff) -> list[dict[str, Any]]:
    """What has failed at least twice in a row and has not recovered."""
    names: dict[str, Any] = {str(code): label for code, label in Channel.choices}
    receivers = WebhookSubscription.objects.of_company(user)
    names |= {one.lane: one.name for one in receivers}
    failing = Lane.objects.filter(failures__gte=2, name__in=names).order_by("failing_since")
    return [{"name": names[lane.name], "lane": lane} for lane in failing]


def _only_those_who_run_it(request: DeskRequest) -> None:
    may = (Permission.SUPERVISE, Permission.CONFIGURE)
    if not any(permissions.can(request.user, one) for one in may):
        raise NotAllowed
