"""The deadline engine: run two or more equal copies, no leader."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from notifications import heartbeats, posting
from notifications.models import Held
from tickets import (
    appointment_firing,
    calling,
    escalation,
    hand_over_alarm,
    housekeeping,
    promising,
    resuming,
    signing,
    task_firing,
)
from tickets.models import Appointment, Deadline, Escalation, HandOver, Task, Ticket
from tickets.soonest import Soonest, Wait
from tickets.states import State

# Each looks at its own rows, and only when the first of them is due; none waits for the others.
_FIRE: tuple[tuple[Callable[..., int], Wait], ...] = (
    (escalation.fire_due, Wait(Deadline.objects.all(), "next_fire_at")),
    (signing.sign_due, Wait(Ticket.objects.filter(state=State.DISPATCHED), "auto_sign_at")),
    (resuming.resume_due, Wait(Ticket.objects.filter(state=State.SUSPENDED), "rest_fires_at")),
    (task_firing.fire_due, Wait(Task.objects.all(), "next_fire_at")),
    (appointment_firing.fire_due, Wait(Appointment.objects.all(), "next_fire_at")),
    (promising.fire_due, Wait(Ticket.objects.all(), "update_fires_at")),
    (hand_over_alarm.alarm_due, Wait(HandOver.objects.all(), "alarm_at")),
    (calling.repeat_due, Wait(Escalation.objects.all(), "next_fire_at")),
    (posting.release_due, Wait(Held.objects.all(), "due_at")),
)
_NAP = 0.25
# What somebody else holds right now is looked at again this soon.
_HELD = 0.05
_AFTER_TROUBLE = 0.1


class Command(BaseCommand):
    help = "Fire due deadlines and do the standing tasks until stopped."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="one sweep, then end")

    def handle(self, **options: Any) -> None:
        self.begin()
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

    def begin(self) -> None:
        """What the loop keeps from one turn to the next."""
        self.pulse = heartbeats.Pulse("deadlines")
        self.known: dict[str, str] = {}
        self.soonest = Soonest([wait for _, wait in _FIRE])

    def turn(self) -> float:
        """One sweep; the seconds until the next."""
        at, firsts = self.soonest.ask()
        asked = time.monotonic()
        self.pulse.beat(at)
        due = [
            fire for (fire, _), first in zip(_FIRE, firsts, strict=True) if first and first <= at
        ]
        if sum(fire(by=None, at=at) for fire in due):
            return 0.0
        housekeeping.do_next(known=self.known, by=None, at=at)
        nap = min((_nap(at, first) for first in firsts if first), default=_NAP)
        return max(0.001, nap - (time.monotonic() - asked))


def _nap(at: datetime, first: datetime) -> float:
    """Seconds until a row is due, a quarter of one at the most."""
    return _HELD if first <= at else min(_NAP, (first - at).total_seconds())
