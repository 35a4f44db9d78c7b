"""The one clock: the database's, so that every process agrees on what is late."""

import datetime

from django.db import connection


def now() -> datetime.datetime:
    """The present instant in UTC; inside a transaction too it is the instant of the call."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone()
    return instant.astimezone(datetime.UTC)
