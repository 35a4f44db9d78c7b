"""A customer looks their case up; guessing is held back (verb)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import lookup_codes, reference_numbers
from tickets.models import LookupTry, Ticket

WINDOW = timedelta(minutes=15)
MOST_WRONG = 5


class NoSuchCase(DeskError):
    """Number and code do not belong together; says the same whether or not the number exists."""

    message = _("We know no case with this number and code. Check both on your slip or message.")
    http_status = 422


class TriedTooOften(DeskError):
    """Too many wrong codes for one number."""

    message = _("Too many wrong tries for this number. Try again in 15 minutes, or call us.")
    http_status = 429


def look_up(*, number: str, code: str, by: Staff | None, at: datetime) -> Ticket:
    """The customer's own ticket; raises NoSuchCase, TriedTooOften."""
    parsed = reference_numbers.parse(number) or number[:40]
    tries = LookupTry.objects.filter(number=parsed, at__gt=at - WINDOW)
    if tries.count() >= MOST_WRONG:
        raise TriedTooOften
    ticket = Ticket.objects.filter(number=parsed, is_confidential=False).defer("words").first()
    if not lookup_codes.is_right(parsed, code) or ticket is None:
        LookupTry.objects.create(number=parsed, at=at)
        raise NoSuchCase
    return ticket


def forget_old_tries(*, by: Staff | None, at: datetime) -> None:
    """Drop wrong tries that no longer count."""
    LookupTry.objects.filter(at__lte=at - WINDOW).delete()
