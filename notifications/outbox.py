"""Queue a message inside the caller's transaction; delivery sends it later (verb)."""

from datetime import datetime
from typing import Any

from notifications import silence
from notifications.models import Channel, Outbox
from organisation.models import Staff
from servicedesk.lib import table_insert


def row(
    *, key: str, channel: Channel, recipient: str, template: str, language: str,
    facts: dict[str, Any], subject: str, scope_path: str, at: datetime,
) -> Outbox:
    """A message waiting to leave, not saved yet; `template` names templates/messages/<channel>/,
    `scope_path` the company whose people may know of it."""
    return Outbox(
        key=f"{key}:{channel}", channel=channel, recipient=recipient, template=template,
        language=language, facts=facts, subject=subject, scope_path=scope_path,
        created_at=at, next_try_at=at,
    )


def queue(*, rows: list[Outbox], by: Staff | None, at: datetime) -> None:
    """Write the messages; one whose key is already there is left as it is. History sends none."""
    if silence.withhold(rows):
        return
    table_insert.new(rows, skip_known=True)


def send_again(*, message: Outbox, by: Staff, at: datetime) -> None:
    """Give a dead message a fresh set of tries under the same key."""
    Outbox.objects.filter(pk=message.pk, state="dead").update(
        state="pending", attempts=0, next_try_at=at, latest_error=""
    )
