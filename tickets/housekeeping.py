"""Standing tasks: each once per period, claimed by a unique row, so a missed run heals itself
(verb).

The tasks are named in settings.HOUSEKEEPING as (dotted name, seconds), so that a higher app can
have one without this app knowing it.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.module_loading import import_string

from organisation.models import Staff
from tickets.models import Housekeeping

_ABANDONED = timedelta(seconds=30)

_log = logging.getLogger(__name__)

_CLAIM = """
    INSERT INTO tickets_housekeeping (task, period, claimed_at) VALUES (%s, %s, %s)
    ON CONFLICT (task, period) DO UPDATE SET claimed_at = excluded.claimed_at
        WHERE tickets_housekeeping.done_at IS NULL AND tickets_housekeeping.claimed_at < %s
    RETURNING id
"""


def do_next(*, known: dict[str, str], by: Staff | None, at: datetime) -> int:
    """Run every task whose present period nobody has claimed; the number run. `known` is the
    loop's own memory of the period each task is done in, so that an idle loop asks nothing."""
    run = 0
    for task, seconds in settings.HOUSEKEEPING:
        period = str(int(at.timestamp()) // seconds)
        if known.get(task) == period:
            continue
        if _claim(task, period, at):
            is_done = _run(task, at)
            run += is_done
            known |= {task: period} if is_done else {}
        elif Housekeeping.objects.filter(task=task, period=period, done_at__isnull=False).exists():
            known[task] = period
    return run


def _claim(task: str, period: str, at: datetime) -> bool:
    """Whether this loop is the one to run the task in the period."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [task, period, at, at - _ABANDONED])
        return cursor.fetchone() is not None


def _run(task: str, at: datetime) -> bool:
    """Whether the task ended well. One that raises leaves the others and the deadlines alone; it
    is taken up again once its claim has aged, as after a loop that died in it."""
    try:
        with transaction.atomic():
            import_string(task)(by=None, at=at)
            Housekeeping.objects.filter(task=task, done_at=None).update(done_at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        _log.exception("The standing task %s failed", task)
        return False
    return True


def forget_old_runs(*, by: Staff | None, at: datetime) -> None:
    """Drop the records of runs that are done and older than a day."""
    day_ago = at - timedelta(days=1)
    Housekeeping.objects.filter(done_at__isnull=False, claimed_at__lt=day_ago).delete()
