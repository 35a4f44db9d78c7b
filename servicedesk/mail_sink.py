"""Where mail goes when no mail server is set: a folder of this machine, read on a page.

The mails lie in a Maildir, so that any mail program can read them too; only the newest are kept.
"""

import datetime
import email
import email.policy
import mailbox
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings

from servicedesk.lib import lasting_log

KEPT = 500
_LARGEST = 1024 * 1024
_LONGEST_SHOWN = 4000


@dataclass(frozen=True)
class Mail:
    """One mail as the page shows it."""

    at: datetime.datetime
    to: str
    subject: str
    body: str
    message_id: str


def newest(count: int) -> list[Mail]:
    """The latest mails, newest first."""
    return [_read(file) for file in reversed(_files()[-count:])]


def put(content: bytes, recipients: list[str]) -> None:
    """Keep one mail, and no more than the newest KEPT."""
    message = mailbox.MaildirMessage(content)
    del message["X-Envelope-To"]
    message["X-Envelope-To"] = ", ".join(recipients)
    _box().add(message)
    for file in _files()[:-KEPT]:
        file.unlink(missing_ok=True)


class _Handler:
    """aiosmtpd's side of `put`."""

    def __init__(self, log: Path | None) -> None:
        self.log = log

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        if self.log is not None:
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            key = str(message.get("Idempotency-Key", message.get("Message-ID", "")))
            to = ", ".join(envelope.rcpt_tos)
            lasting_log.append(self.log, {"channel": "email", "key": key, "to": to})
        put(envelope.content, envelope.rcpt_tos)
        return "250 Kept"


class _Controller(Controller):  # type: ignore[misc]
    """Knows the port it got when it was asked for port 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


def server(port: int | None = None, *, log: Path | None = None) -> Controller:
    """An SMTP server on loopback that puts what it is given into the folder; each hand-over is
    first a lasting line of the log, if there is one, a repeat a second line."""
    _box()
    return _Controller(
        _Handler(log), hostname="127.0.0.1", data_size_limit=_LARGEST,
        port=settings.MAIL_SINK_PORT if port is None else port,
    )  # fmt: skip


def _box() -> mailbox.Maildir:
    """The folder, whole: the library makes its parts only where there is no folder at all."""
    for part in ("new", "cur", "tmp"):
        (Path(settings.MAIL_SINK_FOLDER) / part).mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(settings.MAIL_SINK_FOLDER)


def _files() -> list[Path]:
    """All mails, oldest first."""
    folder = Path(settings.MAIL_SINK_FOLDER) / "new"
    if not folder.exists():
        return []
    return sorted(folder.iterdir(), key=lambda file: (file.stat().st_mtime_ns, file.name))


def _read(file: Path) -> Mail:
    with file.open("rb") as content:
        message = email.message_from_binary_file(content, policy=email.policy.default)
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    return Mail(
        at=datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC),
        to=str(message.get("X-Envelope-To", message.get("To", ""))),
        subject=str(message.get("Subject", "")),
        body=str(body.get_content() if body else "")[:_LONGEST_SHOWN],
        message_id=str(message.get("Message-ID", "")),
    )
