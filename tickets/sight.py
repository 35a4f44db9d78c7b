"""The one ticket a page is about, if the person may see it (question)."""

from organisation.models import Staff
from servicedesk.lib.errors import NotVisible
from tickets.models import Ticket


def of(user: Staff, number: str) -> Ticket:
    """The visible ticket of that number; NotVisible both for a foreign and for an absent one."""
    tickets = Ticket.objects.visible_to(user).select_related(
        "category__parent", "tracker__unit", "lead_handler__unit", "lead_unit", "reviewer",
        "supervisor", "customer", "account", "premises", "territory", "policy", "intake_unit",
    )  # fmt: skip
    ticket = tickets.defer("words").filter(number=number).first()
    if ticket is None:
        raise NotVisible
    return ticket


def may_hear(staff: Staff, ticket: Ticket) -> bool:
    """Whether a notice about the ticket may reach the person: of a confidential report only those
    hear who may see it (design §4.7); of any other matter whoever answers for it."""
    if not ticket.is_confidential:
        return True
    return Ticket.objects.visible_to(staff).filter(pk=ticket.pk).exists()
