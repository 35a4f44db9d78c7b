"""The relay: the only place that talks to the broker. Run two equal copies.

1. Each channel is claimed by itself, and no more of it is handed on than the workers begin soon.
2. What the broker takes goes to the queue of its channel, jobs to the queue "bulk".
3. While the broker does not take anything, and where a worker has not begun what it was given, the
   relay delivers by itself: in a small pool of threads for each channel.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import kombu.exceptions
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from notifications import delivery, heartbeats, jobs, tasks
from notifications.models import Channel
from servicedesk.lib import clock

_NAP = 0.25
# While a channel has more than its workers can begin.
_SHORT_NAP = 0.05
_BATCH = 50
_MOST_UNDERWAY = 100
_THREADS = 4
_MOST_HERE = 60

# A broker that does not take a task within this time does not get the next one either, for a while.
_PATIENCE = 0.15
_AWAY = 1.0

_log = logging.getLogger(__name__)


class Own:
    """The relay's own threads for one kind of work; takes no more than it can hold."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self.threads = threads
        self.underway: list[Future[None]] = []

    def room(self) -> int:
        self.underway = [one for one in self.underway if not one.done()]
        return max(0, _MOST_HERE - len(self.underway))

    def take(self, do: Callable[[int], None], pk: int) -> None:
        """What finds no room stays in its row and is claimed again."""
        if self.room():
            self.underway.append(self.threads.submit(do, pk))


class Command(BaseCommand):
    help = "Hand waiting messages and jobs to the workers until stopped."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="one sweep, then end")

    def handle(self, **options: Any) -> None:
        be_impatient(tasks.deliver.app)
        self.pulse = heartbeats.Pulse("delivery")
        self.broker_back_at = 0.0
        self.is_full: dict[str, bool] = {}
        with ExitStack() as stack:
            self.own = {
                name: Own(stack.enter_context(ThreadPoolExecutor(_THREADS)))
                for name in (*Channel.values, "bulk")
            }
            self._loop(is_once=options["once"])

    def _loop(self, *, is_once: bool) -> None:
        while True:
            try:
                nap = self.turn()
            except (OperationalError, InterfaceError) as error:
                # The database is restarting; unsent rows wait for us there.
                self.stderr.write(f"The database did not answer: {error}")
                connection.close()
                nap = _NAP
            if is_once:
                return
            time.sleep(nap)

    def turn(self) -> float:
        """One sweep; seconds until the next."""
        at = clock.now()
        self.pulse.beat(at)
        due = delivery.due(by=None, at=at)
        naps = [self._carry(channel, at) for channel in Channel if channel in due]
        for pk in jobs.claim(by=None, at=at) if "bulk" in due else ():
            self._hand_on(tasks.run_job, run_here, "bulk", job_id=pk)
        return min(naps, default=_NAP)

    def _carry(self, channel: Channel, at: Any) -> float:
        """Hand on what is due of one channel; seconds until it wants to be asked again."""
        limit = self._limit(channel, at)
        if not limit:
            return _SHORT_NAP
        claimed = delivery.claim(channel=channel, by=None, at=at, limit=limit)
        for pk in claimed.fresh:
            self._hand_on(tasks.deliver, deliver_here, channel, message_id=pk)
        for pk in claimed.again:
            # Lost with the broker, or the workers are busy, deaf or dead.
            self.own[channel].take(deliver_here, pk)
        self.is_full[channel] = claimed.seen == limit
        return 0 if self.is_full[channel] else _NAP

    def _limit(self, channel: Channel, at: Any) -> int:
        if self._is_broker_away():
            return min(_BATCH, self.own[channel].room())
        if not self.is_full.get(channel):
            return _BATCH
        free = _MOST_UNDERWAY - delivery.underway(channel=channel, by=None, at=at)
        return max(0, min(_BATCH, free))

    def _is_broker_away(self) -> bool:
        return time.monotonic() < self.broker_back_at

    def _hand_on(self, task: Any, here: Callable[[int], None], queue: str, **kwargs: int) -> None:
        """To the broker; if it refuses, to our own threads."""
        if not self._is_broker_away():
            try:
                task.apply_async(kwargs=kwargs, queue=queue, expires=30, ignore_result=True)
                return
            except _refusals(task) as error:
                self.broker_back_at = time.monotonic() + _AWAY
                _log.warning("The broker did not take a task; it is done here: %s", error)
        self.own[queue].take(here, *kwargs.values())


def be_impatient(app: Any) -> None:
    """From now on a hand-over to the broker is given up after a fifth of a second."""
    app.conf.broker_transport_options = app.conf.broker_transport_options | {
        "socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE,
    }  # fmt: skip


def _refusals(task: Any) -> tuple[type[Exception], ...]:
    """What is raised while the broker is away, full or closing, wrapped by the library or not."""
    line = task.app.connection_for_write()
    return (kombu.exceptions.OperationalError, *line.connection_errors, *line.channel_errors)


def deliver_here(message_id: int) -> None:
    """Send one message in this process, with a database connection of the thread's own."""
    _with_own_connection(lambda: delivery.deliver(message_id=message_id, by=None, at=clock.now()))


def run_here(job_id: int) -> None:
    """Do one job in this process, with a database connection of the thread's own."""
    _with_own_connection(lambda: jobs.run(job_id=job_id, by=None, at=clock.now()))


def _with_own_connection(do: Callable[[], object]) -> None:
    close_old_connections()
    try:
        do()
    except (OperationalError, InterfaceError) as error:
        # The row is claimed again when its time is over.
        _log.warning("The database did not answer: %s", error)
        connection.close()
    finally:
        close_old_connections()
