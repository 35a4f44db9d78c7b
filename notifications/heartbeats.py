"""Say that a loop is alive (verb)."""

from datetime import datetime

from notifications.models import Heartbeat
from organisation.models import Staff


def beat(*, process: str, instance: str, by: Staff | None, at: datetime) -> None:
    """Touch the loop's row; the first time makes it."""
    if not Heartbeat.objects.filter(process=process, instance=instance).update(at=at):
        Heartbeat.objects.bulk_create(
            [Heartbeat(process=process, instance=instance, at=at)], ignore_conflicts=True
        )


def forget(*, older_than: datetime, by: Staff | None, at: datetime) -> int:
    """Drop the rows of loops that ended long ago; the count."""
    return Heartbeat.objects.filter(at__lt=older_than).delete()[0]
