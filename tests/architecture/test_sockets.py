"""The guard of tests/sockets.py stands in every worker."""

import socket

import pytest

from tests.sockets import OutsideWorld


@pytest.mark.parametrize("act", ["connect", "connect_ex"])
def test_another_machine_cannot_be_reached(act: str) -> None:
    with socket.socket() as line, pytest.raises(OutsideWorld):
        getattr(line, act)(("192.0.2.1", 80))


def test_this_machine_can_be_reached() -> None:
    with socket.socket() as here, socket.socket() as line:
        here.bind(("127.0.0.1", 0))
        here.listen()
        line.connect(here.getsockname())
