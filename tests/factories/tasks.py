"""Tasks on tickets, given by the desk's own verb."""

from datetime import datetime, timedelta
from typing import Any

from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import tasks
from tickets.models import Task, TaskKind, Ticket
from tickets.states import State

DUE_IN = timedelta(days=2)


def a_task(
    cast: Cast, *, ticket: Ticket | None = None, kind: TaskKind = TaskKind.VISIT,
    at: datetime | None = None, **changes: Any,
) -> Task:
    """A task of the handler's, given by the operator an hour after receipt, due two days later;
    any argument of tasks.open may be given."""
    at = at or cast.at + 6 * STEP
    ticket = ticket or a_ticket(cast, state=State.IN_PROGRESS)
    asked: dict[str, Any] = {"text": "复查电压并告知客户", "due_at": at + DUE_IN, "by": cast.operator}
    if not {"unit", "staff"} & changes.keys():
        asked["staff"] = cast.handler
    return tasks.open(ticket=ticket, kind=kind, at=at, **asked | changes)
