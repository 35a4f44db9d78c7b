"""The processes of one machine, as data; the two servers are looked after by `embedded`."""

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process that is started again whenever it ends."""

    name: str
    command: tuple[str, ...]
    #: Seconds it may take to end by itself when asked.
    patience: float = 2.0


def processes(port: int) -> list[Process]:
    """All of them, in the order of starting; each may be killed at any time."""
    return [
        Process("web", _web(port), patience=8.0),
        Process("deadlines-1", _manage("run_deadlines")),
        Process("deadlines-2", _manage("run_deadlines")),
        Process("relay-1", _manage("run_delivery")),
        Process("relay-2", _manage("run_delivery")),
        # A worker to a channel: a gateway that hangs, or a long report, never stands before a mail.
        Process("worker-email", _worker("email", children=2), patience=8.0),
        Process("worker-sms", _worker("sms", children=2), patience=8.0),
        Process("worker-webhook", _worker("webhook", children=2), patience=8.0),
        Process("worker-bulk", _worker("bulk", children=1), patience=8.0),
        *_sinks(),
    ]


def preparation() -> tuple[str, ...]:
    """Brings the database, the translations and the static files up to this version."""
    return _manage("prepare_desk")


def demonstration() -> tuple[str, ...]:
    """Fills an empty desk with the demonstration, once."""
    return _manage("load_demonstration")


def _sinks() -> list[Process]:
    """What stands in for the mail server and the gateway that the environment does not name."""
    sinks = []
    if not os.environ.get("SMTP_URL"):
        sinks.append(Process("mail-sink", _manage("run_mail_sink")))
    if not (os.environ.get("SMS_GATEWAY_URL") or os.environ.get("SMS_GATEWAY")):
        sinks.append(Process("http-sink", _manage("run_http_sink")))
    return sinks


def _manage(*words: str) -> tuple[str, ...]:
    return (sys.executable, "manage.py", *words)


def _web(port: int) -> tuple[str, ...]:
    return (
        sys.executable, "-m", "gunicorn", "servicedesk.wsgi:application",
        "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2",
        "--threads", "4", "--timeout", "30", "--graceful-timeout", "5", "--log-level", "warning",
        # A socket in the home folder, shared with every other desk of this user, that nobody needs.
        "--no-control-socket",
    )  # fmt: skip


def _worker(queue: str, *, children: int) -> tuple[str, ...]:
    return (
        sys.executable, "-m", "celery", "--app", "servicedesk", "worker", "--queues", queue,
        "--hostname", f"{queue}@%h", "--concurrency", str(children), "--optimization", "fair",
        "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
    )  # fmt: skip
