"""Receivers outside hear of events in the same commit; of a confidential report never (ledger)."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from notifications import hooks
from notifications.hooks import Told
from organisation.models import Staff
from tickets.models import Event, Ticket


def tell(*, happened: Iterable[tuple[Ticket, Event]], by: Staff | None, at: datetime) -> None:
    """A message for each receiver of each event; where nobody listens it costs no statement."""
    events = [
        _told(ticket, event)
        for ticket, event in happened
        if not ticket.is_confidential and hooks.listening(ticket.scope_path, event.code)
    ]
    if events:
        hooks.tell(events=events, by=by, at=at)


def _told(ticket: Ticket, event: Event) -> Told:
    return Told(
        key=_key(ticket, event), event=event.code, number=ticket.number, state=ticket.state,
        kind=ticket.kind, utility=ticket.utility,
        unit=ticket.lead_unit.code if ticket.lead_unit else "", at=event.at,
        scope_path=ticket.scope_path,
    )  # fmt: skip


def _key(ticket: Ticket, event: Event) -> str:
    """Another for each event; rows written in bulk have no number of their own yet."""
    if event.pk is not None:
        return f"event:{event.pk}"
    facts = json.dumps(event.facts, sort_keys=True, default=str)
    told = "|".join((event.code, event.at.isoformat(), facts))
    return f"event:{ticket.number}:{hashlib.sha256(told.encode()).hexdigest()[:20]}"
