"""Say that a loop is alive (verb)."""

import os
import platform
from datetime import datetime, timedelta

from notifications.models import Heartbeat
from organisation.models import Staff

# The health page calls a loop silent after five seconds.
_APART = timedelta(seconds=1)


def beat(*, process: str, instance: str, by: Staff | None, at: datetime) -> None:
    """Touch the loop's row; the first time makes it."""
    if not Heartbeat.objects.filter(process=process, instance=instance).update(at=at):
        Heartbeat.objects.bulk_create(
            [Heartbeat(process=process, instance=instance, at=at)], ignore_conflicts=True
        )


class Pulse:
    """The heartbeat of one loop of this process: at most one row written a second."""

    def __init__(self, process: str) -> None:
        self.process = process
        # Whoever starts copies may name them, so that a new one takes the place of one that ended.
        copy = os.environ.get("SERVICEDESK_COPY") or os.getpid()
        self.instance = f"{platform.node()[:40]}:{copy}"
        self.beaten_at: datetime | None = None

    def beat(self, at: datetime) -> None:
        """Say so, unless it was said less than a second ago."""
        if self.beaten_at is None or not timedelta() <= at - self.beaten_at < _APART:
            beat(process=self.process, instance=self.instance, by=None, at=at)
            self.beaten_at = at


def forget(*, by: Staff | None, at: datetime) -> int:
    """Drop the rows of loops that ended more than a day ago; the count."""
    return Heartbeat.objects.filter(at__lt=at - timedelta(days=1)).delete()[0]
