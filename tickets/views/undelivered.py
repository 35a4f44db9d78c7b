"""Messages about confidential reports that did not leave (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from notifications import outbox
from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import undelivered as question


@require_safe
def undelivered(request: DeskRequest) -> HttpResponse:
    """Of the reports the person may see; empty for everybody else."""
    return render(
        request, "tickets/undelivered.html", {"rows": question.about_reports(request.user)}
    )


@require_POST
def send_again(request: DeskRequest, pk: int) -> HttpResponse:
    """Give one of them a fresh set of tries."""
    mine = (one for one in question.about_reports(request.user) if one.message.pk == pk)
    found = next(mine, None)
    if found is None:
        raise NotVisible
    outbox.send_again(message=found.message, by=request.user, at=clock.now())
    messages.success(request, _("The message will be tried again."))
    return redirect("tickets:undelivered")
