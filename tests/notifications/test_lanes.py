"""A side that is out of order rests; what waits loses no try; the others do not notice."""

from datetime import datetime, timedelta

import pytest

from notifications import delivery, lanes, outbox
from notifications.channels import email, sms
from notifications.models import Channel, Lane, Outbox, OutboxState, Trouble
from tests.cast import Cast


class Side:
    """What one channel does: take everything, or be away."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.is_away = False

    def send(self, message: Outbox, at: datetime) -> str:
        if self.is_away:
            raise ConnectionRefusedError("nobody there")
        self.taken.append(message.pk)
        return ""


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Side:
    side = Side()
    monkeypatch.setattr(email, "send", side.send)
    return side


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Side:
    side = Side()
    monkeypatch.setattr(sms, "send", side.send)
    return side


def queue(cast: Cast, channel: Channel, count: int) -> list[Outbox]:
    rows = [
        outbox.row(
            key=f"event:{number}", channel=channel, recipient="x", template="overdue",
            language="en", facts={}, subject="20260309-0001-6", scope_path=cast.company.path,
            at=cast.at,
        )
        for number in range(count)
    ]  # fmt: skip
    outbox.queue(rows=rows, by=None, at=cast.at)
    return list(Outbox.objects.filter(channel=channel).order_by("pk"))


def carry(channel: Channel, at: datetime) -> list[int]:
    """One turn of the relay for one channel; what was handed on."""
    claimed = delivery.claim(channel=channel, by=None, at=at)
    for pk in claimed.fresh + claimed.again:
        delivery.deliver(message_id=pk, by=None, at=at)
    return claimed.fresh + claimed.again


def fail(gateway: Side, cast: Cast) -> Lane:
    """The gateway is away, and its lane is shut."""
    gateway.is_away = True
    queue(cast, Channel.SMS, 30)
    for one in Outbox.objects.all()[: lanes.MOST_FAILURES]:
        delivery.deliver(message_id=one.pk, by=None, at=cast.at)
    return Lane.objects.get(name="sms")


def test_after_five_failures_nothing_is_tried_for_a_while_and_no_try_is_lost(
    cast: Cast, gateway: Side
) -> None:
    lane = fail(gateway, cast)
    assert lane.open_until == cast.at + timedelta(seconds=5)
    assert carry(Channel.SMS, cast.at + timedelta(seconds=1)) == []
    assert Outbox.objects.filter(attempts=0).count() == 30 - lanes.MOST_FAILURES
    assert carry(Channel.SMS, cast.at + timedelta(seconds=3)) == []


def test_then_one_message_is_the_probe_and_a_failure_doubles_the_rest(
    cast: Cast, gateway: Side
) -> None:
    fail(gateway, cast)
    later = cast.at + timedelta(seconds=5)
    assert len(carry(Channel.SMS, later)) == 1
    lane = Lane.objects.get(name="sms")
    assert lane.open_until == later + timedelta(seconds=10)


def test_no_rest_is_longer_than_a_minute(cast: Cast, gateway: Side) -> None:
    fail(gateway, cast)
    at = cast.at
    rests = []
    for _ in range(8):
        lane = Lane.objects.get(name="sms")
        assert lane.open_until is not None
        at = lane.open_until
        assert lanes.probe(lane=lane, by=None, at=at)
        lanes.stumbled(lane="sms", trouble=Trouble.BUSY, error="x", by=None, at=at)
        until = Lane.objects.get(name="sms").open_until
        assert until is not None
        rests.append((until - at).total_seconds())
    assert rests == [10, 20, 40, 60, 60, 60, 60, 60]


def test_what_was_on_its_way_when_the_lane_was_shut_lengthens_nothing(
    cast: Cast, gateway: Side
) -> None:
    lane = fail(gateway, cast)
    for one in Outbox.objects.filter(attempts=0)[:20]:
        delivery.deliver(message_id=one.pk, by=None, at=cast.at)
    assert Lane.objects.get(name="sms").open_until == lane.open_until


def test_a_probe_that_is_taken_lets_all_others_go_at_once(cast: Cast, gateway: Side) -> None:
    fail(gateway, cast)
    carry(Channel.SMS, cast.at)
    later = cast.at + timedelta(seconds=7)
    gateway.is_away = False
    assert len(carry(Channel.SMS, later)) == 1
    assert Lane.objects.get(name="sms").open_until is None
    assert len(carry(Channel.SMS, later)) == 30 - 1
    assert len(gateway.taken) == len(set(gateway.taken)) == 30


def test_a_dead_gateway_does_not_keep_mail_waiting(
    cast: Cast, gateway: Side, mail: Side
) -> None:
    fail(gateway, cast)
    queue(cast, Channel.EMAIL, 20)
    carry(Channel.SMS, cast.at)
    assert len(carry(Channel.EMAIL, cast.at)) == 20
    assert len(mail.taken) == 20


def test_one_message_that_nobody_will_take_shuts_no_lane(
    cast: Cast, mail: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(message: Outbox, at: datetime) -> str:
        raise ValueError("poison")

    monkeypatch.setattr(email, "send", break_down)
    for one in queue(cast, Channel.EMAIL, 10):
        delivery.deliver(message_id=one.pk, by=None, at=cast.at)
    assert not Lane.objects.exists()


def test_whoever_says_that_it_is_mended_need_not_wait(cast: Cast, gateway: Side) -> None:
    fail(gateway, cast)
    carry(Channel.SMS, cast.at)
    dead = Outbox.objects.first()
    assert dead is not None
    Outbox.objects.filter(pk=dead.pk).update(state=OutboxState.DEAD, next_try_at=None)
    gateway.is_away = False
    outbox.send_again(message=dead, by=cast.supervisor, at=cast.at)
    assert len(carry(Channel.SMS, cast.at)) == 1
    carry(Channel.SMS, cast.at)
    assert Outbox.objects.filter(state=OutboxState.SENT).count() > 20
