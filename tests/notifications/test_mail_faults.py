"""A mail server that refuses, hangs or breaks off (F21): leased, tried again under one Message-ID,
given up in sight; never lost, never in silence."""

import email
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_django.fixtures import Settings

from notifications import delivery, outbox
from notifications.models import Channel, Lane, Outbox, OutboxState, Trouble
from tests.cast import Cast


class Server:
    """A mail server with a mood: what it says to a recipient, or how it treats a mail."""

    def __init__(self) -> None:
        self.mood = "well"
        self.ids: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.mood in {"450", "550", "421"}:
            return f"{self.mood} <{address}> not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        self.ids.append(str(email.message_from_bytes(envelope.content)["Message-ID"]))
        if self.mood == "drops":
            server.transport.close()
        return "554 Looks like spam" if self.mood == "554" else "250 Kept"


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    found = Server()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Controller(found, hostname="127.0.0.1", port=port)
    running.start()
    _use(settings, port)
    yield found
    running.stop()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Takes the connection and never says a word."""
    line = socket.socket()
    line.bind(("127.0.0.1", 0))
    line.listen(8)
    held: list[socket.socket] = []

    def hold() -> None:
        while True:
            try:
                held.append(line.accept()[0])
            except OSError:
                return

    threading.Thread(target=hold, daemon=True).start()
    yield line.getsockname()[1]
    line.close()
    for one in held:
        one.close()


@pytest.fixture
def message(cast: Cast) -> Outbox:
    row = outbox.row(
        key="event:1:7", channel=Channel.EMAIL, recipient="su@desk.example", template="overdue",
        language="zh-hans", subject="20260309-0001-6", scope_path=cast.company.path, at=cast.at,
        facts={"title": "停电", "clock": "reply", "name": "苏督办", "due_at": cast.at.isoformat()},
    )  # fmt: skip
    outbox.queue(rows=[row], by=None, at=cast.at)
    return Outbox.objects.get(key="event:1:7:email")


def _use(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 1
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def deliver(message: Outbox, at: datetime | None) -> Outbox:
    assert at is not None
    delivery.deliver(message_id=message.pk, by=None, at=at)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize(
    ("mood", "state", "trouble"),
    [
        ("450", OutboxState.PENDING, Trouble.BUSY),
        ("421", OutboxState.PENDING, Trouble.BUSY),
        ("550", OutboxState.DEAD, Trouble.NO_RECIPIENT),
        ("554", OutboxState.DEAD, Trouble.REFUSED),
        ("drops", OutboxState.PENDING, Trouble.NO_ANSWER),
    ],
)
def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_given_up_in_sight(
    mood: str, state: str, trouble: str, message: Outbox, server: Server, cast: Cast
) -> None:
    server.mood = mood
    assert deliver(message, cast.at).state == state
    assert (message.trouble, message.attempts) == (trouble, 1)
    assert "su@desk.example" not in message.latest_error
    assert (message.next_try_at is None) == (state == OutboxState.DEAD)


def test_what_was_broken_off_before_the_250_comes_again_under_the_same_id(
    message: Outbox, server: Server, cast: Cast
) -> None:
    server.mood = "drops"
    deliver(message, cast.at)
    server.mood = "well"
    assert deliver(message, message.next_try_at).state == OutboxState.SENT
    assert server.ids == ["<event.1.7.email@servicedesk.invalid>"] * 2


def test_a_server_that_says_nothing_is_left_after_the_time_limit(
    message: Outbox, silent_port: int, cast: Cast, settings: Settings
) -> None:
    _use(settings, silent_port)
    assert deliver(message, cast.at).state == OutboxState.PENDING
    assert message.trouble == Trouble.NO_ANSWER
    assert Lane.objects.get(name="email").failures == 1


def test_eight_times_busy_is_given_up_in_sight_and_can_be_sent_again(
    message: Outbox, server: Server, cast: Cast
) -> None:
    server.mood = "450"
    at: datetime | None = cast.at
    for _ in range(delivery.MOST_TRIES):
        at = deliver(message, at).next_try_at
    assert (message.state, message.attempts, at) == (OutboxState.DEAD, 8, None)
    server.mood = "well"
    outbox.send_again(message=message, by=cast.supervisor, at=cast.at)
    assert deliver(message, cast.at).state == OutboxState.SENT
    assert len(server.ids) == 1


def test_refused_recipients_shut_no_lane(message: Outbox, server: Server, cast: Cast) -> None:
    server.mood = "550"
    deliver(message, cast.at)
    assert not Lane.objects.exists()
