"""The next reference number of a day (ledger)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from tickets import reference_numbers

_TAKE = """
    INSERT INTO tickets_daycounter (day, latest) VALUES (%s, %s)
    ON CONFLICT (day) DO UPDATE SET latest = tickets_daycounter.latest + excluded.latest
    RETURNING latest
"""


def take(*, at: datetime, how_many: int = 1) -> list[str]:
    """That many fresh numbers for the local day of `at`; a rollback leaves a gap."""
    day = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [day, how_many])
        (latest,) = cursor.fetchone()
    first = latest - how_many + 1
    return [reference_numbers.compose(day, sequence) for sequence in range(first, latest + 1)]
