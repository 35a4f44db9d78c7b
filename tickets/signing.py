"""The desk signs for what nobody signed for in time (超时自动签收) and holds it against the unit
(verb).

The engine notes `auto_sign_at` in the commit that records the missed limit; whichever engine claims
the ticket first then signs, once. A person who signs meanwhile wins, and the miss stays all the same.
"""

from datetime import datetime

from django.db import transaction

from assignment import duty_roster
from organisation.models import Staff
from organisation.roles import Role
from tickets import alarms, one_by_one, prospects, returns, transition
from tickets.models import Ticket
from tickets.states import Move, State

BATCH = 20


def sign_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Sign for what its unit left unsigned until now, at most `limit` tickets; the number taken."""
    due = Ticket.objects.filter(state=State.DISPATCHED, auto_sign_at__lte=at)
    with transaction.atomic():
        locked = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
        found = list(locked.order_by("auto_sign_at").defer("words")[:limit])
        return one_by_one.each(found, do=_sign, fires="auto_sign_at", at=at)


def auto_sign(*, ticket: Ticket, by: Staff | None, at: datetime) -> Ticket:
    """In progress in the unit's name: with the person chosen, or whoever answers for the unit now.
    The sender and the unit's leader are alarmed."""
    with transition.step(ticket, Move.AUTO_SIGN, by=by, at=at) as step:
        held = step.ticket
        unit = held.lead_unit
        assert unit is not None
        if held.lead_handler is None:
            barred = prospects.wanted_of(held, "").barred
            stand_by = duty_roster.stand_by(unit, step.at, barred=barred)
            held.lead_handler = stand_by.staff if stand_by else None
        held.is_auto_signed, held.auto_sign_at = True, None
        step.facts |= {"unit_id": unit.pk, "unit_zh": unit.name_zh, "unit_en": unit.name_en}
        step.facts |= {"handler_id": held.lead_handler_id}
        leader = duty_roster.responsible(unit, Role.UNIT_LEADER, step.at)
        for person in alarms.distinct(leader, *returns.dispatchers(held)):
            step.tell(person, "auto_signed")
    return step.ticket


def _sign(ticket: Ticket, at: datetime) -> None:
    auto_sign(ticket=ticket, by=None, at=at)
