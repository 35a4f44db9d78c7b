"""A webhook by https: the connection goes to the address that was checked, the certificate is
checked against the name.

erp.example.pem is a certificate of these tests, with its key: it signs itself and opens nothing.
"""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from notifications.channels import http
from notifications.models import OutboxState, Trouble
from tests.cast import Cast
from tests.notifications import receivers
from tests.notifications.receivers import Receiver
from tests.notifications.test_inside_addresses import _names, aimed_at, deliver

CERTIFICATE = Path(__file__).with_name("erp.example.pem")


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    with receivers.listening(certificate=CERTIFICATE) as found:
        found.status = 204
        yield found


def test_a_receiver_whose_certificate_is_for_its_name_is_sent_to(
    receiver: Receiver, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(monkeypatch, ["127.0.0.1"])
    monkeypatch.setattr(http, "_trust", lambda: ssl.create_default_context(cafile=CERTIFICATE))
    message = deliver(aimed_at(f"https://erp.example:{receiver.port}/x", cast), cast.at)
    assert message.state == OutboxState.SENT
    assert receiver.got[0].headers["Host"] == f"erp.example:{receiver.port}"


def test_one_whose_certificate_is_for_another_name_gets_nothing(
    receiver: Receiver, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(monkeypatch, ["127.0.0.1"])
    monkeypatch.setattr(http, "_trust", lambda: ssl.create_default_context(cafile=CERTIFICATE))
    message = deliver(aimed_at(f"https://other.example:{receiver.port}/x", cast), cast.at)
    assert (message.state, message.trouble) == (OutboxState.PENDING, Trouble.NO_WAY)
    assert receiver.got == []


def test_one_that_nobody_vouches_for_gets_nothing(
    receiver: Receiver, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(monkeypatch, ["127.0.0.1"])
    message = deliver(aimed_at(f"https://erp.example:{receiver.port}/x", cast), cast.at)
    assert message.trouble == Trouble.NO_WAY
    assert receiver.got == []
