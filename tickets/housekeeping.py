"""Standing tasks: each once per period, claimed by a unique row, so a missed run heals itself
(verb).

The tasks are named in settings.HOUSEKEEPING as (dotted name, seconds), so that a higher app can
have one without this app knowing it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from organisation.models import Staff
from tickets.models import Housekeeping

_ABANDONED = timedelta(seconds=30)

_CLAIM = """
    INSERT INTO tickets_housekeeping (task, period, claimed_at) VALUES (%s, %s, %s)
    ON CONFLICT (task, period) DO UPDATE SET claimed_at = excluded.claimed_at
        WHERE tickets_housekeeping.done_at IS NULL AND tickets_housekeeping.claimed_at < %s
    RETURNING id
"""


def do_next(*, by: Staff | None, at: datetime) -> int:
    """Run every task whose present period nobody has claimed; the number run."""
    fresh = [task for task, seconds in settings.HOUSEKEEPING if _claim(task, seconds, at)]
    for task in fresh:
        _run(task, at)
    return len(fresh)


def _claim(task: str, seconds: int, at: datetime) -> bool:
    """Whether this loop is the one to run the task in its present period."""
    period = str(int(at.timestamp()) // seconds)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [task, period, at, at - _ABANDONED])
        return cursor.fetchone() is not None


def _run(task: str, at: datetime) -> None:
    """A run that raises or dies is taken up again by the next turn once its claim has aged."""
    with transaction.atomic():
        import_string(task)(by=None, at=at)
        Housekeeping.objects.filter(task=task, done_at=None).update(done_at=at)


def forget_old_runs(*, by: Staff | None, at: datetime) -> None:
    """Drop the records of runs that are done and older than a day."""
    day_ago = at - timedelta(days=1)
    Housekeeping.objects.filter(done_at__isnull=False, claimed_at__lt=day_ago).delete()
