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

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        put(envelope.content, envelope.rcpt_tos)
        return "250 Kept"


def server() -> Controller:
    """An SMTP server on loopback that puts what it is given into the folder."""
    _box()
    return Controller(
        _Handler(), hostname="127.0.0.1", port=settings.MAIL_SINK_PORT, data_size_limit=_LARGEST
    )


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
