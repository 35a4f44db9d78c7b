"""Messages that leave: leased, sent, tried again, given up; never lost, repeated under one key."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from notifications import delivery, jobs, outbox
from notifications.channels import email
from notifications.models import Channel, Outbox, OutboxState
from tests.cast import Cast


@pytest.fixture
def message(cast: Cast) -> Outbox:
    row = outbox.row(
        key="event:1:7", channel=Channel.EMAIL, recipient="su@desk.example", template="overdue",
        language="zh-hans", subject="20260309-0001-6", at=cast.at,
        scope_path=cast.company.path,
        facts={"title": "停电", "clock": "reply", "name": "苏督办", "due_at": cast.at.isoformat()},
    )  # fmt: skip
    outbox.queue(rows=[row], by=None, at=cast.at)
    return Outbox.objects.get(key="event:1:7:email")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reached the channel; the SMTP side is tried in the journeys with a real server."""
    keys: list[str] = []
    monkeypatch.setattr(email, "send", lambda message, at: keys.append(message.key) or "")
    return keys


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    tried: list[str] = []

    def fail(message: Outbox, at: datetime) -> str:
        tried.append(message.key)
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr(email, "send", fail)
    return tried


def deliver(message: Outbox, at: datetime) -> bool:
    return delivery.deliver(message_id=message.pk, by=None, at=at)


def test_a_message_is_sent_once_however_often_it_is_handed_on(
    message: Outbox, cast: Cast, sent: list[str]
) -> None:
    assert deliver(message, cast.at)
    assert not deliver(message, cast.at)
    assert sent == ["event:1:7:email"]
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (OutboxState.SENT, cast.at)


def test_the_same_key_is_queued_once(message: Outbox, cast: Cast) -> None:
    again = outbox.row(
        key="event:1:7", channel=Channel.EMAIL, recipient="x@desk.example", template="overdue",
        language="en", subject="x", facts={}, scope_path=cast.company.path, at=cast.at,
    )  # fmt: skip
    outbox.queue(rows=[again], by=None, at=cast.at)
    assert Outbox.objects.get().recipient == "su@desk.example"


def test_a_sender_that_died_is_followed_by_another_after_its_lease(
    message: Outbox, cast: Cast, sent: list[str]
) -> None:
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.SENDING, attempts=1, claimed_until=cast.at + delivery.LEASE
    )
    assert not deliver(message, cast.at + timedelta(seconds=59))
    assert deliver(message, cast.at + delivery.LEASE)
    assert sent == ["event:1:7:email"]


def test_a_refused_message_waits_longer_each_time_and_is_given_up_in_sight(
    message: Outbox, cast: Cast, broken: list[str]
) -> None:
    at, pauses = cast.at, []
    for _ in range(delivery.MOST_TRIES):
        assert not deliver(message, at)
        message.refresh_from_db()
        if message.next_try_at is None:
            break
        pauses.append(message.next_try_at - at)
        at = message.next_try_at
    assert message.state == OutboxState.DEAD
    assert len(broken) == delivery.MOST_TRIES
    assert pauses == sorted(pauses)
    assert "no mail server" in message.latest_error


def test_a_given_up_message_can_be_sent_again(
    message: Outbox, cast: Cast, sent: list[str]
) -> None:
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.DEAD, attempts=8, next_try_at=None
    )
    outbox.send_again(message=message, by=cast.supervisor, at=cast.at)
    assert deliver(message, cast.at)


def test_a_message_that_kills_its_sender_ends_in_the_list_of_the_given_up(
    message: Outbox, cast: Cast, sent: list[str]
) -> None:
    Outbox.objects.filter(pk=message.pk).update(
        state=OutboxState.SENDING, attempts=delivery.MOST_TRIES, claimed_until=cast.at
    )
    assert not deliver(message, cast.at)
    message.refresh_from_db()
    assert message.state == OutboxState.DEAD
    assert sent == []


def test_a_claimed_message_is_handed_on_again_if_the_broker_loses_it(
    message: Outbox, cast: Cast
) -> None:
    def claim(at: datetime) -> tuple[list[int], list[int]]:
        claimed = delivery.claim(channel=Channel.EMAIL, by=None, at=at)
        return claimed.fresh, claimed.again

    assert claim(cast.at) == ([message.pk], [])
    assert claim(cast.at) == ([], [])
    assert claim(cast.at + delivery.HAND_ON_AGAIN) == ([], [message.pk])


def test_one_statement_says_what_is_due(
    message: Outbox, cast: Cast, django_assert_num_queries: Any
) -> None:
    before = cast.at - timedelta(seconds=1)
    with django_assert_num_queries(2):
        assert delivery.due(by=None, at=before) == set()
        assert delivery.due(by=None, at=cast.at) == {Channel.EMAIL}
    with override_settings(JOBS={"work": "tests.notifications.test_jobs.work"}):
        jobs.ask_for(kind="work", params={}, by=cast.administrator, at=cast.at)
    assert delivery.due(by=None, at=cast.at) == {Channel.EMAIL, "bulk"}


def test_the_relay_knows_how_many_nobody_has_begun(
    message: Outbox, cast: Cast, sent: list[str]
) -> None:
    def underway(at: datetime) -> int:
        return delivery.underway(channel=Channel.EMAIL, by=None, at=at)

    assert underway(cast.at) == 0
    delivery.claim(channel=Channel.EMAIL, by=None, at=cast.at)
    assert underway(cast.at) == 1
    assert underway(cast.at + delivery.HAND_ON_AGAIN) == 0
    deliver(message, cast.at)
    assert underway(cast.at) == 0


def test_each_channel_is_claimed_by_itself(message: Outbox, cast: Cast) -> None:
    assert delivery.claim(channel=Channel.SMS, by=None, at=cast.at).seen == 0
    assert delivery.claim(channel=Channel.EMAIL, by=None, at=cast.at).seen == 1


@pytest.mark.parametrize("template", ["overdue", "reminded", "escalated", "limit_warned"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_each_message_has_its_words_in_both_languages(
    template: str, language: str, message: Outbox
) -> None:
    from notifications import wording

    message.template, message.language = template, language
    subject, body = wording.of(message)
    assert "20260309-0001-6" in subject
    assert "停电" in body
    has_chinese = any("\u4e00" <= character <= "\u9fff" for character in subject)
    assert has_chinese == (language == "zh-hans")
