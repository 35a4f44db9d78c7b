"""Put an event before the receivers outside that chose it, inside the caller's transaction (verb).

Who listens is kept in memory for a moment, so that a change of a ticket asks no question for it:
a new or changed subscription is heard by every process within FRESH seconds.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifications import outbox, silence
from notifications.models import Channel, Outbox, OutboxState, WebhookSubscription
from organisation.models import Staff

FRESH = 20.0


@dataclass(frozen=True)
class Told:
    """What a receiver hears of one event: codes and instants, nothing of people or their words."""

    key: str
    event: str
    number: str
    state: str
    kind: str
    utility: str
    unit: str
    at: datetime
    scope_path: str

    def facts(self) -> dict[str, str]:
        """As they stand in the message."""
        return {
            "event": self.event, "number": self.number, "state": self.state, "kind": self.kind,
            "utility": self.utility, "unit": self.unit, "at": self.at.isoformat(),
        }  # fmt: skip


class _Memory:
    """The active subscriptions as this process knows them."""

    def __init__(self) -> None:
        self.known: list[WebhookSubscription] = []
        self.until = 0.0

    def listening(self) -> list[WebhookSubscription]:
        if time.monotonic() >= self.until:
            self.known = list(WebhookSubscription.objects.filter(is_active=True).order_by("pk"))
            self.until = time.monotonic() + FRESH
        return self.known

    def forget(self) -> None:
        self.until = 0.0


memory = _Memory()


def listening(scope_path: str, event: str) -> list[WebhookSubscription]:
    """The active subscriptions that chose the event and hear of tickets of that company."""
    return [
        one for one in memory.listening()
        if event in one.events and scope_path.startswith(one.scope_path)
    ]  # fmt: skip


def tell(*, events: Iterable[Told], by: Staff | None, at: datetime) -> None:
    """A message to each receiver of each event; none of history that is only loaded."""
    if silence.is_kept():
        return
    rows = [
        _message(subscription, told, at)
        for told in events
        for subscription in listening(told.scope_path, told.event)
    ]
    if rows:
        outbox.queue(rows=rows, by=by, at=at)


def withdraw(*, subject: str, by: Staff | None, at: datetime) -> int:
    """Take back what has not left of a matter that is confidential now; the count."""
    waiting = Outbox.objects.filter(
        channel=Channel.WEBHOOK, subject=subject, state=OutboxState.PENDING
    )
    return waiting.delete()[0]


def _message(subscription: WebhookSubscription, told: Told, at: datetime) -> Outbox:
    return outbox.row(
        key=f"{told.key}:{subscription.pk}", channel=Channel.WEBHOOK, recipient=subscription.name,
        template="event", language="", facts=told.facts(), subject=told.number,
        scope_path=told.scope_path, at=at, subscription=subscription,
    )  # fmt: skip
