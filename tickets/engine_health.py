"""Is the engine itself late? Heartbeats, unfired deadlines, unsent messages, the clock (question)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from notifications.models import Heartbeat, Outbox

# reliability: 503 and a red banner from these ages on.
_LOOP_SILENT = timedelta(seconds=5)
_DEADLINE_LATE = timedelta(seconds=5)
_MESSAGE_LATE = timedelta(seconds=60)
_CLOCK_MOVED = timedelta(seconds=5)
# Workers speak less often than the loops.
_WORKER_SILENT = timedelta(seconds=60)

# Each part is one step down an index, however many rows wait.
_PROBE = """
    SELECT
        (SELECT max(at) FROM notifications_heartbeat WHERE process = 'deadlines'),
        (SELECT max(at) FROM notifications_heartbeat WHERE process = 'delivery'),
        (SELECT next_fire_at FROM tickets_deadline WHERE next_fire_at IS NOT NULL
            ORDER BY next_fire_at LIMIT 1),
        (SELECT next_fire_at FROM tickets_escalation WHERE next_fire_at IS NOT NULL
            ORDER BY next_fire_at LIMIT 1),
        (SELECT due_at FROM notifications_held WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1),
        (SELECT min(created_at) FROM notifications_outbox WHERE next_try_at IS NOT NULL),
        (SELECT recorded_at FROM tickets_event ORDER BY id DESC LIMIT 1)
"""


@dataclass(frozen=True)
class Copy:
    """One running copy of a loop or worker, and when it last spoke."""

    process: str
    name: str
    at: datetime
    is_silent: bool


@dataclass(frozen=True)
class Health:
    """What the loops last said; `troubles` are codes, templates have the words."""

    engine_at: datetime | None
    relay_at: datetime | None
    oldest_deadline_at: datetime | None
    oldest_message_at: datetime | None
    troubles: frozenset[str]

    @property
    def is_well(self) -> bool:
        return not self.troubles


def now(at: datetime) -> Health:
    """The state of the engine by the database's clock; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PROBE)
        engine_at, relay_at, deadline, repeat, held, message, event = cursor.fetchone()
    waiting = min((one for one in (deadline, repeat, held) if one is not None), default=None)
    troubles = {
        "engine_silent": _is_old(engine_at, at, _LOOP_SILENT),
        "relay_silent": _is_old(relay_at, at, _LOOP_SILENT),
        "deadline_late": waiting is not None and at - waiting > _DEADLINE_LATE,
        "message_late": message is not None and at - message > _MESSAGE_LATE,
        "clock_moved": event is not None and event - at > _CLOCK_MOVED,
    }
    return Health(
        # What is not due yet tells of tickets that the reader may not know of.
        engine_at, relay_at, waiting if waiting and waiting <= at else None, message,
        frozenset(code for code, is_so in troubles.items() if is_so),
    )  # fmt: skip


def copies(at: datetime) -> list[Copy]:
    """Every copy that spoke within a day, by process; the silent ones marked."""
    found = Heartbeat.objects.order_by("process", "instance")
    return [
        Copy(
            process=one.process, name=one.instance.rpartition(":")[2], at=one.at,
            is_silent=_is_old(one.at, at, _patience(one.process)),
        )
        for one in found
    ]  # fmt: skip


def given_up() -> int:
    """Messages that will not leave unless somebody sends them again."""
    return Outbox.objects.of_open_matters().given_up().count()


def _patience(process: str) -> timedelta:
    return _WORKER_SILENT if process.startswith("worker") else _LOOP_SILENT


def _is_old(beat: datetime | None, at: datetime, patience: timedelta) -> bool:
    return beat is None or at - beat > patience
