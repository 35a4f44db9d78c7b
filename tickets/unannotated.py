"""What waits for an executive's note, with its age (question)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from organisation.models import Staff
from tickets.models import Annotation, Task, TaskKind, Ticket

MOST_ROWS = 200
_LATEST = 20


@dataclass(frozen=True)
class Reading:
    """A ticket to be annotated: who owes the note, since when, and whether that is late."""

    task: Task
    ticket: Ticket
    age: timedelta
    is_late: bool


def rows(user: Staff, now: datetime) -> list[Reading]:
    """What the executives of the person's company have still to annotate, the longest due first."""
    found = _waiting(user).select_related(
        "ticket__category", "ticket__lead_unit", "ticket__lead_handler", "ticket__tracker", "staff"
    )
    tasks = found.defer("ticket__words").order_by("due_at", "pk")[:MOST_ROWS]
    return [
        Reading(one, one.ticket, now - one.ticket.received_at, one.due_at <= now) for one in tasks
    ]


def count(user: Staff) -> int:
    """How many notes are still to be written."""
    return _waiting(user).count()


def latest(user: Staff) -> Sequence[Annotation]:
    """The newest notes on tickets that the person may see."""
    visible = Ticket.objects.visible_to(user).values("pk")
    notes = Annotation.objects.filter(ticket__in=visible).select_related("ticket", "by")
    return list(notes.defer("ticket__words").order_by("-pk")[:_LATEST])


def _waiting(user: Staff) -> QuerySet[Task]:
    visible = Ticket.objects.visible_to(user).values("pk")
    return Task.objects.open().filter(kind=TaskKind.ANNOTATE, ticket__in=visible)
