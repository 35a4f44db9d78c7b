"""Text messages (ledger): by a gateway that speaks HTTP (docs/sms-gateway.md) or, where
SMS_GATEWAY names its domain, by one that takes mail to <number>@<gateway>."""

import json
from datetime import datetime
from urllib.parse import quote

from django.conf import settings

from notifications import signing, wording
from notifications.channels import http, smtp
from notifications.channels.faults import OutOfOrder, Refused
from notifications.models import Outbox

_SECONDS = 10.0
_MOST = 64 * 1024
_ACCEPTED = {"accepted", "queued", "sending", "sent", "delivered"}


def send(message: Outbox, at: datetime) -> str:
    """Hand the text over; the gateway's own reference. Raises faults.Refused, faults.OutOfOrder,
    what http.exchange raises and, with a mail gateway, what smtplib raises."""
    _, text = wording.of(message)
    if settings.SMS_GATEWAY:
        address = f"{message.recipient.lstrip('+')}@{settings.SMS_GATEWAY}"
        smtp.hand_over(message, to=address, subject="", body=text)
        return ""
    asked = {
        "id": message.key, "to": message.recipient, "text": text, "sender": settings.SMS_SENDER,
    }  # fmt: skip
    body = json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > _MOST:
        raise Refused("more than 64 KB")
    headers = _headers(body, at) | {
        "Content-Type": "application/json", "Idempotency-Key": message.key,
    }  # fmt: skip
    answer = http.exchange(
        "POST", settings.SMS_GATEWAY_URL, headers=headers, body=body, seconds=_SECONDS, most=_MOST
    )
    return _understood(answer)


def became(message: Outbox, at: datetime) -> bool | None:
    """Whether the gateway has the message, asked by our own id; None where it cannot be asked."""
    if settings.SMS_GATEWAY or not settings.SMS_STATUS_URL:
        return None
    sign = "&" if "?" in settings.SMS_STATUS_URL else "?"
    url = f"{settings.SMS_STATUS_URL}{sign}id={quote(message.key, safe='')}"
    answer = http.exchange(
        "GET", url, headers=_headers(b"", at), body=None, seconds=_SECONDS, most=_MOST
    )
    if answer.status == 404:
        return False
    if answer.status != 200:
        raise OutOfOrder(f"the gateway answered {answer.status} when asked for the status")
    return _fields(answer).get("status") in _ACCEPTED


def _headers(body: bytes, at: datetime) -> dict[str, str]:
    stamp = int(at.timestamp())
    headers = {"X-Timestamp": str(stamp)}
    if settings.SMS_GATEWAY_SECRET:
        headers["X-Signature"] = signing.signature(
            secret=settings.SMS_GATEWAY_SECRET, timestamp=stamp, body=body
        )
    if settings.SMS_GATEWAY_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_GATEWAY_TOKEN}"
    return headers


def _understood(answer: http.Answer) -> str:
    if answer.status in {408, 409, 425, 429} or answer.status >= 500:
        raise OutOfOrder(f"the gateway answered {answer.status}")
    if answer.status not in {200, 201, 202}:
        raise Refused(f"the gateway answered {answer.status}")
    fields = _fields(answer)
    status = str(fields.get("status", "accepted"))
    if status not in _ACCEPTED:
        raise Refused(f"the gateway says: {status[:100]}")
    return str(fields.get("id", ""))[:100]


def _fields(answer: http.Answer) -> dict[str, object]:
    try:
        found = json.loads(answer.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
