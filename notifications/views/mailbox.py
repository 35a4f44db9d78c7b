"""What the demonstration's own sinks caught: mails, text messages, webhooks (page)."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications.models import Channel
from organisation import permissions
from organisation.roles import Permission
from servicedesk import http_sink, mail_sink
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest

MOST = 50


@require_safe
def mailbox(request: DeskRequest) -> HttpResponse:
    """The newest messages; there is no such page where real servers are set for all channels."""
    if not permissions.can(request.user, Permission.READ_MAIL_SINK):
        raise NotAllowed
    if not (settings.USES_MAIL_SINK or settings.USES_HTTP_SINK):
        raise NotVisible
    caught = [
        {"channel": Channel.EMAIL.label, "subject": one.subject, "to": one.to, "at": one.at,
         "body": one.body}
        for one in (mail_sink.newest(MOST) if settings.USES_MAIL_SINK else [])
    ] + [
        {"channel": Channel(one.channel).label, "subject": "", "to": one.to, "at": one.at,
         "body": one.body}
        for one in (
            http_sink.newest(settings.HTTP_SINK_FOLDER, MOST) if settings.USES_HTTP_SINK else []
        )
    ]  # fmt: skip
    newest = sorted(caught, key=lambda one: one["at"], reverse=True)[:MOST]
    return render(request, "notifications/mailbox.html", {"caught": newest})
