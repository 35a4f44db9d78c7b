"""Typed readers of the environment: a wrong value ends the start with one sentence."""

import ipaddress
import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class WrongEnvironment(SystemExit):
    """A variable holds something that cannot be used; the sentence names it."""


def text(name: str, default: str = "") -> str:
    """The variable, or `default` when it is missing or empty."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """The variable as a whole number between `least` and `most`."""
    given = text(name)
    if not given:
        return default
    is_number = given.isascii() and given.isdecimal()
    if not is_number or int(given) < least or (most is not None and int(given) > most):
        allowed = f"a whole number from {least}" + ("" if most is None else f" to {most}")
        raise WrongEnvironment(f"{name} is {given!r}; give {allowed}, or leave it out.")
    return int(given)


def flag(name: str, *, default: bool) -> bool:
    """The variable as yes or no."""
    given = text(name).lower()
    if not given:
        return default
    if given not in _TRUE | _FALSE:
        raise WrongEnvironment(f"{name} is {given!r}; give yes or no, or leave it out.")
    return given in _TRUE


def words(name: str) -> list[str]:
    """The variable split at commas, without empty parts."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def one_of(name: str, default: str, allowed: set[str]) -> str:
    """The variable, when it is one of the allowed words."""
    given = text(name, default)
    if given not in allowed:
        raise WrongEnvironment(f"{name} is {given!r}; give one of {', '.join(sorted(allowed))}.")
    return given


def web_address(name: str, default: str) -> str:
    """The variable as http(s)://host[:port] without a trailing slash."""
    given = text(name, default).rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise WrongEnvironment(f"{name} is {given!r}; give something like https://desk.example.org")
    return given


def gateway(name: str, default: str = "") -> str:
    """The variable as the https address of a service; plain http to this machine alone."""
    given = text(name, default)
    parts = urlsplit(given)
    is_here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if given and not (parts.hostname and (parts.scheme == "https" or is_here)):
        raise WrongEnvironment(f"{name} is {given!r}; give something like https://sms.example.org/v1")
    return given


def networks(name: str) -> list[str]:
    """The variable as networks, 10.2.0.0/16 or a single address, split at commas."""
    for given in words(name):
        try:
            ipaddress.ip_network(given)
        except ValueError as error:
            raise WrongEnvironment(f"{name}: {error}; give networks like 10.2.0.0/16.") from None
    return words(name)


def database(name: str, default: str) -> dict[str, Any]:
    """Django's description of the PostgreSQL database at a postgresql:// address.

    A unix socket is given as ?host=/folder; other query parts become connection options.
    """
    given = text(name, default)
    parts = urlsplit(given)
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2:
        raise WrongEnvironment(
            f"{name} must look like postgresql://user:password@host:5432/database; "
            "only PostgreSQL 15 to 18 is supported."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", parts.port or "")),
        "OPTIONS": options,
    }


def mail_server(name: str, default: str) -> dict[str, Any]:
    """Django's EMAIL_* settings of an address smtp://, smtp+tls:// or smtps://user:password@host."""
    given = text(name, default)
    parts = urlsplit(given)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise WrongEnvironment(f"{name} must look like smtp+tls://user:password@mail.example.org:587")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
