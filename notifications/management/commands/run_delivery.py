"""The relay: the only place that talks to the broker. Run two equal copies.

While the broker does not answer it delivers by itself, in a small pool of threads.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import kombu.exceptions
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from notifications import delivery, heartbeats, jobs, tasks
from servicedesk.lib import clock

_NAP = 0.25
_THREADS = 4

_log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Hand waiting messages and jobs to the workers until stopped."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="one sweep, then end")

    def handle(self, **options: Any) -> None:
        self.pulse = heartbeats.Pulse("delivery")
        with ThreadPoolExecutor(_THREADS) as self.pool:
            while True:
                try:
                    busy = self.turn()
                except (OperationalError, InterfaceError) as error:
                    # The database is restarting; unsent rows wait for us there.
                    self.stderr.write(f"The database did not answer: {error}")
                    connection.close()
                    busy = False
                if options["once"]:
                    return
                time.sleep(0 if busy else _NAP)

    def turn(self) -> bool:
        """One sweep; whether there was anything to hand on."""
        at = clock.now()
        self.pulse.beat(at)
        messages = delivery.claim(by=None, at=at)
        waiting = jobs.claim(by=None, at=at)
        for pk in messages:
            self._hand_on(tasks.deliver, deliver_here, message_id=pk)
        for pk in waiting:
            self._hand_on(tasks.run_job, run_here, job_id=pk)
        return bool(messages or waiting)

    def _hand_on(self, task: Any, here: Callable[[int], None], **kwargs: int) -> None:
        """To the broker; if it refuses, to our own threads."""
        try:
            task.apply_async(kwargs=kwargs, expires=30, ignore_result=True)
        except _refusals(task) as error:
            _log.warning("The broker did not take a task; it is done here: %s", error)
            self.pool.submit(here, *kwargs.values())


def _refusals(task: Any) -> tuple[type[Exception], ...]:
    """What is raised while the broker is away, full or closing, wrapped by the library or not."""
    line = task.app.connection_for_write()
    return (kombu.exceptions.OperationalError, *line.connection_errors, *line.channel_errors)


def deliver_here(message_id: int) -> None:
    """Send one message in this process, with its own database connection."""
    close_old_connections()
    try:
        delivery.deliver(message_id=message_id, by=None, at=clock.now())
    finally:
        connection.close()


def run_here(job_id: int) -> None:
    """Do one job in this process, with its own database connection."""
    close_old_connections()
    try:
        jobs.run(job_id=job_id, by=None, at=clock.now())
    finally:
        connection.close()
