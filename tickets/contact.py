"""Speaking with the customer, and arriving where they are (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import booking, family, owed, permissions, promises, transition
from tickets.kinds import Means
from tickets.models import Ticket
from tickets.states import Happening, Move, State


class InTheFuture(DeskError):
    """An arrival cannot lie ahead of us."""

    message = _("The time of arrival lies in the future. Correct it.")


def record(
    *, ticket: Ticket, means: Means, is_reached: bool, note: str, by: Staff, at: datetime
) -> Ticket:
    """An attempt to reach the customer; only a two-way contact stops the first-contact clock and
    keeps a promised update, and a message alone is never one (domain §3b)."""
    with transition.step(ticket, Move.CONTACT, by=by, at=at) as step:
        is_two_way = is_reached and means != Means.MESSAGE
        step.event = Happening.CONTACTED if is_two_way else Happening.CONTACT_TRIED
        step.facts |= {"means": means, "reached": is_reached, "note": note}
        if is_two_way:
            promises.keep(step)
        if not permissions.is_of_the_unit(by, step.ticket) and owed.helps(by, step.ticket):
            step.facts["helping_unit_id"] = by.unit_id
        if step.ticket.state == State.MERGED:
            step.tell(step.ticket.lead_handler, "child_contacted")
    return step.ticket


def arrive(*, ticket: Ticket, arrived_at: datetime | None, by: Staff, at: datetime) -> Ticket:
    """Arrival on site, for what is merged into the ticket as well; a time typed by hand is kept
    beside the desk's own, and an open appointment was kept or late by it; raises InTheFuture."""
    if arrived_at is not None and arrived_at > at:
        raise InTheFuture
    typed = {"typed_at": arrived_at.isoformat()} if arrived_at else {}
    with transaction.atomic():
        with transition.step(ticket, Move.ARRIVE, by=by, at=at) as step:
            step.facts |= typed
            booking.settle_by_arrival(step=step, by=by, at=arrived_at or step.at)
        for child in family.waiting_for(step.ticket).order_by("pk"):
            with transition.step(child, Move.ARRIVE, by=by, at=at) as shared:
                shared.facts |= {**typed, "with": step.ticket.number}
    return step.ticket
