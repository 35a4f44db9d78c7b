"""The one ticket a page is about, if the person may see it (question)."""

from datetime import datetime, timedelta
from typing import Any

from organisation.models import Staff
from servicedesk.lib.errors import NotVisible
from tickets.models import Event, Ticket
from tickets.states import Happening

# Whoever takes a report about their own chain gives its slip, and sees nothing of it afterwards.
_SLIP = timedelta(minutes=15)
_OPENED = "opened_reports"


def of(user: Staff, number: str) -> Ticket:
    """The visible ticket of that number; NotVisible both for a foreign and for an absent one."""
    tickets = Ticket.objects.visible_to(user).select_related(
        "category__parent", "tracker__unit", "lead_handler__unit", "lead_unit", "reviewer",
        "supervisor", "customer", "account", "premises", "territory", "policy", "intake_unit",
    )  # fmt: skip
    ticket = tickets.defer("words").filter(number=number).first()
    if ticket is None:
        raise NotVisible
    note_opened(user, ticket)
    return ticket


def note_opened(user: Staff, ticket: Ticket) -> None:
    """Remember for the access log that the person's page shows this ticket; pages that reach a
    ticket by another way than of() say so here. Costs nothing for an ordinary ticket."""
    if ticket.is_confidential:
        setattr(user, _OPENED, [*opened(user), ticket.pk])


def opened(user: Any) -> list[int]:
    """Ids of the confidential reports that were given to the person's request."""
    return list(dict.fromkeys(getattr(user, _OPENED, ())))


def just_logged(user: Staff, number: str, at: datetime) -> Ticket:
    """The ticket for whom its slip is: a visible one or, for a quarter of an hour, one that the
    person logged themselves; NotVisible else."""
    try:
        return of(user, number)
    except NotVisible:
        own = Event.objects.filter(
            ticket__number=number, code=Happening.RECEIVED, by_id=user.pk, at__gt=at - _SLIP
        )
        event = own.select_related("ticket__tracker", "ticket__lead_unit").first()
        if event is None:
            raise
        note_opened(user, event.ticket)
        return event.ticket


def may_hear(staff: Staff, ticket: Ticket) -> bool:
    """Whether a notice about the ticket may reach the person: of a confidential report only those
    hear who may see it (design §4.7); of any other matter whoever answers for it."""
    if not ticket.is_confidential:
        return True
    return Ticket.objects.visible_to(staff).filter(pk=ticket.pk).exists()
