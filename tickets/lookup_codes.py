"""The query code a customer reads out with the number to see their case (question).

Derived from the number with the desk's own key, so that nothing secret is stored and a lost slip
can be printed again. Six digits: guessing is held back by tickets.lookups.
"""

from django.utils.crypto import constant_time_compare, salted_hmac


def of(number: str) -> str:
    """The six digits of one reference number."""
    digest = salted_hmac("tickets.lookup_codes", number, algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 1_000_000:06d}"


def is_right(number: str, typed: str) -> bool:
    """Whether the typed code is the number's; takes the same time for right and wrong."""
    return constant_time_compare(of(number), typed.strip())
