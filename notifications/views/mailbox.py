"""The mail caught by the demonstration's own sink (page)."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisation import permissions
from organisation.roles import Permission
from servicedesk import mail_sink
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest

MOST = 50


@require_safe
def mailbox(request: DeskRequest) -> HttpResponse:
    """The newest mails; there is no such page where a real mail server is set."""
    if not permissions.can(request.user, Permission.READ_MAIL_SINK):
        raise NotAllowed
    if not settings.USES_MAIL_SINK:
        raise NotVisible
    return render(request, "notifications/mailbox.html", {"mails": mail_sink.newest(MOST)})
