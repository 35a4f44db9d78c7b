"""Show who asked, in full, once the log says who looks and what for (verb)."""

from datetime import datetime
from typing import Any

from customers import disclosure
from organisation.models import Staff
from servicedesk.lib.errors import NotAllowed
from tickets import identity
from tickets.models import Ticket


def show(*, ticket: Ticket, reason: str, by: Staff, at: datetime) -> None:
    """Log the look. Whoever holds an open task of speaking with the customer needs no reason: the
    log names the task. Raises NotAllowed where a report keeps its informant from the person, and
    what customers.disclosure.reveal raises."""
    if identity.of(ticket, by).is_withheld:
        raise NotAllowed
    shown: dict[str, Any] = {
        "number": ticket.contact_phone, "customer": ticket.customer, "subject": ticket.number,
        "by": by, "at": at,
    }  # fmt: skip
    if identity.needs_contact(ticket, by):
        disclosure.show_for_task(reason=reason or f"contact:{ticket.state}", **shown)
    else:
        disclosure.reveal(reason=reason, **shown)
