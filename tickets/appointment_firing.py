"""What happens when a window ends with nobody there: warn once, record it, in one commit (verb).

1. Claim what has ended at the database's instant `at`, oldest first, skipping what others hold.
2. Judge again under the lock: still open, and its ticket too.
3. Write the event, the notices, the outgoing messages and the mark in the same transaction.
4. A row that raises is pushed 30 seconds away with its error, and the rest go on.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from assignment import on_duty
from organisation.models import Staff
from organisation.roles import Role
from tickets import alarms, hearers, one_by_one
from tickets.hearers import Hearer
from tickets.models import Appointment
from tickets.states import Happening

BATCH = 100
CODE = Happening.APPOINTMENT_MISSED


def fire_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Warn of the windows that have ended by now, at most `limit`; the number taken."""
    with transaction.atomic():
        rows = _claim(at, limit)
        return one_by_one.each(rows, do=_judge, fires="next_fire_at", at=at)


def _claim(at: datetime, limit: int) -> list[Appointment]:
    due = Appointment.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket"))
    people = (
        "ticket__tracker__deputy", "ticket__lead_unit", "ticket__lead_handler__deputy",
        "staff__deputy",
    )  # fmt: skip
    return list(locked.select_related(*people).defer("ticket__words")[:limit])


def _judge(row: Appointment, at: datetime) -> None:
    row.next_fire_at = None
    if row.is_open and not row.ticket.is_open:
        # Nobody waits at home for a matter that has ended meanwhile.
        row.ending, row.settled_at = Appointment.Ending.CALLED_OFF, at
    elif row.is_open:
        row.warned_at = at
        _warn(row, at)
    row.save(update_fields=["next_fire_at", "ending", "settled_at", "warned_at"])


def _warn(row: Appointment, at: datetime) -> None:
    people = hearers.allowed(_who_hears(row, at), row.ticket)
    facts: dict[str, Any] = {
        "from_at": row.from_at.isoformat(), "to_at": row.to_at.isoformat(),
        **alarms.lateness(row.to_at, at),
    }  # fmt: skip
    said = alarms.Said(at)
    said.happened(row.ticket, CODE, {**facts, **hearers.facts(people)})
    for one in people:
        said.tell(
            one.staff, row.ticket, code=CODE, key=f"{CODE}:{row.pk}",
            facts={**facts, "because": one.because},
        )  # fmt: skip
    said.write()


def _who_hears(row: Appointment, at: datetime) -> list[Hearer]:
    """Who was to go there, the lead handler, their leader, and whoever answers to the customer; for
    each who is absent their deputy."""
    ticket, leader = row.ticket, None
    if ticket.lead_unit is not None:
        duty = on_duty.OnDuty(at, [ticket.lead_unit])
        leader = duty.answering(ticket.lead_unit, Role.UNIT_LEADER)
    return hearers.each_once(
        [
            hearers.there(row.staff, "visitor"), hearers.there(ticket.lead_handler, "handler"),
            Hearer.of(leader) if leader else None, hearers.there(ticket.tracker, "tracker"),
        ]
    )  # fmt: skip
