"""Where text messages and webhooks go when no gateway is set: a folder of this machine, read on a
page.

`server()` answers on loopback like a gateway of docs/sms-gateway.md and a receiver of
docs/webhooks.md:

    POST /sms                 {id, to, text, sender} -> {id, status}
    GET  /sms/status?id=...   -> {id, status}, 404 for an id it never got
    POST /webhook[/anything]  -> 204

Everything handed over is one line of the log before it is answered, a repeat is a second line;
the folder holds the newest KEPT.
"""

import datetime
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from servicedesk.lib import lasting_log

KEPT = 500
_LARGEST = 64 * 1024
_LONGEST_SHOWN = 4000


@dataclass(frozen=True)
class Caught:
    """One text message or webhook as the page shows it."""

    at: datetime.datetime
    channel: str
    to: str
    body: str
    key: str


def newest(folder: Path, count: int) -> list[Caught]:
    """The latest of them, newest first."""
    return [_read(file) for file in reversed(_files(folder)[-count:])]


class Sink(ThreadingHTTPServer):
    """The server; `server_port` is the port it got when it was asked for port 0."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, *, folder: Path, log: Path | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.log = log
        self.known = {_read(file).key for file in _files(folder)}
        super().__init__(("127.0.0.1", port), _Handler)

    def catch(self, channel: str, key: str, to: str, body: str) -> None:
        """Keep one hand-over: first the line that lasts, then what the page shows."""
        if self.log is not None:
            lasting_log.append(self.log, {"channel": channel, "key": key, "to": to})
        self.known.add(key)
        name = f"{time.time_ns()}-{len(self.known)}"
        fresh = self.folder / f"{name}.new"
        fresh.write_text(json.dumps({"channel": channel, "key": key, "to": to, "body": body}))
        fresh.rename(self.folder / f"{name}.json")
        for file in _files(self.folder)[:-KEPT]:
            file.unlink(missing_ok=True)


def server(port: int, *, folder: Path, log: Path | None = None) -> Sink:
    """A server on loopback that keeps what it is given; call serve_forever() on it."""
    return Sink(port, folder=folder, log=log)


class _Handler(BaseHTTPRequestHandler):
    """One request of the desk to its own sink."""

    server: Sink
    timeout = 10

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length).decode(errors="replace")
        path = urlsplit(self.path).path
        if path == "/sms":
            self._take_text_message(body)
        elif path.split("/")[1] == "webhook":
            self.server.catch("webhook", self.headers.get("Idempotency-Key", ""), path, body)
            self._answer(HTTPStatus.NO_CONTENT)
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        asked = urlsplit(self.path)
        key = parse_qs(asked.query).get("id", [""])[0]
        if asked.path != "/sms/status" or key not in self.server.known:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        self._answer(HTTPStatus.OK, {"id": key, "status": "accepted"})

    def _take_text_message(self, body: str) -> None:
        try:
            given = json.loads(body)
            key, to, text = str(given["id"]), str(given["to"]), str(given["text"])
        except (ValueError, KeyError, TypeError):
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        self.server.catch("sms", key, to, text)
        self._answer(HTTPStatus.OK, {"id": key, "status": "accepted"})

    def _answer(self, status: HTTPStatus, content: dict[str, Any] | None = None) -> None:
        body = json.dumps(content).encode() if content is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing: what was caught stands in the folder and the log."""


def _files(folder: Path) -> list[Path]:
    """All that is kept, oldest first."""
    return sorted(folder.glob("*.json")) if folder.exists() else []


def _read(file: Path) -> Caught:
    kept = json.loads(file.read_text())
    at = datetime.datetime.fromtimestamp(int(file.name.split("-")[0]) / 1e9, datetime.UTC)
    return Caught(at, kept["channel"], kept["to"], kept["body"][:_LONGEST_SHOWN], kept["key"])
