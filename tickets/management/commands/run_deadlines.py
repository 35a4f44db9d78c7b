"""The deadline engine: run two or more equal copies, no leader."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Min

from notifications import heartbeats
from servicedesk.lib import clock
from tickets import (
    appointment_firing,
    escalation,
    hand_over_alarm,
    housekeeping,
    promising,
    resuming,
    signing,
    task_firing,
)
from tickets.models import Deadline

# Each looks at its own rows; none waits for the others.
_FIRE = (
    escalation.fire_due, signing.sign_due, resuming.resume_due, task_firing.fire_due,
    appointment_firing.fire_due, promising.fire_due,
    hand_over_alarm.alarm_due,
)  # fmt: skip
_NAP = 0.25
_AFTER_TROUBLE = 0.5


class Command(BaseCommand):
    help = "Fire due deadlines and do the standing tasks until stopped."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="one sweep, then end")

    def handle(self, **options: Any) -> None:
        self.pulse = heartbeats.Pulse("deadlines")
        self.known: dict[str, str] = {}
        while True:
            try:
                idle = self.turn()
            except (OperationalError, InterfaceError) as error:
                # The database is restarting; everything not committed is still due.
                self.stderr.write(f"The database did not answer: {error}")
                connection.close()
                idle = _AFTER_TROUBLE
            if options["once"]:
                return
            time.sleep(idle)

    def turn(self) -> float:
        """One sweep; the seconds until the next."""
        at = clock.now()
        self.pulse.beat(at)
        if sum(fire(by=None, at=at) for fire in _FIRE):
            return 0.0
        housekeeping.do_next(known=self.known, by=None, at=at)
        return _until_next(at)


def _until_next(at: datetime) -> float:
    """Seconds until the next deadline, a quarter of a second at the most."""
    soonest = Deadline.objects.filter(next_fire_at__gt=at, next_fire_at__lt=at + timedelta(seconds=1))
    found = soonest.aggregate(soonest=Min("next_fire_at"))["soonest"]
    return min(_NAP, max(0.001, (found - at).total_seconds())) if found else _NAP
