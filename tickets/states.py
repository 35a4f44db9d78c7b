"""The states of a ticket and the one table of allowed moves (sum).

Buttons, checks, the diagram in docs/ and the property test read MOVES; a move that is not in it
does not exist.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.roles import Permission


class State(TextChoices):
    DRAFT = "draft", _("Draft")
    NEW = "new", pgettext_lazy("state", "New")
    DISPATCHED = "dispatched", pgettext_lazy("state", "Dispatched")
    IN_PROGRESS = "in_progress", _("In progress")
    SUSPENDED = "suspended", _("Suspended")
    DONE_PENDING_REVIEW = "done_pending_review", _("Awaiting review")
    CALLBACK = "callback", _("Awaiting callback")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")
    CANCELLED = "cancelled", _("Cancelled")
    MERGED = "merged", _("Merged")


class Move(TextChoices):
    INTAKE = "intake", _("Log")
    RESOLVE_ON_THE_SPOT = "resolve_on_the_spot", _("Resolve on the spot")
    DISPATCH = "dispatch", _("Dispatch")
    ACCEPT = "accept", _("Sign for")
    REASSIGN = "reassign", _("Reassign")
    CONTACT = "contact_customer", _("Contact the customer")
    ARRIVE = "arrive", _("Record arrival")
    REPORT_DONE = "report_done", _("Report done")
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Send back")
    REDO = "redo", _("Handle again")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")
    URGE = "urge", _("Chase")
    SUPERVISE = "supervise", _("Put under supervision")
    CANCEL = "cancel", _("Cancel the ticket")


class Happening(TextChoices):
    """Codes of events; clocks start and stop on them, templates turn them into words."""

    RECEIVED = "received", _("Logged")
    RESOLVED_ON_THE_SPOT = "resolved_on_the_spot", _("Resolved on the spot")
    DISPATCHED = "dispatched", _("Dispatched")
    SIGNED = "signed", _("Signed for")
    REASSIGNED = "reassigned", _("Reassigned")
    CONTACTED = "contacted", _("Spoke with the customer")
    CONTACT_TRIED = "contact_tried", _("Tried to reach the customer")
    ARRIVED = "arrived", _("Arrived on site")
    DONE = "done", _("Reported done")
    APPROVED = "approved", _("Approved in review")
    REJECTED = "rejected", _("Sent back in review")
    SENT_BACK = "sent_back", _("Back to the unit after the callback")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")
    URGED = "urged", _("Chased by the customer")
    SUPERVISED = "supervised", _("Put under supervision")
    CANCELLED = "cancelled", _("Cancelled")
    REMINDED = "reminded", _("Early warning")
    OVERDUE = "overdue", _("Limit missed")
    ESCALATED = "escalated", _("Escalated")
    LIMIT_WARNED = "limit_warned", _("Above the promised average")
    CALLED_BACK = "called_back", _("Customer answered the callback")
    IMPORTED = "imported", _("Loaded from a file")
    AMENDED = "amended", _("Changed by a later file")
    NUMBER_SHOWN = "number_shown", _("Full number shown")


@dataclass(frozen=True)
class Allowed:
    """One row of the table: from where, to where, by whom, recorded as what."""

    sources: frozenset[State]
    target: State | None
    permissions: frozenset[Permission]
    event: Happening


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


def _by(*permissions: Permission) -> frozenset[Permission]:
    return frozenset(permissions)


S, P, H = State, Permission, Happening

OPEN = _from(
    S.NEW, S.DISPATCHED, S.IN_PROGRESS, S.SUSPENDED, S.DONE_PENDING_REVIEW, S.CALLBACK
)
WITH_UNIT = _from(S.DISPATCHED, S.IN_PROGRESS, S.SUSPENDED)
ENDED = frozenset(State) - OPEN - {S.DRAFT}
_NOT_YET_DONE = _from(S.NEW, S.DISPATCHED, S.IN_PROGRESS)

MOVES: dict[Move, Allowed] = {
    Move.INTAKE: Allowed(_from(S.DRAFT), S.NEW, _by(P.LOG_TICKET), H.RECEIVED),
    Move.RESOLVE_ON_THE_SPOT: Allowed(
        _from(S.NEW), S.CALLBACK, _by(P.LOG_TICKET), H.RESOLVED_ON_THE_SPOT
    ),
    Move.DISPATCH: Allowed(_from(S.NEW), S.DISPATCHED, _by(P.DISPATCH, P.LOG_TICKET), H.DISPATCHED),
    Move.ACCEPT: Allowed(_from(S.DISPATCHED), S.IN_PROGRESS, _by(P.HANDLE), H.SIGNED),
    Move.REASSIGN: Allowed(
        _from(S.DISPATCHED, S.IN_PROGRESS), None, _by(P.LEAD_UNIT, P.SUPERVISE), H.REASSIGNED
    ),
    Move.CONTACT: Allowed(OPEN, None, _by(P.HANDLE, P.LOG_TICKET), H.CONTACTED),
    Move.ARRIVE: Allowed(_from(S.IN_PROGRESS), None, _by(P.HANDLE), H.ARRIVED),
    Move.REPORT_DONE: Allowed(
        _from(S.IN_PROGRESS), S.DONE_PENDING_REVIEW, _by(P.HANDLE, P.LOG_TICKET), H.DONE
    ),
    Move.APPROVE: Allowed(_from(S.DONE_PENDING_REVIEW), S.CALLBACK, _by(P.REVIEW), H.APPROVED),
    Move.REJECT: Allowed(
        _from(S.DONE_PENDING_REVIEW), S.IN_PROGRESS, _by(P.REVIEW), H.REJECTED
    ),
    Move.REDO: Allowed(
        _from(S.CALLBACK), S.IN_PROGRESS, _by(P.CALL_BACK, P.SUPERVISE), H.SENT_BACK
    ),
    Move.CLOSE: Allowed(
        _from(S.CALLBACK), S.CLOSED, _by(P.CALL_BACK, P.SUPERVISE), H.CLOSED
    ),
    Move.REOPEN: Allowed(
        _from(S.CLOSED), S.IN_PROGRESS, _by(P.CALL_BACK, P.REVIEW, P.SUPERVISE), H.REOPENED
    ),
    Move.URGE: Allowed(OPEN, None, _by(P.URGE), H.URGED),
    Move.SUPERVISE: Allowed(OPEN, None, _by(P.SUPERVISE), H.SUPERVISED),
    Move.CANCEL: Allowed(_NOT_YET_DONE, S.CANCELLED, _by(P.SUPERVISE), H.CANCELLED),
}
