"""What is under supervision, by whom, and whose report-back is due first (question)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from organisation.models import Staff
from tickets.models import Supervision, Task, TaskKind, Ticket
from tickets.models.task import TaskQuerySet
from tickets.states import State

MOST_ROWS = 200


def open_of(ticket: Ticket) -> Supervision | None:
    """The supervision the ticket is under."""
    running = Supervision.objects.filter(ticket=ticket, ended_at=None)
    return running.select_related("supervisor").first()


def owed_report(ticket: Ticket) -> TaskQuerySet:
    """The report-backs that are still to come."""
    return Task.objects.open().filter(ticket=ticket, kind=TaskKind.REPORT_BACK)


@dataclass(frozen=True)
class Row:
    """An open supervision: what it waits for, and since or until when."""

    supervision: Supervision
    ticket: Ticket
    is_owed: bool
    is_late: bool
    due_at: datetime | None

    @property
    def waits_for_end(self) -> bool:
        """The unit has reported back; its supervisor has the next word."""
        return not self.is_owed


def rows(user: Staff, *, is_mine: bool, now: datetime) -> list[Row]:
    """Open supervisions that the person may see, or only their own: report-backs in the order they
    are due, then those whose report has come, the oldest first."""
    visible = Ticket.objects.visible_to(user).open().exclude(supervisor=None)
    found = _open_ones().filter(ticket__in=visible.values("pk"))
    if is_mine:
        found = found.filter(supervisor=user)
    listed = [_row(one, now) for one in found[:MOST_ROWS]]
    return sorted(listed, key=lambda row: (not row.is_owed, row.due_at or row.supervision.opened_at))


def to_end(user: Staff) -> int:
    """How many of the person's own supervisions wait for nobody but them."""
    owed = Task.objects.open().filter(ticket=OuterRef("ticket"), kind=TaskKind.REPORT_BACK)
    own = Supervision.objects.filter(supervisor=user, ended_at=None).filter(~Exists(owed))
    return own.filter(ticket__state=State.CALLBACK).count()


def _open_ones() -> QuerySet[Supervision]:
    owed = Task.objects.open().filter(ticket=OuterRef("ticket"), kind=TaskKind.REPORT_BACK)
    running = Supervision.objects.filter(ended_at=None).annotate(
        owed_until=Subquery(owed.order_by("due_at").values("due_at")[:1])
    )
    related = running.select_related(
        "supervisor", "ticket__lead_unit", "ticket__lead_handler", "ticket__tracker",
        "ticket__category",
    )  # fmt: skip
    return related.defer("ticket__words").order_by("report_due_at", "pk")


def _row(one: Supervision, now: datetime) -> Row:
    due: datetime | None = one.owed_until  # type: ignore[attr-defined]
    return Row(
        supervision=one, ticket=one.ticket, is_owed=due is not None,
        is_late=due is not None and due <= now, due_at=due,
    )  # fmt: skip
