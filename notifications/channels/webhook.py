"""Webhooks (ledger): a signed JSON POST to a receiver outside (docs/webhooks.md)."""

import json
from datetime import datetime, timedelta
from urllib.parse import SplitResult

from django.conf import settings

from notifications import addresses, signing
from notifications.addresses import Address
from notifications.channels import http
from notifications.channels.faults import OutOfOrder, Refused, SwitchedOff
from notifications.models import Outbox, WebhookSubscription

_SECONDS = 5.0
_MOST = 64 * 1024
# How long after a change of the secret the one before still signs too.
OVERLAP = timedelta(hours=24)


def send(message: Outbox, at: datetime) -> str:
    """Hand the event over; raises faults.Refused, faults.OutOfOrder and what http.exchange
    raises."""
    subscription = message.subscription
    if subscription is None or not subscription.is_active:
        raise SwitchedOff("the receiver is switched off")
    body = json.dumps(
        {"id": message.key, **message.facts}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    if len(body) > _MOST:
        raise Refused("more than 64 KB")
    stamp = int(at.timestamp())
    headers = {
        "Content-Type": "application/json", "Idempotency-Key": message.key,
        "X-Timestamp": str(stamp), "X-Signature": _signatures(subscription, stamp, body, at),
    }  # fmt: skip
    answer = http.exchange(
        "POST", subscription.url, headers=headers, body=body, seconds=_SECONDS, most=_MOST,
        may_go_to=_may_go_to,
    )  # fmt: skip
    _judge(answer.status)
    return ""


def _judge(status: int) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Refused(f"the receiver answered {status}: redirects are not followed")
    # Also what says "never": a receiver is mended while we wait, and no other message lacks the time.
    raise OutOfOrder(f"the receiver answered {status}")


def _may_go_to(parts: SplitResult, address: Address) -> bool:
    """https to a public address or to a network of the operator; plain http to this machine alone,
    where the operator names it or the demonstration's sink listens."""
    if settings.USES_HTTP_SINK and (str(address), parts.port) == (
        "127.0.0.1", settings.HTTP_SINK_PORT,
    ):  # fmt: skip
        return True
    is_named = addresses.is_named(address, settings.WEBHOOK_NETWORKS)
    if parts.scheme == "http":
        return is_named and address.is_loopback
    return is_named or addresses.is_public(address)


def _signatures(
    subscription: WebhookSubscription, stamp: int, body: bytes, at: datetime
) -> str:
    generations = [subscription.generation]
    rotated_at = subscription.rotated_at
    if rotated_at is not None and at - rotated_at < OVERLAP:
        generations.append(subscription.generation - 1)
    secrets = [
        signing.secret_of(
            key=settings.SECRET_KEY, subscription_id=subscription.pk, generation=generation
        )
        for generation in generations
    ]
    return ", ".join(signing.signature(secret=one, timestamp=stamp, body=body) for one in secrets)
