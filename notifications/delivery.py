"""Send what waits in the outbox: lease, send, mark, retry, give up (verb).

A message leaves at least once: a crash between the hand-over and the mark sends it again, under
the same key. Tries are counted before the try, so that a message that kills its sender ends in
the list of the given-up ones. A text message whose try ended without a word is asked after by its
key; where the gateway cannot be asked it is sent once more and marked, and then left to a person.
"""

import logging
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from notifications import channels, lanes
from notifications.channels import faults, sms
from notifications.models import Channel, Lane, Outbox, OutboxState, Trouble
from organisation.models import Staff

LEASE = timedelta(seconds=60)

# A message lost with the broker, or with a worker that hears nothing, is handed on again after
# this long; the lease stops doubles.
HAND_ON_AGAIN = timedelta(seconds=1.5)
MOST_TRIES = 8
_FIRST_PAUSE = 5

_DUE = """
    SELECT c.channel FROM unnest(%s) AS c(channel) WHERE EXISTS (
        SELECT 1 FROM notifications_outbox o WHERE o.channel = c.channel AND o.next_try_at <= %s)
    UNION ALL SELECT 'bulk' WHERE EXISTS (
        SELECT 1 FROM notifications_job WHERE next_try_at <= %s)
"""

_log = logging.getLogger(__name__)


@dataclass
class Claimed:
    """Ids of messages to hand on: `fresh` ones, and those that nobody began since they were handed
    on the last time; `seen` counts all that were due, also those put off. One whose sender was lost
    is never among the latter: it may be what kills senders, and is the workers' alone."""

    fresh: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    seen: int = 0


