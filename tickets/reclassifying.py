"""File a ticket as another kind, as a reviewer proposed it (改类) (verb)."""

from datetime import datetime

from organisation.models import Staff
from tickets import approvals, indexing
from tickets.models import Approval, Ticket


def approve(*, approval: Approval, note: str = "", by: Staff, at: datetime) -> Ticket:
    """Another person than the reviewer agrees; what became a confidential report is from the same
    commit on no longer found by who brought it. Raises what approvals.grant raises."""
    with indexing.kept(approval.ticket):
        return approvals.grant(approval=approval, note=note, by=by, at=at)
