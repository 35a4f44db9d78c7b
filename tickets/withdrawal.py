"""A customer withdraws (撤诉): heard by one person, confirmed by another in a call of its own (effect).

domain.md §3b and §6 row 5: only the customer withdraws; a callback agent from outside the handling
unit, and not who heard it, asks them again; the ticket stays in the figures as its own line.
"""

from django.utils.translation import gettext_lazy as _

from servicedesk.lib.errors import DeskError
from tickets import transition
from tickets.kinds import Outcome
from tickets.models import Approval, Ticket


class NobodyToAsk(DeskError):
    """A withdrawal is confirmed by the customer themselves."""

    message = _(
        "No number was given at intake, so nobody can ask the customer whether they withdraw. The"
        " matter is handled to its end."
    )


class CallMissing(DeskError):
    """The call that confirms a withdrawal is recorded with the customer's words."""

    message = _("Write what the customer said when you called them.")
    field = "note"
    http_status = 422


def check(ticket: Ticket, asked: Approval) -> None:
    """What stands against a withdrawal: nobody can be asked."""
    if not ticket.contact_phone:
        raise NobodyToAsk


def carry_out(step: transition.Step, asked: Approval) -> None:
    """The customer confirmed it: the ticket ends as withdrawn, with the words of the call."""
    if not asked.note.strip():
        raise CallMissing
    ticket = step.ticket
    ticket.outcome = Outcome.WITHDRAWN
    ticket.closed_at = step.at
    ticket.suspended_until = ticket.rest_fires_at = None
    step.tell(ticket.lead_handler, "withdrawn")
    step.tell(ticket.tracker, "withdrawn")
