"""Write one event (ledger): codes and facts, never words."""

from datetime import datetime
from typing import Any

from organisation.models import Staff
from tickets.models import Event, Ticket
from tickets.states import Happening


def event(
    *, ticket: Ticket, code: Happening, by: Staff | None, at: datetime,
    from_state: str = "", facts: dict[str, Any] | None = None, recorded_at: datetime | None = None,
) -> Event:
    """An event of the ticket as it now stands, not saved yet."""
    return Event(
        ticket=ticket, code=code, at=at, recorded_at=recorded_at or at,
        by_id=by.pk if by else None, by_name=by.name_zh if by else "",
        unit_id=by.unit_id if by else ticket.lead_unit_id,
        from_state=from_state, to_state=ticket.state, facts=facts or {},
    )  # fmt: skip
