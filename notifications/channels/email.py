"""E-mail by SMTP (ledger)."""

from datetime import datetime

from notifications import wording
from notifications.channels import smtp
from notifications.models import Outbox


def send(message: Outbox, at: datetime) -> str:
    """Hand the message to the SMTP server; raises what smtplib raises."""
    subject, body = wording.of(message)
    smtp.hand_over(message, to=message.recipient, subject=subject, body=body)
    return ""
