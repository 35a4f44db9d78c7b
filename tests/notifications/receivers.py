"""The other side of a channel, as a real server on loopback that can be made to misbehave."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Got:
    """One request as it came."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass
class Receiver:
    """`status` and `answer` are what it says; `mood` is how: well, hang, drop, drip, redirect."""

    port: int = 0
    status: int = 200
    answer: bytes = b'{"id": "ref-1", "status": "accepted"}'
    mood: str = "well"
    by_path: dict[str, int] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def posts(self) -> list[Got]:
        return [one for one in self.got if one.method == "POST"]


@contextmanager
def listening(certificate: Path | None = None) -> Iterator[Receiver]:
    """A receiver, by https if it has a certificate; it lets go of whoever hangs when the test
    ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            receiver.got.append(Got(self.command, self.path, self.headers, body))
            _behave(self, receiver)

        do_GET = do_POST  # noqa: N815 - the library's name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    receiver.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    receiver.free.set()
    server.shutdown()
    server.server_close()


def _behave(handler: BaseHTTPRequestHandler, receiver: Receiver) -> None:
    if receiver.mood == "hang":
        receiver.free.wait(30)
    if receiver.mood == "slow":
        receiver.free.wait(1)
    if receiver.mood in {"hang", "drop"}:
        handler.close_connection = True
        return
    if receiver.mood == "drip":
        _drip(handler, receiver)
        return
    path = handler.path.partition("?")[0]
    handler.send_response(receiver.by_path.get(path, receiver.status))
    if receiver.mood == "redirect":
        handler.send_header("Location", f"http://127.0.0.1:{receiver.port}/inside")
    handler.send_header("Content-Length", str(len(receiver.answer)))
    handler.end_headers()
    with suppress(OSError):
        handler.wfile.write(receiver.answer)


def _drip(handler: BaseHTTPRequestHandler, receiver: Receiver) -> None:
    """An answer that never ends and never is silent for long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    until = time.monotonic() + 30
    while time.monotonic() < until and not receiver.free.is_set():
        try:
            handler.wfile.write(b"X-Slow: 1\r\n")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.2)
