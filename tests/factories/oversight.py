"""Tickets that are supervised, disputed or came past a level, by the desk's own verbs."""

from datetime import datetime, timedelta
from typing import Any

from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import disputing, supervision
from tickets.models import Dispute, Ticket
from tickets.states import State


def a_supervised_ticket(
    cast: Cast, *, state: State = State.IN_PROGRESS, at: datetime | None = None, **changes: Any
) -> Ticket:
    """A ticket in the state, put under the supervisor's supervision one step later."""
    ticket = a_ticket(cast, state=state, at=at, **changes)
    when = ticket.latest_event_at + STEP
    supervision.supervise(ticket=ticket, reason="久拖未决", by=cast.supervisor, at=when)
    return Ticket.objects.get(pk=ticket.pk)


def a_dispute(cast: Cast, *, ticket: Ticket | None = None) -> Dispute:
    """The east station's leader against the west station about a ticket of the east."""
    ticket = ticket or a_ticket(cast, state=State.IN_PROGRESS)
    return disputing.open(
        ticket=ticket, against=cast.other_unit, matter="表后故障，应由城西所处理。",
        by=cast.leader, at=ticket.latest_event_at + timedelta(minutes=1),
    )  # fmt: skip
