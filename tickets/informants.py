"""What a confidential report keeps of whoever brought it, and who may see that (question)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from organisation.models import Staff
from tickets.models import NamedReader, Ticket

if TYPE_CHECKING:
    from tickets.intake import Request


def kept_apart(request: "Request") -> "Request":
    """The request without a thread to its customer: no link to customer, account or place, so
    that no list of theirs tells of the report; of an anonymous informant no name and no address
    of theirs either. The number they gave stays, for the answer."""
    customer, premises = request.customer, request.premises
    name, phone, address = request.contact_name, request.contact_phone, request.address
    if request.is_anonymous:
        name = ""
        address = "" if premises is not None and address == premises.address else address
    elif customer is not None:
        name, phone = name or customer.name, phone or customer.phone
    return replace(
        request, customer=None, account=None, premises=None, contact_name=name,
        contact_phone=phone, address=address,
        territory=request.territory or (premises.territory if premises else None),
    )  # fmt: skip


def sealed(ticket: Ticket) -> dict[str, Any]:
    """The columns of a ticket that turns out to be a report: as if it had been taken as one."""
    customer = ticket.customer if not ticket.is_anonymous else None
    return {
        "is_confidential": True, "subject": subject(ticket.language), "contact_phone_hash": "",
        "customer": None, "account": None, "premises": None,
        "contact_name": ticket.contact_name or (customer.name if customer else ""),
        "contact_phone": ticket.contact_phone or (customer.phone if customer else ""),
    }  # fmt: skip


def subject(language: str) -> str:
    """What stands in lists, notices and messages instead of the first words of a report."""
    with translation.override(language):
        return _("Confidential report")


def may_know(user: Staff, ticket: Ticket) -> bool:
    """Whether the person may see who brought this report: its tracker and lead handler, who must
    answer them, and whoever was named to read it. A right to read reports is not enough."""
    if user.pk in (ticket.tracker_id, ticket.lead_handler_id):
        return True
    return NamedReader.objects.filter(ticket=ticket, staff=user, ended_at=None).exists()
