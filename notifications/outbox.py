"""Queue a message inside the caller's transaction; delivery sends it later (verb)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications import lanes, silence
from notifications.models import (
    GIVEN_UP,
    Channel,
    Outbox,
    OutboxQuerySet,
    OutboxState,
    WebhookSubscription,
)
from organisation.models import Staff
from servicedesk.lib import table_insert
from servicedesk.lib.errors import DeskError


class NotGivenUp(DeskError):
    """Only what was given up is sent again by hand."""

    message = _("This message is on its way already, or has left. Look at the list again.")


class NothingGivenUp(DeskError):
    """Somebody else was faster, or everything has left."""

    message = _("Nothing of this kind is given up any more.")


def row(
    *, key: str, channel: Channel, recipient: str, template: str, language: str,
    facts: dict[str, Any], subject: str, scope_path: str, at: datetime,
    subscription: WebhookSubscription | None = None,
) -> Outbox:
    """A message waiting to leave, not saved yet; `template` names templates/messages/<channel>/,
    `scope_path` the company whose people may know of it."""
    return Outbox(
        key=f"{key}:{channel}", channel=channel, recipient=recipient, template=template,
        language=language, facts=facts, subject=subject, scope_path=scope_path,
        created_at=at, next_try_at=at, subscription=subscription,
        lane=subscription.lane if subscription else channel,
    )


def queue(*, rows: list[Outbox], by: Staff | None, at: datetime) -> None:
    """Write the messages; one whose key is already there is left as it is. History sends none."""
    if silence.withhold(rows):
        return
    table_insert.new(rows, skip_known=True)


def send_again(*, message: Outbox, by: Staff, at: datetime) -> None:
    """Give a message that was given up a fresh set of tries under the same key; raises
    NotGivenUp."""
    if not _again(Outbox.objects.filter(pk=message.pk), by, at):
        raise NotGivenUp
    lanes.reopen(lanes={message.lane}, by=by, at=at)


def send_all_again(*, messages: OutboxQuerySet, by: Staff, at: datetime) -> int:
    """The same for all of these that were given up; their number. Raises NothingGivenUp."""
    shut = set(messages.given_up().values_list("lane", flat=True).distinct())
    count = _again(messages, by, at)
    if not count:
        raise NothingGivenUp
    lanes.reopen(lanes=shut, by=by, at=at)
    return count


def _again(messages: OutboxQuerySet, by: Staff, at: datetime) -> int:
    """A text message of which nobody knows whether it arrived stays in doubt."""
    given_up = messages.filter(state__in=GIVEN_UP, next_try_at=None)
    return given_up.update(
        state=OutboxState.PENDING, attempts=0, hand_ons=0, next_try_at=at, trouble="",
        latest_error="", again_at=at, again_by=by,
    )  # fmt: skip
