"""Send the rating link: a token that works once, kept only as a hash (ledger)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from notifications import outbox
from notifications.models import Channel
from surveys import outlook
from surveys.models import Invitation

# 16 bytes are 128 bits and 22 characters, so that the text message fits in one part.
_TOKEN_BYTES = 16


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def send(*, invitation: Invitation, at: datetime) -> None:
    """Queue the link to the number given at intake, or to the e-mail where there is no number.

    The caller holds the invitation's lock and saves it.
    """
    ticket = invitation.ticket
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    invitation.link_token_hash = digest(token)
    invitation.link_sent_at = at
    invitation.link_expires_at = at + timedelta(days=invitation.plan.link_days)
    invitation.acts_at = invitation.link_expires_at
    channel = Channel.SMS if invitation.phone else Channel.EMAIL
    message = outbox.row(
        key=f"survey:{invitation.pk}", channel=channel,
        recipient=invitation.phone or invitation.email, template="survey_link",
        language=invitation.language, at=at,
        subject="" if ticket.is_confidential else ticket.number, scope_path=ticket.scope_path,
        facts={
            "token": token, "number": ticket.number,
            "company": outlook.company(ticket, invitation.language),
        },
    )  # fmt: skip
    outbox.queue(rows=[message], by=None, at=at)
