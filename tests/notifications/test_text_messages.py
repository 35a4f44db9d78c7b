"""Text messages by a gateway that speaks HTTP: signed, repeatable, and asked after when in doubt."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from notifications import delivery, outbox
from notifications.channels import sms
from notifications.models import Channel, Lane, Outbox, OutboxState
from tests.cast import Cast
from tests.notifications import receivers
from tests.notifications.receivers import Receiver

KEY = "survey:7:sms"


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Receiver]:
    with receivers.listening() as receiver:
        settings.SMS_GATEWAY = ""
        settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{receiver.port}/sms"
        settings.SMS_STATUS_URL = f"http://127.0.0.1:{receiver.port}/status"
        settings.SMS_GATEWAY_SECRET, settings.SMS_GATEWAY_TOKEN = "told-once", "who-we-are"
        settings.SMS_SENDER = "供电服务"
        yield receiver


@pytest.fixture
def message(cast: Cast) -> Outbox:
    row = outbox.row(
        key="survey:7", channel=Channel.SMS, recipient="13900000001", template="survey_link",
        language="zh-hans", subject="20260309-0001-6", scope_path=cast.company.path, at=cast.at,
        facts={"token": "abc", "number": "20260309-0001-6", "company": "测试供电公司"},
    )  # fmt: skip
    outbox.queue(rows=[row], by=None, at=cast.at)
    return Outbox.objects.get(key=KEY)


def deliver(message: Outbox, at: datetime) -> Outbox:
    delivery.deliver(message_id=message.pk, by=None, at=at)
    message.refresh_from_db()
    return message


def killed_while_sending(message: Outbox, at: datetime) -> datetime:
    """The sender took its lease and was never heard of again; when the lease is over."""
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.SENDING, attempts=1, claimed_until=at + delivery.LEASE,
        next_try_at=at + delivery.LEASE,
    )  # fmt: skip
    return at + delivery.LEASE


def test_a_text_is_a_signed_post_with_our_own_id(
    message: Outbox, gateway: Receiver, cast: Cast
) -> None:
    assert deliver(message, cast.at).state == OutboxState.SENT
    assert message.provider_ref == "ref-1"
    (got,) = gateway.got
    asked = json.loads(got.body)
    assert (asked["id"], asked["to"], asked["sender"]) == (KEY, "13900000001", "供电服务")
    assert "abc" in asked["text"]
    assert got.headers["Idempotency-Key"] == KEY
    assert got.headers["Authorization"] == "Bearer who-we-are"
    stamp = got.headers["X-Timestamp"]
    assert int(stamp) == int(cast.at.timestamp())
    right = hmac.new(b"told-once", stamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["X-Signature"] == f"v1={right}"


def test_it_says_that_it_is_sending_before_it_calls(
    message: Outbox, gateway: Receiver, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    send = sms.send

    def look(one: Outbox, at: datetime) -> str:
        seen.append(Outbox.objects.get(pk=one.pk).state)
        return send(one, at)

    monkeypatch.setattr(sms, "send", look)
    deliver(message, cast.at)
    assert seen == [OutboxState.SENDING]


def test_after_a_crash_the_gateway_is_asked_and_nothing_is_sent_twice(
    message: Outbox, gateway: Receiver, cast: Cast
) -> None:
    later = killed_while_sending(message, cast.at)
    assert deliver(message, later).state == OutboxState.SENT
    assert [one.path for one in gateway.got] == ["/status?id=survey%3A7%3Asms"]
    assert message.doubts == 1


def test_after_a_crash_what_the_gateway_never_got_is_sent(
    message: Outbox, gateway: Receiver, cast: Cast
) -> None:
    gateway.by_path["/status"] = 404
    later = killed_while_sending(message, cast.at)
    assert deliver(message, later).state == OutboxState.SENT
    assert [one.method for one in gateway.got] == ["GET", "POST"]


def test_without_a_status_to_ask_it_is_sent_once_more_and_then_left_to_a_person(
    message: Outbox, gateway: Receiver, cast: Cast, settings: Settings
) -> None:
    settings.SMS_STATUS_URL = ""
    gateway.mood = "drop"
    assert deliver(message, cast.at).state == OutboxState.UNKNOWN
    assert message.next_try_at is not None
    assert deliver(message, message.next_try_at).state == OutboxState.UNKNOWN
    assert message.next_try_at is not None
    assert deliver(message, message.next_try_at).is_given_up
    assert message.state == OutboxState.UNKNOWN
    assert len(gateway.posts()) == 2
    assert {one.headers["Idempotency-Key"] for one in gateway.posts()} == {KEY}


def test_the_one_repeat_that_is_answered_is_sent_and_stays_marked(
    message: Outbox, gateway: Receiver, cast: Cast, settings: Settings
) -> None:
    settings.SMS_STATUS_URL = ""
    later = killed_while_sending(message, cast.at)
    assert deliver(message, later).state == OutboxState.SENT
    assert (message.doubts, len(gateway.posts())) == (1, 1)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (400, OutboxState.DEAD), (401, OutboxState.DEAD), (302, OutboxState.DEAD),
        (500, OutboxState.PENDING), (503, OutboxState.PENDING), (429, OutboxState.PENDING),
    ],
)  # fmt: skip
def test_what_is_refused_for_good_is_given_up_at_once_and_the_rest_is_tried_again(
    status: int, state: str, message: Outbox, gateway: Receiver, cast: Cast
) -> None:
    gateway.status = status
    assert deliver(message, cast.at).state == state
    assert str(status) in message.latest_error
    assert Lane.objects.filter(name="sms", failures=1).exists() == (state == OutboxState.PENDING)


def test_a_gateway_that_is_not_there_is_no_doubt(
    message: Outbox, gateway: Receiver, cast: Cast, settings: Settings
) -> None:
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:1/sms"
    assert deliver(message, cast.at).state == OutboxState.PENDING
    assert message.doubts == 0
    assert "13900000001" not in message.latest_error


def test_a_gateway_that_takes_mail_is_used_where_it_is_named(
    message: Outbox, gateway: Receiver, cast: Cast, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.SMS_GATEWAY = "sms.example.org"
    to: list[str] = []
    monkeypatch.setattr(
        "notifications.channels.smtp.hand_over", lambda one, **words: to.append(words["to"])
    )
    assert deliver(message, cast.at).state == OutboxState.SENT
    assert to == ["13900000001@sms.example.org"]
    assert gateway.got == []


def test_a_drip_is_cut_off_after_its_time(
    message: Outbox, gateway: Receiver, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "_SECONDS", 1.0)
    gateway.mood = "drip"
    begun = time.monotonic()
    assert deliver(message, cast.at).state == OutboxState.UNKNOWN
    assert time.monotonic() - begun < 3


def test_in_doubt_and_without_a_gateway_to_ask_it_waits(
    message: Outbox, gateway: Receiver, cast: Cast, settings: Settings
) -> None:
    settings.SMS_STATUS_URL = "http://127.0.0.1:1/status"
    later = killed_while_sending(message, cast.at)
    assert deliver(message, later).state == OutboxState.PENDING
    assert message.next_try_at is not None
    assert message.next_try_at - later >= timedelta(seconds=4)
    assert gateway.posts() == []
