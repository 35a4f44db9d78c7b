"""A message in the reader's language, from its template and facts (question)."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.dateparse import parse_datetime

from notifications.models import Outbox


def of(message: Outbox) -> tuple[str, str]:
    """Subject and body; the first line of the template is the subject."""
    facts = {name: _instant(name, value) for name, value in message.facts.items()}
    # A confidential matter has its number among the private facts alone.
    facts.setdefault("number", message.subject)
    facts["public_url"] = settings.PUBLIC_URL
    with translation.override(message.language):
        text = render_to_string(f"messages/{message.channel}/{message.template}.txt", facts)
    subject, _, body = text.strip().partition("\n")
    if message.channel == "sms":
        return "", text.strip()
    return " ".join(subject.split()), body.strip() + "\n"


def _instant(name: str, value: object) -> object:
    """Facts are plain JSON; names that end in _at are instants."""
    return parse_datetime(value) if name.endswith("_at") and isinstance(value, str) else value
