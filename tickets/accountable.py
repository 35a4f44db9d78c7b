"""Who answers for a ticket and since when: tracker, lead handler, reviewer (question)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.models import HandOverItem, Holding, Ticket
from tickets.states import State


@dataclass(frozen=True)
class Accountable:
    """The three people's times on a ticket (design §4.1); `until` is its end or the present.

    The tracker answers since receipt, or since they signed for a hand-over; the lead handler since
    the ticket came to them without a break; the reviewer since the latest review began.
    """

    until: datetime
    tracker_since: datetime
    handler_since: datetime | None
    unit_dwell: timedelta | None
    review_from: datetime | None
    review_until: datetime | None
    waiting: tuple[HandOverItem, ...]

    @property
    def tracker_for(self) -> timedelta:
        return self.until - self.tracker_since

    @property
    def handler_for(self) -> timedelta | None:
        return self.until - self.handler_since if self.handler_since else None

    @property
    def review_for(self) -> timedelta | None:
        return self.review_until - self.review_from if self.review_from else None  # type: ignore[operator]


def of(ticket: Ticket, holdings: Sequence[Holding], now: datetime) -> Accountable:
    """The times of the three people; `holdings` are the ticket's, oldest first. One query."""
    until = now if ticket.is_open or not holdings else holdings[-1].to_at or now
    items = _hand_overs(ticket)
    review = [one for one in holdings if one.state == State.DONE_PENDING_REVIEW][-1:]
    return Accountable(
        until=until,
        tracker_since=_tracker_since(ticket, items),
        handler_since=_handler_since(ticket, holdings),
        unit_dwell=_dwell(ticket, holdings, until),
        review_from=review[0].from_at if review else None,
        review_until=(review[0].to_at or until) if review else None,
        waiting=tuple(one for one in items if one.hand_over.is_waiting),
    )


def _hand_overs(ticket: Ticket) -> list[HandOverItem]:
    items = HandOverItem.objects.filter(ticket=ticket).order_by("hand_over_id", "id")
    return list(items.select_related("hand_over__giver", "hand_over__successor"))


def _tracker_since(ticket: Ticket, items: Sequence[HandOverItem]) -> datetime:
    signed = [
        one.hand_over.signed_at
        for one in items
        if one.is_handed and one.duty == HandOverItem.Duty.TRACKER and one.hand_over.signed_at
    ]
    return max([ticket.received_at, *signed])


def _handler_since(ticket: Ticket, holdings: Sequence[Holding]) -> datetime | None:
    since = None
    for holding in reversed(holdings):
        if ticket.lead_handler_id is None or holding.staff_id != ticket.lead_handler_id:
            break
        since = holding.from_at
    return since


def _dwell(ticket: Ticket, holdings: Sequence[Holding], until: datetime) -> timedelta | None:
    """How long the present unit has had the ticket, all its turns together (环节停留)."""
    if ticket.lead_unit_id is None:
        return None
    own = (one for one in holdings if one.unit_id == ticket.lead_unit_id)
    return sum(((one.to_at or until) - one.from_at for one in own), timedelta())
