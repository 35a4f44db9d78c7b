"""E-mail by SMTP (ledger)."""

from notifications import wording
from notifications.channels import smtp
from notifications.models import Outbox


def send(message: Outbox) -> None:
    """Hand the message to the SMTP server; raises what smtplib raises."""
    subject, body = wording.of(message)
    smtp.hand_over(message, to=message.recipient, subject=subject, body=body)
