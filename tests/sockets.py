"""Tests speak to this machine alone: a socket to anywhere else fails the test that opens it."""

import socket
from typing import Any

_LOOPBACK = ("127.", "::1", "localhost")
_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


class OutsideWorld(AssertionError):
    """A test tried to reach another machine."""


def forbid_outside() -> None:
    """From now on, in this process."""
    socket.socket.connect = _connect_inside  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex_inside  # type: ignore[method-assign]


def _connect_inside(self: socket.socket, address: Any) -> None:
    _refuse_outside(self, address)
    _connect(self, address)


def _connect_ex_inside(self: socket.socket, address: Any) -> int:
    _refuse_outside(self, address)
    return _connect_ex(self, address)


def _refuse_outside(line: socket.socket, address: Any) -> None:
    if line.family in {socket.AF_INET, socket.AF_INET6} and not address[0].startswith(_LOOPBACK):
        raise OutsideWorld(f"A test must not reach {address}.")
