"""Text messages through an e-mail gateway: <number>@<gateway>, as carriers and sinks offer
(ledger)."""

from django.conf import settings

from notifications import wording
from notifications.channels import smtp
from notifications.models import Outbox


def send(message: Outbox) -> None:
    """Hand the text to the gateway; raises what smtplib raises."""
    _, body = wording.of(message)
    address = f"{message.recipient.lstrip('+')}@{settings.SMS_GATEWAY}"
    smtp.hand_over(message, to=address, subject="", body=body)
