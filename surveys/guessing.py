"""Hold back whoever tries links that do not exist (verb)."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from surveys.models import WrongToken

MOST_WRONG = 20

_COUNT = """
    INSERT INTO surveys_wrongtoken (address_hash, hour, tries) VALUES (%s, %s, 1)
    ON CONFLICT (address_hash, hour) DO UPDATE SET tries = surveys_wrongtoken.tries + 1
"""


class TriedTooOften(DeskError):
    """Too many links that do not exist from one address."""

    message = _("Too many wrong links from your connection. Try again in an hour.")
    http_status = 429


def check(*, address: str, by: Staff | None, at: datetime) -> None:
    """Nothing while the address may try on; else TriedTooOften."""
    tried = WrongToken.objects.filter(
        address_hash=_digest(address), hour=_hour(at), tries__gte=MOST_WRONG
    )
    if tried.exists():
        raise TriedTooOften


def count(*, address: str, by: Staff | None, at: datetime) -> None:
    """One more wrong link from the address in this hour."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_digest(address), _hour(at)])


def forget(*, by: Staff | None, at: datetime) -> int:
    """Drop the counts of past hours; how many."""
    return WrongToken.objects.filter(hour__lt=at - timedelta(hours=2)).delete()[0]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _digest(address: str) -> str:
    """The address is personal data: only its keyed hash is kept."""
    return salted_hmac("surveys.guessing", address, algorithm="sha256").hexdigest()
