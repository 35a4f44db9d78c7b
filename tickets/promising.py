"""Promise the customer to be heard of again by a time, and what happens when that is missed (verb).

1. Claim what is due at the database's instant `at`, oldest first, skipping what others hold.
2. One step per ticket, in its own savepoint: event, notices and mark are written together.
3. A ticket that raises is pushed 30 seconds away, and the rest go on.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assignment import duty_roster
from organisation.models import Staff
from organisation.roles import Role
from servicedesk.lib.errors import DeskError
from tickets import alarms, one_by_one, transition
from tickets.kinds import Means
from tickets.models import Ticket
from tickets.states import Move

BATCH = 50


class PromisedPast(DeskError):
    """A promise lies in time to come."""

    message = _("The promised time has passed already. Choose a later one.")
    field = "until"


class CustomerNotTold(DeskError):
    """A promise that the customer does not know of is none."""

    message = _("Tell the customer first; a promise they do not know of is none.")
    field = "is_told"


def promise_update(
    *, ticket: Ticket, until: datetime, means: Means, is_told: bool, note: str = "",
    by: Staff, at: datetime,
) -> Ticket:
    """The customer was told that they hear of the matter again by `until`; a later promise takes
    the place of an earlier one. The tracker answers for it. Raises PromisedPast, CustomerNotTold."""
    if until <= at:
        raise PromisedPast
    if not is_told:
        raise CustomerNotTold
    with transition.step(ticket, Move.PROMISE_UPDATE, by=by, at=at) as step:
        was = step.ticket.next_update_at
        step.facts |= {
            "until": until.isoformat(), "was": was.isoformat() if was else None,
            "means": means, "note": note.strip(),
        }  # fmt: skip
        step.ticket.next_update_at = step.ticket.update_fires_at = until
        step.tell(step.ticket.tracker, "update_promised")
    return step.ticket


def fire_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Record and tell of the promised updates missed by now, at most `limit`; the number taken."""
    with transaction.atomic():
        due = Ticket.objects.filter(update_fires_at__lte=at).order_by("update_fires_at")
        locked = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
        tickets = list(locked.select_related("tracker__unit", "lead_unit").defer("words")[:limit])
        return one_by_one.each(tickets, do=_miss, fires="update_fires_at", at=at)


def _miss(ticket: Ticket, at: datetime) -> None:
    if not ticket.is_open:
        Ticket.objects.filter(pk=ticket.pk).update(update_fires_at=None)
        return
    with transition.step(ticket, Move.MISS_UPDATE, by=None, at=at) as step:
        due = step.ticket.next_update_at
        step.ticket.update_fires_at = None
        leader = duty_roster.responsible(step.ticket.tracker.unit, Role.UNIT_LEADER, at)
        people = alarms.distinct(step.ticket.tracker, leader)
        step.facts |= {
            "promised_at": due.isoformat() if due else None, **alarms.told(people),
            **(alarms.lateness(due, at) if due else {}),
        }  # fmt: skip
        for person in people:
            step.tell(person, "update_missed")
