"""One request by HTTP to a checked address (ledger).

The name is resolved once and the connection goes to that very address; the certificate is checked
against the name. No redirect is followed, no proxy of the environment is asked, and a timer ends
whatever drips: the limit holds for the whole exchange.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from notifications import addresses
from notifications.addresses import Address

_AGENT = "Servicedesk"
_CHUNK = 8192


class NotReachable(OSError):
    """There is no way to the other side: no name, no connection, no time; nothing was taken."""


class NoAnswer(OSError):
    """The request had left, and the answer did not come: nobody knows whether it was taken."""


class Forbidden(ValueError):
    """The address is one that the desk must not be sent to."""


@dataclass(frozen=True)
class Answer:
    """What came back; the body is cut at the limit that was asked for."""

    status: int
    body: bytes


def exchange(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, seconds: float,
    most: int, may_go_to: Callable[[SplitResult, Address], bool] | None = None,
) -> Answer:
    """The answer to one request; raises Forbidden, NotReachable or NoAnswer. `may_go_to` judges
    the resolved address before anything is sent there."""
    parts = urlsplit(url)
    address = resolve(parts, may_go_to)
    line = _connection(parts, address, seconds)
    is_over = threading.Event()
    timer = threading.Timer(seconds, _cut, [line, is_over])
    timer.daemon = True
    timer.start()
    try:
        _connect(line, parts)
        answer = _ask(line, method, parts, headers, body, most)
        # A cut line looks like the end of what was said.
        if is_over.is_set():
            raise TimeoutError("no end within the time")
        return answer
    except NotReachable:
        raise
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
        raise NoAnswer(f"no answer from {parts.hostname}: {error}") from error
    finally:
        timer.cancel()
        line.close()


def resolve(
    parts: SplitResult, may_go_to: Callable[[SplitResult, Address], bool] | None
) -> str:
    """The one address that is connected to. Where several are given all must be allowed, so that
    a name cannot smuggle one in."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReachable(f"the name {host} is not known: {error}") from error
    given = [str(one[4][0]) for one in found]
    for one in given:
        if may_go_to is not None and not may_go_to(parts, addresses.parsed(one)):
            raise Forbidden(f"{host} leads to an address that is not allowed")
    return given[0]


def _connection(
    parts: SplitResult, address: str, seconds: float
) -> HTTPConnection | HTTPSConnection:
    timeout = urllib3.Timeout(seconds).connect_timeout
    if parts.scheme == "http":
        return HTTPConnection(address, parts.port or 80, timeout=timeout)
    return HTTPSConnection(
        address, parts.port or 443, timeout=timeout, server_hostname=parts.hostname,
        assert_hostname=parts.hostname, ssl_context=_trust(),
    )  # fmt: skip


def _connect(line: HTTPConnection | HTTPSConnection, parts: SplitResult) -> None:
    try:
        line.connect()
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
        # A certificate for another name is a ValueError.
        raise NotReachable(f"no connection to {parts.hostname}: {error}") from error


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own authorities; SSL_CERT_FILE names others."""
    return ssl.create_default_context()


def _ask(
    line: HTTPConnection | HTTPSConnection, method: str, parts: SplitResult,
    headers: Mapping[str, str], body: bytes | None, most: int,
) -> Answer:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = {"Host": parts.netloc, "User-Agent": _AGENT, "Connection": "close", **headers}
    line.request(method, target, body=body, headers=named, preload_content=False)
    answer = line.getresponse()
    taken = bytearray()
    while len(taken) < most and (part := answer.read(min(_CHUNK, most - len(taken)))):
        taken += part
    return Answer(answer.status, bytes(taken))


def _cut(line: HTTPConnection | HTTPSConnection, is_over: threading.Event) -> None:
    """End the exchange from outside: whoever reads or writes goes on at once."""
    is_over.set()
    held = line.sock
    if held is not None:
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
