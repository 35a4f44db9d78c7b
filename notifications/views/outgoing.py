"""What is on its way out, and what was given up (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from notifications import outbox
from notifications.models import Outbox, OutboxState
from organisation import permissions
from organisation.roles import Permission
from servicedesk.lib import clock, paging
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest

PAGE = 50


@require_safe
def outgoing(request: DeskRequest) -> HttpResponse:
    """Messages of the person's company in one state, newest first; recipients masked."""
    _only_those_who_run_it(request)
    state = request.GET.get("state", OutboxState.DEAD)
    chosen = state if state in OutboxState.values else OutboxState.DEAD
    open_ones = Outbox.objects.of_company(request.user).of_open_matters()
    found = open_ones.filter(state=chosen).defer("facts")
    page = paging.newest_first(found, request.GET.get("before"), PAGE)
    context = {"page": page, "chosen": chosen, "states": OutboxState.choices}
    return render(request, "notifications/outgoing.html", context)


@require_POST
def again(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a message that was given up a fresh set of tries."""
    _only_those_who_run_it(request)
    open_ones = Outbox.objects.of_company(request.user).of_open_matters()
    message = open_ones.filter(pk=pk).first()
    if message is None:
        raise NotVisible
    outbox.send_again(message=message, by=request.user, at=clock.now())
    messages.success(request, _("The message will be tried again."))
    return redirect("notifications:outgoing")


def _only_those_who_run_it(request: DeskRequest) -> None:
    may = (Permission.SUPERVISE, Permission.CONFIGURE)
    if not any(permissions.can(request.user, one) for one in may):
        raise NotAllowed