def due(*, by: Staff | None, at: datetime) -> set[str]:
    """The channels of which something is due, and "bulk" for a job: one statement, however much
    waits."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [list(Channel.values), at, at])
        return {name for (name,) in cursor.fetchall()}


def claim(*, channel: Channel, by: Staff | None, at: datetime, limit: int = 50) -> Claimed:
    """Due messages of the channel, each handed to one caller only until its time is over. What
    would go to a side that is out of order is put off without losing a try."""
    with transaction.atomic():
        due = Outbox.objects.filter(channel=channel, next_try_at__lte=at).order_by("next_try_at")
        rows = list(
            due.select_for_update(skip_locked=True, no_key=True).values_list(
                "pk", "lane", "hand_ons", "doubts"
            )[:limit]
        )
        if not rows:
            return Claimed()
        held = _put_off_where_shut({pk: lane or channel for pk, lane, *_ in rows}, at)
        claimed = Claimed(seen=len(rows))
        for pk, _lane, hand_ons, doubts in rows:
            if pk not in held:
                (claimed.again if hand_ons and not doubts else claimed.fresh).append(pk)
        Outbox.objects.filter(pk__in=claimed.fresh + claimed.again).update(
            next_try_at=at + HAND_ON_AGAIN, hand_ons=F("hand_ons") + 1
        )
    return claimed


def underway(*, channel: Channel, by: Staff | None, at: datetime) -> int:
    """How many messages of the channel are handed on and not yet begun."""
    waiting = Outbox.objects.filter(channel=channel, state=OutboxState.PENDING, hand_ons__gt=0)
    return waiting.filter(next_try_at__gt=at, next_try_at__lte=at + HAND_ON_AGAIN).count()


def deliver(*, message_id: int, by: Staff | None, at: datetime) -> bool:
    """Send one message if nobody else is sending it; whether it left."""
    message = _lease(message_id, at)
    if message is None:
        return False
    if message.attempts > MOST_TRIES:
        trouble = Trouble(message.trouble or Trouble.LOST)
        _rest(message, OutboxState.DEAD, trouble, message.latest_error)
        return False
    try:
        if message.doubts and message.channel == Channel.SMS and _is_settled(message, at):
            return message.state == OutboxState.SENT
        reference = channels.BY_NAME[message.channel].send(message, at)  # type: ignore[index]
    except Exception as error:
        _failed(message, error, at)
        return False
    _sent(message, reference, at)
    return True


def _put_off_where_shut(lane_of: dict[int, str], at: datetime) -> set[int]:
    """Ids that rest because their lane is shut; of a lane whose rest is over one goes as probe."""
    held: set[int] = set()
    for lane in Lane.objects.filter(open_until__isnull=False, name__in=set(lane_of.values())):
        waiting = [pk for pk, name in lane_of.items() if name == lane.name]
        until = lane.open_until
        if lanes.probe(lane=lane, by=None, at=at):
            waiting, until = waiting[1:], at + lanes.PROBE
        Outbox.objects.filter(pk__in=waiting).update(next_try_at=until)
        held |= set(waiting)
    return held


def _lease(message_id: int, at: datetime) -> Outbox | None:
    """The message with this try already counted, or None when it is sent or being sent. A try
    that nobody ended is a doubt: the message may have left."""
    took = {
        "state": OutboxState.SENDING, "claimed_until": at + LEASE, "next_try_at": at + LEASE,
        "attempts": F("attempts") + 1, "hand_ons": 0,
    }  # fmt: skip
    one = Outbox.objects.filter(pk=message_id)
    taken = one.filter(state=OutboxState.PENDING).update(**took)
    if not taken:
        expired = Q(state=OutboxState.SENDING, claimed_until__lte=at)
        asked = Q(state=OutboxState.UNKNOWN, next_try_at__isnull=False)
        taken = one.filter(expired | asked).update(**took, doubts=F("doubts") + 1)
    return Outbox.objects.select_related("subscription").get(pk=message_id) if taken else None


def _is_settled(message: Outbox, at: datetime) -> bool:
    """Whether there is nothing left to send of a text message whose earlier try is in doubt."""
    became = sms.became(message, at)
    if became:
        _sent(message, "", at)
    elif became is None and message.doubts > 1:
        _rest(message, OutboxState.UNKNOWN, Trouble.UNANSWERED, message.latest_error)
    else:
        return False
    return True


def _sent(message: Outbox, reference: str, at: datetime) -> None:
    message.state = OutboxState.SENT
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.SENT, sent_at=at, next_try_at=None, claimed_until=None, latest_error="",
        trouble="", provider_ref=reference,
    )  # fmt: skip
    lanes.recovered(lane=message.lane or message.channel, by=None, at=at)


def _failed(message: Outbox, error: Exception, at: datetime) -> None:
    """Put the message off, or give it up; a side that is out of order is remembered."""
    said = faults.explain(error)
    if message.recipient and message.channel != Channel.WEBHOOK:
        # Servers like to repeat whom they refuse.
        said = said.replace(message.recipient, "…")
    _log.warning("Message %s was not sent: %s", message.key, said)
    trouble = faults.trouble_of(error)
    if faults.is_outage(error):
        lanes.stumbled(
            lane=message.lane or message.channel, trouble=trouble, error=said, by=None, at=at
        )
    is_doubtful = message.channel == Channel.SMS and faults.is_doubtful(error)
    state = OutboxState.UNKNOWN if is_doubtful else OutboxState.PENDING
    if faults.is_final(error) or message.attempts >= MOST_TRIES:
        _rest(message, state if is_doubtful else OutboxState.DEAD, trouble, said)
        return
    pause = _FIRST_PAUSE * 2 ** (message.attempts - 1) * random.uniform(0.8, 1.2)  # noqa: S311
    Outbox.objects.filter(pk=message.pk).update(
        state=state, claimed_until=None, trouble=trouble, latest_error=said,
        next_try_at=at + timedelta(seconds=pause),
    )  # fmt: skip


def _rest(message: Outbox, state: OutboxState, trouble: Trouble, error: str) -> None:
    """No more tries unless a person asks for them."""
    Outbox.objects.filter(pk=message.pk).update(
        state=state, next_try_at=None, claimed_until=None, trouble=trouble, latest_error=error
    )
