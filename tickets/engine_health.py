"""Is the engine itself late? Heartbeats, unfired deadlines, unsent messages (question)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min

from notifications.models import Heartbeat, Outbox, OutboxState
from tickets.models import Deadline

_ENGINE_SILENT = timedelta(seconds=5)
_DEADLINE_LATE = timedelta(seconds=5)
_MESSAGE_LATE = timedelta(seconds=60)


@dataclass(frozen=True)
class Health:
    """What the loops last said; `troubles` are codes, templates have the words."""

    engine_at: datetime | None
    relay_at: datetime | None
    oldest_deadline_at: datetime | None
    oldest_message_at: datetime | None
    given_up: int
    troubles: frozenset[str]

    @property
    def is_well(self) -> bool:
        return not self.troubles


def now(at: datetime) -> Health:
    """The state of the engine by the database's clock; four indexed queries."""
    beats = dict(
        Heartbeat.objects.values_list("process").annotate(latest=Max("at")).order_by("process")
    )
    overdue = Deadline.objects.filter(next_fire_at__lte=at)
    deadline = overdue.aggregate(oldest=Min("next_fire_at"))["oldest"]
    waiting = Outbox.objects.filter(next_try_at__isnull=False)
    message = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    troubles = {
        "engine_silent": _is_old(beats.get("deadlines"), at, _ENGINE_SILENT),
        "relay_silent": _is_old(beats.get("delivery"), at, _ENGINE_SILENT),
        "deadline_late": deadline is not None and at - deadline > _DEADLINE_LATE,
        "message_late": message is not None and at - message > _MESSAGE_LATE,
    }
    return Health(
        beats.get("deadlines"), beats.get("delivery"), deadline, message,
        Outbox.objects.of_open_matters().filter(state=OutboxState.DEAD).count(),
        frozenset(code for code, is_so in troubles.items() if is_so),
    )  # fmt: skip


def _is_old(beat: datetime | None, at: datetime, patience: timedelta) -> bool:
    return beat is None or at - beat > patience
