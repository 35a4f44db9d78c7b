"""What the demonstration's own sinks caught: mails, text messages, webhooks (page)."""

from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True)
class Shown:
    """One message as the page shows it."""

    at: datetime
    channel: str
    to: str
    subject: str
    body: str


@require_safe
def mailbox(request: DeskRequest) -> HttpResponse:
    """The newest messages; there is no such page where real servers are set for all channels."""
    if not permissions.can(request.user, Permission.READ_MAIL_SINK):
        raise NotAllowed
    if not (settings.USES_MAIL_SINK or settings.USES_HTTP_SINK):
        raise NotVisible
    newest = sorted((*_mails(), *_others()), key=lambda one: one.at, reverse=True)[:MOST]
    return render(request, "notifications/mailbox.html", {"caught": newest})


def _mails() -> list[Shown]:
    found = mail_sink.newest(MOST) if settings.USES_MAIL_SINK else []
    channel = str(Channel.EMAIL.label)
    return [Shown(one.at, channel, one.to, one.subject, one.body) for one in found]


def _others() -> list[Shown]:
    """Text messages and webhooks."""
    folder = settings.HTTP_SINK_FOLDER
    found = http_sink.newest(folder, MOST) if settings.USES_HTTP_SINK else []
    return [
        Shown(one.at, str(Channel(one.channel).label), one.to, "", one.body) for one in found
    ]
