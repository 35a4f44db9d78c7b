"""What the desk says by itself about a ticket: the event, the notices and what leaves the desk
(ledger)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from notifications import posting, silence
from notifications.models import Notice
from organisation.models import Staff
from servicedesk.lib import table_insert
from tickets import history, hooked
from tickets.kinds import Priority
from tickets.models import Event, Ticket
from tickets.states import Happening

# From this on history and messages say how late the desk itself was.
LATE_ENOUGH_TO_SAY = timedelta(seconds=60)

# Reminders (黄牌): the only thing that may wait for the end of quiet hours or the digest.
_REMINDERS = frozenset({Happening.REMINDED, Happening.LIMIT_WARNED, "task_near"})


def distinct(*people: Staff | None) -> list[Staff]:
    """Each person once, in the order named."""
    return list({one.pk: one for one in people if one is not None}.values())


def told(people: Iterable[Staff]) -> dict[str, list[str]]:
    """Who heard, as the facts of an event keep it: history remembers what they were called."""
    heard = list(people)
    return {"told": [one.name_zh for one in heard], "told_en": [one.name_en for one in heard]}


def lateness(due_at: datetime, at: datetime) -> dict[str, int]:
    """The fact of how late this is said, where it is late enough to say."""
    late = at - due_at
    return {"late_seconds": int(late.total_seconds())} if late > LATE_ENOUGH_TO_SAY else {}


@dataclass
class Said:
    """What is to be written for one batch: events, notices and what leaves the desk. In a backlog
    what one person hears leaves bundled."""

    at: datetime
    is_backlog: bool = False
    events: list[Event] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    posts: list[posting.Post] = field(default_factory=list)

    def happened(self, ticket: Ticket, code: Happening, facts: dict[str, Any]) -> None:
        """One more event of the ticket, never before its latest."""
        instant = max(self.at, ticket.latest_event_at)
        event = history.event(ticket=ticket, code=code, by=None, at=instant, facts=facts)
        event.from_state = ticket.state
        self.events.append(event)

    def tell(
        self, person: Staff, ticket: Ticket, *, code: str, key: str, facts: dict[str, Any]
    ) -> None:
        """A notice, and what leaves the desk for the person; `key` is the same however often this
        is tried."""
        facts = {**facts, "title": ticket.subject}
        self.notices.append(
            Notice(
                key=key, staff=person, code=code, subject=ticket.number, facts=facts,
                created_at=self.at,
            )
        )  # fmt: skip
        is_grave = ticket.is_confidential or ticket.priority == Priority.EMERGENCY
        self.posts.append(
            posting.Post(
                staff=person, key=key, code=code, number=ticket.number,
                subject="" if ticket.is_confidential else ticket.number, facts=facts,
                scope_path=ticket.scope_path, can_wait=code in _REMINDERS and not is_grave,
                stands_alone=is_grave,
            )
        )  # fmt: skip

    def write(self) -> None:
        """Everything with one statement each; nothing is told of history that is only loaded."""
        table_insert.new(self.events)
        if not silence.is_kept():
            table_insert.new(self.notices, skip_known=True)
        hooked.tell(happened=[(one.ticket, one) for one in self.events], by=None, at=self.at)
        posting.post(posts=self.posts, by=None, at=self.at, is_backlog=self.is_backlog)
        touched = {event.ticket_id for event in self.events}
        Ticket.objects.filter(pk__in=touched).update(
            latest_event_at=Greatest(F("latest_event_at"), Value(self.at))
        )
