"""The one place that opens a connection to the mail server (ledger)."""

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from notifications.models import Outbox


def hand_over(message: Outbox, *, to: str, subject: str, body: str) -> None:
    """One mail; the key becomes the Message-ID, so that a repeat can be recognised outside."""
    message_id = f"<{message.key.replace(':', '.')}@{settings.MESSAGE_DOMAIN}>"
    mail = EmailMessage(
        subject=subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[to],
        headers={"Message-ID": message_id, "Idempotency-Key": message.key},
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )  # fmt: skip
    mail.send(fail_silently=False)
