"""Receivers outside: enter, change, switch, give another secret, try (verb)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from notifications import addresses, hooks, outbox, signing
from notifications.models import Channel, Outbox, WebhookSubscription
from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError, NotAllowed

LONGEST_URL = 300


class WrongAddress(DeskError):
    """A receiver has an address of its own, without a name or a password in it."""

    message = _("Give the whole address of the receiver, like https://erp.example.org/desk.")
    field = "url"
    http_status = 422


class NotEncrypted(DeskError):
    """What leaves the house is encrypted."""

    message = _("The receiver must be reached by https.")
    field = "url"
    http_status = 422


class AddressInside(DeskError):
    """The desk is not sent to machines of its own network by what somebody types."""

    message = _(
        "This address is inside, or belongs to no network that may be reached. Whoever runs the"
        " desk can allow it (WEBHOOK_NETWORKS)."
    )
    field = "url"
    http_status = 422


class NothingChosen(DeskError):
    """A receiver hears of at least one event."""

    message = _("Choose at least one event.")
    field = "events"
    http_status = 422


def subscribe(
    *, name: str, url: str, events: Sequence[str], by: Staff, at: datetime
) -> WebhookSubscription:
    """A receiver for the person's company; raises WrongAddress,
    NotEncrypted, AddressInside and NothingChosen."""
    _check(url, events, by)
    made = WebhookSubscription.objects.create(
        name=name, url=url, events=sorted(set(events)), scope_path=by.scope_path,
        created_at=at, created_by=by,
    )  # fmt: skip
    _heard_soon()
    return made


def amend(
    *, subscription: WebhookSubscription, name: str, url: str, events: Sequence[str], by: Staff,
    at: datetime,
) -> None:
    """Another name, address or choice; raises what subscribe raises."""
    _check(url, events, by)
    _change(subscription, by, at, name=name, url=url, events=sorted(set(events)))


def switch(
    *, subscription: WebhookSubscription, is_active: bool, by: Staff, at: datetime
) -> None:
    """On or off; what waits for one that is off is given up at its next try."""
    _only_those_who_configure(by)
    _change(subscription, by, at, is_active=is_active)


def rotate(*, subscription: WebhookSubscription, by: Staff, at: datetime) -> None:
    """Another secret; for a day messages are signed with the one before too."""
    _only_those_who_configure(by)
    _change(subscription, by, at, generation=F("generation") + 1, rotated_at=at)


def secret(*, subscription: WebhookSubscription, by: Staff, at: datetime) -> str:
    """The secret that the receiver checks signatures with."""
    _only_those_who_configure(by)
    return signing.secret_of(
        key=settings.SECRET_KEY, subscription_id=subscription.pk,
        generation=subscription.generation,
    )  # fmt: skip


def test(*, subscription: WebhookSubscription, by: Staff, at: datetime) -> Outbox:
    """Queue a message that tells of no ticket; the page shows what became of it."""
    _only_those_who_configure(by)
    row = outbox.row(
        key=f"webhook_test:{subscription.pk}:{uuid.uuid4().hex[:12]}", channel=Channel.WEBHOOK,
        recipient=subscription.name, template="test", language="",
        facts={"event": "test", "at": at.isoformat()}, subject="test",
        scope_path=subscription.scope_path, at=at, subscription=subscription,
    )  # fmt: skip
    outbox.queue(rows=[row], by=by, at=at)
    return row


def _check_address(url: str) -> None:
    """Raises WrongAddress, NotEncrypted or AddressInside for what can be told without asking the
    network; the rest is refused when a message leaves."""
    if addresses.fault_of(url) or len(url) > LONGEST_URL:
        raise WrongAddress
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_sink = (host, parts.port) == ("127.0.0.1", settings.HTTP_SINK_PORT)
    if settings.USES_HTTP_SINK and is_sink:
        return
    try:
        literal = addresses.parsed(host)
    except ValueError:
        literal = None
    if literal is not None:
        is_named = addresses.is_named(literal, settings.WEBHOOK_NETWORKS)
        if not (is_named or addresses.is_public(literal)):
            raise AddressInside
        if is_named and literal.is_loopback:
            return
    if parts.scheme != "https":
        raise NotEncrypted


def _check(url: str, events: Sequence[str], by: Staff) -> None:
    _only_those_who_configure(by)
    _check_address(url)
    if not events:
        raise NothingChosen


def _change(
    subscription: WebhookSubscription, by: Staff, at: datetime, **columns: object
) -> None:
    found = WebhookSubscription.objects.filter(pk=subscription.pk)
    found.update(**columns, changed_at=at, changed_by=by)
    subscription.refresh_from_db()
    _heard_soon()


def _heard_soon() -> None:
    """This process looks again at once, and once more when it is committed."""
    hooks.memory.forget()
    transaction.on_commit(hooks.memory.forget)


def _only_those_who_configure(by: Staff) -> None:
    if not permissions.can(by, Permission.CONFIGURE):
        raise NotAllowed
