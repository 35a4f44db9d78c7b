"""A webhook cannot be aimed at the inside (S16): refused before a packet leaves, in every spelling."""

import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from notifications import addresses, delivery, outbox
from notifications.channels import http
from notifications.models import Channel, Outbox, OutboxState, WebhookSubscription
from tests.cast import Cast
from tests.notifications import receivers
from tests.notifications.receivers import Receiver

INSIDE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",  # noqa: S104
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192",
    "168.63.129.16", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1", "100::1",
)  # fmt: skip
OUTSIDE = ("8.8.8.8", "1.1.1.1", "203.119.25.1", "2606:4700:4700::1111", "2400:3200::1")

# How the machine itself can be written; {port} is where the canary listens.
SPELLINGS = (
    "https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://2130706433:{port}/",
    "https://0x7f.0.0.1:{port}/", "https://0x7f000001:{port}/", "https://0177.0.0.1:{port}/",
    "https://127.1:{port}/", "https://0:{port}/", "https://0.0.0.0:{port}/", "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/", "https://[::ffff:7f00:1]:{port}/", "https://[::]:{port}/",
    "https://LOCALHOST:{port}/", "https://127.0.0.1.:{port}/", "http://127.0.0.1:{port}/",
)  # fmt: skip


class Canary:
    """Listens on every loopback address; counts who comes."""

    def __init__(self) -> None:
        self.lines = [_listening(socket.AF_INET, "", 0)]
        self.port = self.lines[0].getsockname()[1]
        if socket.has_ipv6:
            self.lines.append(_listening(socket.AF_INET6, "::", self.port))
        self.visits = 0
        for line in self.lines:
            threading.Thread(target=self._wait, args=[line], daemon=True).start()

    def _wait(self, line: socket.socket) -> None:
        while True:
            try:
                visitor, _ = line.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def end(self) -> None:
        for line in self.lines:
            line.close()


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    line = socket.socket(family)
    if family == socket.AF_INET6:
        line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    line.bind((host, port))
    line.listen(16)
    return line


@pytest.fixture
def canary() -> Iterator[Canary]:
    found = Canary()
    yield found
    found.end()


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receivers.listening() as found:
        found.status = 204
        yield found


def aimed_at(url: str, cast: Cast) -> Outbox:
    """A message to a receiver whose address got past the form."""
    subscription = WebhookSubscription.objects.create(
        name="x", url=url, events=["closed"], scope_path=cast.company.path, created_at=cast.at
    )
    row = outbox.row(
        key=f"event:{subscription.pk}", channel=Channel.WEBHOOK, recipient="x", template="event",
        language="", facts={"event": "closed"}, subject="20260309-0001-6", at=cast.at,
        scope_path=cast.company.path, subscription=subscription,
    )  # fmt: skip
    outbox.queue(rows=[row], by=None, at=cast.at)
    return Outbox.objects.get(subscription=subscription)


def deliver(message: Outbox, at: datetime) -> Outbox:
    delivery.deliver(message_id=message.pk, by=None, at=at)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_is_none_of_the_internet(text: str) -> None:
    assert not addresses.is_public(addresses.parsed(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_an_ordinary_address_is_allowed(text: str) -> None:
    assert addresses.is_public(addresses.parsed(text))


def test_a_network_of_ones_own_is_allowed_where_it_is_named() -> None:
    inside = addresses.parsed("::ffff:10.2.3.4")
    assert addresses.is_named(inside, ["10.2.0.0/16", "fd12::/48"])
    assert not addresses.is_named(inside, ["10.3.0.0/16"])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_reaches_this_machine(
    spelling: str, canary: Canary, cast: Cast, settings: Settings
) -> None:
    settings.WEBHOOK_NETWORKS = []
    message = deliver(aimed_at(spelling.format(port=canary.port), cast), cast.at)
    assert message.state == OutboxState.PENDING
    assert message.latest_error
    assert canary.visits == 0


def test_plain_http_goes_nowhere_even_to_a_network_that_is_named(
    canary: Canary, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_NETWORKS = ["10.0.0.0/8"]
    _names(monkeypatch, ["10.0.0.1"])
    message = deliver(aimed_at(f"http://erp.example:{canary.port}/", cast), cast.at)
    assert "not allowed" in message.latest_error


def test_one_bad_address_among_good_ones_is_enough_to_refuse(
    canary: Canary, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    message = deliver(aimed_at(f"https://erp.example:{canary.port}/", cast), cast.at)
    assert "not allowed" in message.latest_error
    assert canary.visits == 0


def test_a_name_that_turns_round_after_the_check_gains_nothing(
    canary: Canary, receiver: Receiver, cast: Cast, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """DNS rebinding: the name is asked for once, and the connection goes to that very answer."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    asked = _names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    message = deliver(aimed_at(f"http://erp.example:{receiver.port}/", cast), cast.at)
    assert message.state == OutboxState.SENT
    assert asked == ["erp.example"]
    assert receiver.got[0].headers["Host"] == f"erp.example:{receiver.port}"


def test_a_redirect_inside_is_not_followed(
    canary: Canary, receiver: Receiver, cast: Cast, settings: Settings
) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    receiver.mood, receiver.status = "redirect", 302
    message = deliver(aimed_at(receiver.url, cast), cast.at)
    assert message.state == OutboxState.DEAD
    assert [one.path for one in receiver.got] == ["/hook"]
    assert canary.visits == 0


def test_the_proxy_of_the_environment_is_not_asked(
    canary: Canary, receiver: Receiver, cast: Cast, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    monkeypatch.setenv("http_proxy", f"http://127.0.0.2:{canary.port}")
    assert deliver(aimed_at(receiver.url, cast), cast.at).state == OutboxState.SENT
    assert canary.visits == 0


def test_an_answer_without_end_is_read_to_its_limit_alone(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b"x" * 1_000_000
    answer = http.exchange(
        "POST", receiver.url, headers={}, body=b"{}", seconds=5, most=64 * 1024
    )
    assert len(answer.body) == 64 * 1024


def test_https_to_one_who_does_not_speak_it_is_no_connection(
    receiver: Receiver, cast: Cast, settings: Settings
) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    message = deliver(aimed_at(f"https://127.0.0.1:{receiver.port}/", cast), cast.at)
    assert message.state == OutboxState.PENDING
    assert "no connection" in message.latest_error


def _names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The resolver says these, one after the other; whom it was asked for."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **words: Any) -> list[Any]:
        if not host.endswith(".example"):
            return list(really(host, port, *rest, **words))
        asked.append(host)
        given = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in given]

    monkeypatch.setattr(http.socket, "getaddrinfo", resolve)
    return asked
