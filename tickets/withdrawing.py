"""Call the customer about a withdrawal somebody else heard: the number for that task (verb)."""

from datetime import datetime

from customers import disclosure
from organisation.models import Staff
from servicedesk.lib.errors import NotAllowed
from tickets import approvals, informants, permissions
from tickets.models import Approval
from tickets.states import Move


def number_to_call(*, approval: Approval, by: Staff, at: datetime) -> str:
    """The number given at intake, for whoever confirms the withdrawal; the log names the task.
    Raises what forbids the person to confirm it, and AlreadyDecided."""
    ticket = approval.ticket
    permissions.check(by, Move.WITHDRAW, ticket)
    if approval.asked_by_id == by.pk:
        raise approvals.OwnRequest
    if not approval.is_open:
        raise approvals.AlreadyDecided
    if ticket.is_confidential and not informants.may_know(by, ticket):
        raise NotAllowed
    return disclosure.show_for_task(
        number=ticket.contact_phone, customer=ticket.customer, subject=ticket.number,
        reason=f"withdrawal:{approval.pk}", by=by, at=at,
    )  # fmt: skip
