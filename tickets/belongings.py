"""What hangs on a ticket beside its own handling: tasks, merged and linked tickets (question)."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from organisation.models import Staff
from organisation.roles import Permission
from tickets import owed, permissions
from tickets.models import Link, Task, TaskKind, Ticket
from tickets.states import OPEN, WITH_UNIT, Happening, State

_MOST_CHILDREN = 50
_OF_TASKS = {Happening.TASK_OPENED}
_OF_FAMILY = {Happening.CHILD_TAKEN, Happening.MERGED, Happening.LINKED, Happening.SPLIT}


@dataclass(frozen=True)
class Owed:
    """A task as one person sees it: what they may do with it, and how long the owner had it."""

    task: Task
    may_sign: bool
    may_finish: bool
    may_drop: bool
    taken: timedelta


@dataclass(frozen=True)
class Related:
    """A linked ticket that the reader may see, and what it is to this one."""

    ticket: Ticket
    meaning: str
    is_later: bool


def of(
    ticket: Ticket, user: Staff, happened: Container[str], now: datetime, *, is_all: bool
) -> dict[str, Any]:
    """Context for the ticket page; a ticket nothing ever happened to in this way costs nothing.
    `happened` holds the codes of its events, all of them only if `is_all`."""
    has_tasks = not is_all or any(code in happened for code in _OF_TASKS)
    has_family = not is_all or any(code in happened for code in _OF_FAMILY)
    owed_here = tasks_of(ticket, user, now) if has_tasks else []
    return {
        "tasks": owed_here,
        "is_helping": not permissions.is_of_the_unit(user, ticket) and _helps(user, owed_here),
        "family": _family(ticket, user) if has_family else {},
        "may_invite": _has_lead(ticket) and owed.may_invite(user, ticket),
        "may_promise": ticket.state in OPEN and owed.may_promise(user, ticket),
    }


def tasks_of(ticket: Ticket, user: Staff, now: datetime) -> list[Owed]:
    """Every task but reports to the supervisor, which stand with the supervision; one query."""
    found = Task.objects.filter(ticket=ticket).exclude(kind=TaskKind.REPORT_BACK)
    rows = found.select_related("unit", "staff__unit", "opened_by", "done_by").order_by("id")
    return [_owed(task, user, now) for task in rows]


def _owed(task: Task, user: Staff, now: datetime) -> Owed:
    is_mine, leads = owed.is_owed_by(user, task), owed.is_led_by(user, task)
    end = task.done_at or task.dropped_at or now
    steers = bool(user.permissions & {Permission.SUPERVISE, Permission.DISPATCH, Permission.LEAD_UNIT})
    return Owed(
        task=task,
        may_sign=task.is_open and (leads or (is_mine and task.signed_at is None)),
        may_finish=task.is_open and is_mine,
        may_drop=task.is_open and steers and owed.may_drop(user, task, task.ticket),
        taken=end - task.opened_at,
    )


def _family(ticket: Ticket, user: Staff) -> dict[str, Any]:
    """Parent, children and linked tickets, as far as the reader may see them; three queries."""
    links = list(Link.objects.filter(later=ticket)) + list(Link.objects.filter(earlier=ticket))
    far = {one.earlier_id if one.later_id == ticket.pk else one.later_id for one in links}
    wanted = {*far, *([ticket.merged_into_id] if ticket.merged_into_id else [])}
    visible = Ticket.objects.visible_to(user).for_worklist()
    seen = visible.in_bulk(list(wanted)) if wanted else {}
    children = list(visible.filter(merged_into=ticket).order_by("received_at", "id")[:_MOST_CHILDREN])
    return {
        "parent": seen.get(ticket.merged_into_id or 0),
        "children": children,
        "waiting": sum(child.state == State.MERGED for child in children),
        "links": [one for link in links if (one := _related(link, ticket, seen)) is not None],
    }


def _related(link: Link, ticket: Ticket, seen: dict[int, Ticket]) -> Related | None:
    is_later = link.earlier_id == ticket.pk
    other = seen.get(link.later_id if is_later else link.earlier_id)
    return Related(other, link.meaning, is_later) if other else None


def _helps(user: Staff, tasks: list[Owed]) -> bool:
    asked = [one.task.unit for one in tasks if one.task.kind == TaskKind.CO_HANDLING]
    return any(unit is not None and user.unit.is_within(unit) for unit in asked)


def _has_lead(ticket: Ticket) -> bool:
    return ticket.lead_unit_id is not None and ticket.state in WITH_UNIT
