"""A worker that lives and hears nothing ends itself, so that whoever looks after it starts another
(celery/celery#8030 and its likes: deaf since the broker came back).

Deaf is: its queue holds tasks at three looks in a row, nothing runs in it, and it has received
nothing for settings.WORKER_DEAF_SECONDS. An empty queue and an absent broker prove nothing.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from celery import signals
from celery.worker import state
from django.conf import settings
from django.db import Error, connection

from notifications import heartbeats
from servicedesk.lib import clock

_LOOKS = 3
_EXIT_CODE = 70

_log = logging.getLogger(__name__)


@dataclass
class Hearing:
    """What one worker has heard so far, by a clock that only runs forwards."""

    patience: float
    heard_at: float = field(default_factory=time.monotonic)
    looks_in_vain: int = 0

    def hears(self) -> None:
        """A task came."""
        self.heard_at = time.monotonic()
        self.looks_in_vain = 0

    def is_deaf(self, *, waiting: int | None, is_busy: bool, instant: float) -> bool:
        """After one more look at the queue: `waiting` tasks, None where the broker is away."""
        if not waiting or is_busy:
            self.looks_in_vain = 0
            return False
        self.looks_in_vain += 1
        return self.looks_in_vain >= _LOOKS and instant - self.heard_at >= self.patience


def watch(consumer: Any) -> None:
    """Look after this worker in a thread of its own until it ends."""
    hearing = Hearing(patience=settings.WORKER_DEAF_SECONDS)
    signals.task_received.connect(lambda **_: hearing.hears(), weak=False)
    queues = [queue.name for queue in consumer.app.amqp.queues.consume_from.values()]
    threading.Thread(
        target=_look, args=(consumer.app, queues, hearing), name="deafness", daemon=True
    ).start()


def _look(app: Any, queues: list[str], hearing: Hearing) -> None:
    pulse = heartbeats.Pulse(f"worker:{'+'.join(queues)}"[:30])
    while True:
        time.sleep(hearing.patience / 2 / _LOOKS)
        waiting = _waiting(app, queues)
        is_busy = bool(state.active_requests)
        if hearing.is_deaf(waiting=waiting, is_busy=is_busy, instant=time.monotonic()):
            _log.error("This worker hears nothing although %s tasks wait; it ends", waiting)
            # Not sys.exit: nothing of a worker that has gone wrong is asked for leave.
            os._exit(_EXIT_CODE)
        _beat(pulse)


def _waiting(app: Any, queues: list[str]) -> int | None:
    """Tasks that lie in the queues; None while the broker does not answer."""
    try:
        with app.connection_for_read() as line:
            asked = [line.default_channel.queue_declare(name, passive=True) for name in queues]
    except Exception:
        # Each transport fails in its own way; the worker itself reports what is wrong.
        return None
    return sum(answer.message_count for answer in asked)


def _beat(pulse: heartbeats.Pulse) -> None:
    """Say that the worker lives; a database that is away hears it the next time."""
    try:
        pulse.beat(clock.now())
    except Error:
        return
    finally:
        connection.close()
