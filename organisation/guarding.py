"""Hold back whoever guesses passwords (verb).

Counted by account and address together: a hall full of clerks sits behind one address, and nobody
may lock a colleague out from elsewhere.
"""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, WrongSignIn
from servicedesk.lib.errors import DeskError

MOST_WRONG = 5
WINDOW = timedelta(minutes=15)


class TriedTooOften(DeskError):
    """Too many wrong passwords for one account from one address."""

    message = _("Too many wrong tries. Wait 15 minutes, or ask your administrator.")
    http_status = 429


def check(*, account: str, address: str, by: Staff | None, at: datetime) -> None:
    """Nothing while the pair may try on; else TriedTooOften."""
    wrong = WrongSignIn.objects.filter(pair_hash=_pair(account, address), at__gt=at - WINDOW)
    if wrong.count() >= MOST_WRONG:
        raise TriedTooOften


def count(*, account: str, address: str, by: Staff | None, at: datetime) -> None:
    """One more wrong password of the pair."""
    WrongSignIn.objects.create(pair_hash=_pair(account, address), at=at)


def forgive(*, account: str, address: str, by: Staff | None, at: datetime) -> None:
    """The right password wipes the pair's slate."""
    WrongSignIn.objects.filter(pair_hash=_pair(account, address)).delete()


def forget(*, by: Staff | None, at: datetime) -> None:
    """Drop what no longer counts."""
    WrongSignIn.objects.filter(at__lte=at - WINDOW).delete()


def _pair(account: str, address: str) -> str:
    text = f"{account.strip().lower()}\n{address}"
    return salted_hmac("organisation.guarding", text, algorithm="sha256").hexdigest()
