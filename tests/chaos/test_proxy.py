"""The bad line does what it says, and a good one changes nothing."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.chaos.proxy import Proxy, Toxic, free_port

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class Echo(threading.Thread):
    """A server that says back what it hears, and remembers it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ear = socket.create_server(("127.0.0.1", 0))
        self.port = self.ear.getsockname()[1]
        self.heard = b""

    def run(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self.ear.accept()
                threading.Thread(target=self._speak, args=(line,), daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            while piece := line.recv(65536):
                self.heard += piece
                line.sendall(piece)


@pytest.fixture
def echo() -> Iterator[Echo]:
    found = Echo()
    found.start()
    yield found
    found.ear.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    found = Proxy(free_port(), echo.port)
    found.start()
    yield found
    found.stop()


def call(proxy: Proxy, said: bytes, patience: float = 5.0) -> bytes:
    """What comes back; nothing if the line breaks, TimeoutError if it is silent."""
    with socket.create_connection(("127.0.0.1", int(str(proxy.at))), timeout=patience) as line:
        line.sendall(said)
        found = b""
        with suppress(ConnectionError):
            while len(found) < len(said) and (piece := line.recv(65536)):
                found += piece
        return found


def test_a_good_line_carries_everything(proxy: Proxy) -> None:
    said = b"x" * 300_000
    assert call(proxy, said) == said


def test_a_slow_line_takes_its_time(proxy: Proxy) -> None:
    proxy.toxic = Toxic(latency=0.2)
    since = time.monotonic()
    assert call(proxy, b"hello") == b"hello"
    assert time.monotonic() - since >= 0.4


def test_a_black_hole_swallows_and_gives_back_when_it_is_mended(proxy: Proxy) -> None:
    proxy.toxic = Toxic(is_blackhole=True)
    with pytest.raises(TimeoutError):
        call(proxy, b"hello", 0.4)
    proxy.toxic = Toxic()
    assert call(proxy, b"hello") == b"hello"


def test_a_cut_line_ends_after_so_many_bytes(proxy: Proxy) -> None:
    proxy.toxic = Toxic(cut_after=1500)
    assert len(call(proxy, b"x" * 1000)) <= 500


def test_a_commit_is_lost_before_it_arrives_or_after(proxy: Proxy, echo: Echo) -> None:
    proxy.toxic = Toxic(breaks_commit="before")
    assert call(proxy, COMMIT) == b""
    assert echo.heard == b""
    proxy.toxic = Toxic(breaks_commit="after")
    assert call(proxy, COMMIT) == b""
    assert echo.heard == COMMIT


def test_standing_connections_are_broken_off(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", int(str(proxy.at))), timeout=5) as line:
        line.sendall(b"hello")
        assert line.recv(10) == b"hello"
        proxy.break_off()
        with suppress(ConnectionError):
            assert line.recv(10) == b""


def test_it_goes_by_unix_sockets_too(echo: Echo, tmp_path: Path) -> None:
    second = Proxy(tmp_path / "line", echo.port)
    second.start()
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(str(second.at))
        line.sendall(b"hello")
        assert line.recv(10) == b"hello"
    second.stop()
    assert not (tmp_path / "line").exists()
