"""Send what waits in the outbox: lease, send, mark, retry, give up (verb).

A message leaves at least once: a crash between the hand-over and the mark sends it again, under
the same key. Tries are counted before the try, so that a message that kills its sender ends in
the list of the given-up ones.
"""

import logging
import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from notifications import channels
from notifications.channels import smtp
from notifications.models import Outbox, OutboxState
from organisation.models import Staff

LEASE = timedelta(seconds=60)

# A message lost with the broker is handed on again after this long; the lease stops doubles.
HAND_ON_AGAIN = timedelta(seconds=4)
MOST_TRIES = 8
_FIRST_PAUSE = 5

_log = logging.getLogger(__name__)


def claim(*, by: Staff | None, at: datetime, limit: int = 50) -> list[int]:
    """Ids of due messages, each handed to one caller only until its lease ends."""
    with transaction.atomic():
        due = Outbox.objects.filter(next_try_at__lte=at).order_by("next_try_at")
        ids = list(
            due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit]
        )
        Outbox.objects.filter(pk__in=ids).update(next_try_at=at + HAND_ON_AGAIN)
    return ids


def deliver(*, message_id: int, by: Staff | None, at: datetime) -> bool:
    """Send one message if nobody else is sending it; whether it left."""
    message = _lease(message_id, at)
    if message is None:
        return False
    if message.attempts > MOST_TRIES:
        _give_up(message, message.latest_error or "Tried too often")
        return False
    try:
        channels.BY_NAME[message.channel].send(message)  # type: ignore[index]
    except Exception as error:
        _log.warning("Message %s was not sent: %s", message.key, error)
        _put_off(message, smtp.explain(error), at)
        return False
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.SENT, sent_at=at, next_try_at=None, claimed_until=None, latest_error=""
    )
    return True


def _lease(message_id: int, at: datetime) -> Outbox | None:
    """The message with this try already counted, or None when it is sent or being sent."""
    free = Q(state=OutboxState.PENDING) | Q(state=OutboxState.SENDING, claimed_until__lte=at)
    taken = Outbox.objects.filter(free, pk=message_id).update(
        state=OutboxState.SENDING, claimed_until=at + LEASE, next_try_at=at + LEASE,
        attempts=F("attempts") + 1,
    )  # fmt: skip
    return Outbox.objects.get(pk=message_id) if taken else None


def _put_off(message: Outbox, error: str, at: datetime) -> None:
    if message.attempts >= MOST_TRIES:
        _give_up(message, error)
        return
    pause = _FIRST_PAUSE * 2 ** (message.attempts - 1) * random.uniform(0.8, 1.2)  # noqa: S311
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.PENDING, claimed_until=None, latest_error=error,
        next_try_at=at + timedelta(seconds=pause),
    )  # fmt: skip


def _give_up(message: Outbox, error: str) -> None:
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.DEAD, next_try_at=None, claimed_until=None, latest_error=error
    )
