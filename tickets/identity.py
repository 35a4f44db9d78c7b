"""Who asked, as far as a person may see it: name and address masked unless they are needed, the
number always masked until it is asked for (question)."""

from dataclasses import dataclass

from customers import masking, phone_numbers
from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission
from tickets import informants
from tickets.models import Task, Ticket


@dataclass(frozen=True)
class Asked:
    """What of the person who asked stands on a page. Withheld: a confidential report keeps who
    brought it from this reader. `may_show` says whether the reader can see it in full."""

    name: str
    phone: str
    address: str
    is_withheld: bool = False
    may_show: bool = False


WITHHELD = Asked("", "", "", is_withheld=True)


def in_list(ticket: Ticket, user: Staff) -> Asked:
    """As a row of a list shows it, without a statement of its own: in full for whoever holds the
    open ticket or answers for it, of a report for nobody else at all."""
    is_theirs = user.pk in (ticket.tracker_id, ticket.lead_handler_id)
    if ticket.is_confidential and not is_theirs:
        return WITHHELD
    return _asked(ticket, is_clear=is_theirs and ticket.is_open, may_show=False)


def of(ticket: Ticket, user: Staff) -> Asked:
    """As the ticket's own page shows it."""
    if ticket.is_confidential and not informants.may_know(user, ticket):
        return WITHHELD
    needs = needs_contact(ticket, user)
    may_show = needs or permissions.can(user, Permission.REVEAL_NUMBER)
    return _asked(ticket, is_clear=needs, may_show=may_show)


def needs_contact(ticket: Ticket, user: Staff) -> bool:
    """Whether the person holds an open task of speaking with this customer: as tracker, as lead
    handler, or as whoever was given a task on the ticket by name (design §4.11)."""
    if not ticket.is_open:
        return False
    if user.pk in (ticket.tracker_id, ticket.lead_handler_id):
        return True
    return Task.objects.filter(
        ticket=ticket, staff=user, done_at=None, dropped_at=None
    ).exists()


def in_full(ticket: Ticket) -> Asked:
    """Everything, for a page that has logged the look."""
    return Asked(_name(ticket), ticket.contact_phone, ticket.address)


def _asked(ticket: Ticket, *, is_clear: bool, may_show: bool) -> Asked:
    name, address = _name(ticket), ticket.address
    return Asked(
        name=name if is_clear else masking.name(name),
        phone=phone_numbers.mask(ticket.contact_phone),
        address=address if is_clear else masking.address(address),
        may_show=may_show and bool(name or ticket.contact_phone or address),
    )


def _name(ticket: Ticket) -> str:
    if ticket.is_anonymous:
        return ""
    return ticket.contact_name or (ticket.customer.name if ticket.customer else "")
