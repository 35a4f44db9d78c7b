"""Who owes which task (question)."""

from typing import Any

from organisation.models import Staff
from organisation.roles import Permission
from tickets.models import Task


def is_owed_by(user: Staff, task: Task) -> bool:
    """Whether the person is the one who owes it, or of the unit that has named nobody yet."""
    if task.staff_id is not None:
        return task.staff_id == user.pk
    return task.unit is not None and user.unit.is_within(task.unit)


def is_led_by(user: Staff, task: Task) -> bool:
    """Whether the person leads the unit that owes it, and so may name who does it."""
    is_there = task.unit is not None and user.unit.is_within(task.unit)
    return is_there and Permission.LEAD_UNIT in user.permissions


def facts(task: Task) -> dict[str, Any]:
    """What every event and notice of a task says of it."""
    return {
        "task": task.pk, "kind": task.kind, "text": task.text, "unit_id": task.unit_id,
        "staff_id": task.staff_id, "due_at": task.due_at.isoformat(),
    }  # fmt: skip
