"""My tasks: what a person and their unit owe, and what they gave to others (question)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.paging import Page
from tickets.models import Task, Ticket
from tickets.models.task import TaskQuerySet
from tickets.states import State

SIZE = 25


@dataclass(frozen=True)
class TaskList:
    """One list of open tasks, soonest first."""

    code: str
    label: Promise
    tasks: TaskQuerySet

    def count(self) -> int:
        return self.tasks.count()


def lists(user: Staff) -> list[TaskList]:
    """The person's own; of their unit, for its leader; given by them and not done yet."""
    visible = Ticket.objects.visible_to(user).values("pk")
    waiting = Task.objects.open().filter(ticket__in=visible).exclude(ticket__state=State.CANCELLED)
    found = [TaskList("mine", _("Owed by me"), waiting.owed_by(user))]
    if Permission.LEAD_UNIT in user.permissions:
        found.append(TaskList("unit", _("Owed by my unit"), waiting.of_unit(user.unit)))
    found.append(TaskList("given", _("Given by me"), waiting.filter(opened_by=user)))
    return found


def page(tasks: TaskQuerySet, after: str | None) -> Page:
    """By due time, then by id; an unreadable key starts at the top."""
    key = _key(after)
    if key is not None:
        tasks = tasks.filter(Q(due_at__gt=key[0]) | Q(due_at=key[0], pk__gt=key[1]))
    rows = tasks.select_related("ticket", "unit", "staff__unit", "opened_by")
    found = list(rows.defer("ticket__words").order_by("due_at", "id")[: SIZE + 1])
    if len(found) <= SIZE:
        return Page(found, "")
    last = found[SIZE - 1]
    return Page(found[:SIZE], f"{last.due_at.isoformat()}~{last.pk}")


def _key(typed: str | None) -> tuple[datetime, int] | None:
    due, _sep, pk = (typed or "").partition("~")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    try:
        # A plus sign typed into an address arrives as a space.
        instant = datetime.fromisoformat(due.replace(" ", "+"))
    except ValueError:
        return None
    return (instant, int(pk)) if instant.tzinfo else None
