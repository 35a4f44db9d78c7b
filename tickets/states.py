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
    TAKE_OVER = "take_over", _("Take it on")
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
    RETURN = "return_ticket", _("Return")
    ADJUDICATE = "adjudicate", _("Adjudicate")
    TRANSFER = "transfer", _("Transfer")
    AUTO_SIGN = "auto_sign", _("Signed for by the desk")
    ASK = "ask", _("Ask for approval")
    REFUSE_REQUEST = "refuse_request", _("Refuse the request")
    SUSPEND = "suspend", _("Suspend")
    RESUME = "resume", _("Resume")
    EXTEND = "extend", _("Extend")
    RECLASSIFY = "reclassify", _("Reclassify")
    REPLAN = "replan", _("Judge by newer limits")
    SET_PRIORITY = "set_priority", _("Change the priority")
    OPEN_TASK = "open_task", _("Give a task")
    SIGN_TASK = "sign_task", _("Sign for the task")
    FINISH_TASK = "finish_task", _("Finish the task")
    DROP_TASK = "drop_task", _("Drop the task")
    SPLIT = "split", _("Split")
    MERGE = "merge", _("Merge")
    TAKE_CHILD = "take_child", _("Take a merged ticket")
    ANSWER_CHILD = "answer_child", _("Answer the merged ticket")
    FOLLOW = "follow", _("Go with the ticket it is merged into")
    UNMERGE = "unmerge", _("Undo the merge")
    LINK = "link", _("Link")
    REFER = "refer", _("Refer and stay on")
    REFUSE = "refuse", _("Refuse with reasons")
    WITHDRAW = "withdraw", _("Withdraw")
    DISCLOSE = "disclose", _("Full list, given once")
    BOOK = "book", _("Book an appointment")
    SETTLE_APPOINTMENT = "settle_appointment", _("Record how the appointment went")
    PROMISE_UPDATE = "promise_update", _("Promise an update")
    MISS_UPDATE = "miss_update", _("Promised update missed")
    CONFIRM_TOLD = "confirm_told", _("Confirm that the customer was told")
    HAND_OVER = "hand_over", _("Hand over")
    REPORT_BACK = "report_back", _("Report back")
    END_SUPERVISION = "end_supervision", _("End the supervision")
    AWAIT_SUPERVISOR = "await_supervisor", _("Wait for the supervisor")
    AWAIT_FOLLOW_UPS = "await_follow_ups", _("Wait for what was promised")
    AWAIT_TRACKER = "await_tracker", _("Wait for the tracker")
    ANNOTATE = "annotate", _("Executive note")
    FIND = "make_finding", _("Record a finding")
    APPEAL = "appeal_finding", _("Appeal the finding")
    DECIDE_APPEAL = "decide_appeal", _("Decide the appeal")
    DISPUTE = "dispute", _("Open a dispute")
    ANSWER_DISPUTE = "answer_dispute", _("Answer in the dispute")
    SETTLE_DISPUTE = "settle_dispute", _("Settle the dispute")
    ARCHIVE = "archive", _("Archive")
    TAKE_CALENDAR = "take_calendar", _("Take over a newer calendar")
    NAME_READER = "name_reader", _("Name a reader")
    DISMISS_READER = "dismiss_reader", _("End the access")
    NAME_ACCUSED = "name_accused", _("Name who it is about")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")


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
    RETURNED = "returned", _("Returned")
    ADJUDICATED = "adjudicated", _("Adjudicated")
    TRANSFERRED = "transferred", _("Transferred")
    AUTO_SIGNED = "auto_signed", _("Signed for by the desk, because nobody did")
    ASKED = "asked", _("Approval asked for")
    REQUEST_REFUSED = "request_refused", _("Request refused")
    SUSPENDED = "suspended", _("Suspended")
    RESUMED = "resumed", _("Resumed")
    EXTENDED = "extended", _("More time granted")
    RECLASSIFIED = "reclassified", _("Reclassified")
    REPLANNED = "replanned", _("Judged by newer limits")
    PRIORITY_CHANGED = "priority_changed", _("Priority changed")
    TASK_OPENED = "task_opened", _("Task given")
    TASK_SIGNED = "task_signed", _("Task signed for")
    TASK_DONE = "task_done", _("Task done")
    TASK_DROPPED = "task_dropped", _("Task dropped")
    TASK_MISSED = "task_missed", _("Task overdue")
    SPLIT = "split", _("Split")
    MERGED = "merged", _("Merged into another ticket")
    CHILD_TAKEN = "child_taken", _("Another ticket merged into this one")
    FOLLOWED = "followed", _("Went with the ticket it is merged into")
    UNMERGED = "unmerged", _("Merge undone")
    LINKED = "linked", _("Linked with another ticket")
    REFERRED = "referred", _("Referred outside")
    REFUSED = "refused", _("Refused with reasons")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    DISCLOSED = "disclosed", _("Full list given")
    BOOKED = "booked", _("Appointment booked")
    APPOINTMENT_SETTLED = "appointment_settled", _("Appointment over")
    APPOINTMENT_MISSED = "appointment_missed", _("Window over, nobody came")
    UPDATE_PROMISED = "update_promised", _("Update promised")
    UPDATE_MISSED = "update_missed", _("Promised update missed")
    TOLD_CONFIRMED = "told_confirmed", _("Confirmed that the customer was told")
    HANDED_OVER = "handed_over", _("Handed over")
    REPORTED_BACK = "reported_back", _("Reported back to the supervisor")
    SUPERVISION_ENDED = "supervision_ended", _("Supervision ended")
    CALLBACK_OVER = "callback_over", _("Callback over; something still keeps it open")
    ANNOTATED = "annotated", _("Annotated by an executive")
    FOUND = "found", _("Finding recorded")
    APPEALED = "appealed", _("Finding appealed")
    APPEAL_DECIDED = "appeal_decided", _("Appeal decided")
    DISPUTED = "disputed", _("Dispute opened")
    DISPUTE_ANSWERED = "dispute_answered", _("The other side answered")
    DISPUTE_SETTLED = "dispute_settled", _("Dispute settled")
    ARCHIVED = "archived", _("Archived")
    CALENDAR_TAKEN = "calendar_taken", _("Due times recomputed by a newer calendar")
    READER_NAMED = "reader_named", _("Reader named")
    READER_DISMISSED = "reader_dismissed", _("Access ended")
    ACCUSED_NAMED = "accused_named", _("Said who it is about")
    CALLED_AGAIN = "called_again", _("Escalation repeated")
    ACKNOWLEDGED = "acknowledged", _("Escalation acknowledged")


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

# A merged ticket stays open: its customer still waits for an answer of their own.
OPEN = _from(
    S.NEW, S.DISPATCHED, S.IN_PROGRESS, S.SUSPENDED, S.DONE_PENDING_REVIEW, S.CALLBACK, S.MERGED
)
WITH_UNIT = _from(S.DISPATCHED, S.IN_PROGRESS, S.SUSPENDED)
ENDED = frozenset(State) - OPEN - {S.DRAFT}
_NOT_YET_DONE = _from(S.NEW, S.DISPATCHED, S.IN_PROGRESS)
_LOGGED = frozenset(State) - {S.DRAFT}
_DONE = _from(S.DONE_PENDING_REVIEW, S.CALLBACK, S.CLOSED, S.ARCHIVED)

MOVES: dict[Move, Allowed] = {
    Move.INTAKE: Allowed(_from(S.DRAFT), S.NEW, _by(P.LOG_TICKET), H.RECEIVED),
    Move.RESOLVE_ON_THE_SPOT: Allowed(
        _from(S.NEW), S.CALLBACK, _by(P.LOG_TICKET), H.RESOLVED_ON_THE_SPOT
    ),
    Move.DISPATCH: Allowed(_from(S.NEW), S.DISPATCHED, _by(P.DISPATCH, P.LOG_TICKET), H.DISPATCHED),
    Move.ACCEPT: Allowed(_from(S.DISPATCHED), S.IN_PROGRESS, _by(P.HANDLE), H.SIGNED),
    # What the desk signed for, a person of the unit takes on: late, and the miss stays.
    Move.TAKE_OVER: Allowed(_from(S.IN_PROGRESS), None, _by(P.HANDLE), H.REASSIGNED),
    Move.REASSIGN: Allowed(
        _from(S.DISPATCHED, S.IN_PROGRESS), None, _by(P.LEAD_UNIT, P.SUPERVISE), H.REASSIGNED
    ),
    Move.CONTACT: Allowed(OPEN, None, _by(P.HANDLE, P.LOG_TICKET), H.CONTACTED),
    # The crew that arrives for a ticket arrives for those merged into it.
    Move.ARRIVE: Allowed(_from(S.IN_PROGRESS, S.MERGED), None, _by(P.HANDLE), H.ARRIVED),
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
    Move.RETURN: Allowed(
        _from(S.DISPATCHED, S.IN_PROGRESS), S.NEW, _by(P.LEAD_UNIT), H.RETURNED
    ),
    Move.ADJUDICATE: Allowed(
        _from(S.NEW), S.DISPATCHED, _by(P.DISPATCH, P.SUPERVISE), H.ADJUDICATED
    ),
    Move.TRANSFER: Allowed(
        _from(S.DISPATCHED, S.IN_PROGRESS), S.DISPATCHED, _by(P.DISPATCH), H.TRANSFERRED
    ),
    Move.AUTO_SIGN: Allowed(_from(S.DISPATCHED), S.IN_PROGRESS, _by(), H.AUTO_SIGNED),
    Move.ASK: Allowed(_LOGGED, None, _by(P.HANDLE, P.LEAD_UNIT, P.LOG_TICKET, P.REVIEW), H.ASKED),
    Move.REFUSE_REQUEST: Allowed(
        _LOGGED, None, _by(P.LEAD_UNIT, P.SUPERVISE, P.DISPATCH, P.CALL_BACK), H.REQUEST_REFUSED
    ),
    Move.SUSPEND: Allowed(
        _from(S.IN_PROGRESS), S.SUSPENDED, _by(P.SUPERVISE, P.DISPATCH), H.SUSPENDED
    ),
    Move.RESUME: Allowed(
        _from(S.SUSPENDED), S.IN_PROGRESS, _by(P.HANDLE, P.SUPERVISE, P.DISPATCH), H.RESUMED
    ),
    Move.EXTEND: Allowed(WITH_UNIT, None, _by(P.SUPERVISE), H.EXTENDED),
    Move.RECLASSIFY: Allowed(_LOGGED, None, _by(P.SUPERVISE), H.RECLASSIFIED),
    # An open ticket keeps its limits unless an administrator moves it to the newest version.
    Move.REPLAN: Allowed(OPEN, None, _by(P.CONFIGURE), H.REPLANNED),
    Move.SET_PRIORITY: Allowed(OPEN, None, _by(P.SUPERVISE, P.DISPATCH), H.PRIORITY_CHANGED),
    Move.OPEN_TASK: Allowed(
        _LOGGED, None,
        _by(P.LOG_TICKET, P.HANDLE, P.DISPATCH, P.SUPERVISE, P.CALL_BACK, P.REVIEW), H.TASK_OPENED,
    ),
    # Whoever owes a task signs for it and finishes it, whatever their post: the verb sees to it.
    Move.SIGN_TASK: Allowed(_LOGGED, None, frozenset(Permission), H.TASK_SIGNED),
    Move.FINISH_TASK: Allowed(_LOGGED, None, frozenset(Permission), H.TASK_DONE),
    Move.DROP_TASK: Allowed(
        _LOGGED, None, _by(P.DISPATCH, P.SUPERVISE, P.LEAD_UNIT), H.TASK_DROPPED
    ),
    Move.SPLIT: Allowed(OPEN - {S.MERGED}, None, _by(P.DISPATCH, P.SUPERVISE), H.SPLIT),
    # A merged ticket moves along when the ticket it is merged into is merged itself.
    Move.MERGE: Allowed(
        _NOT_YET_DONE | {S.MERGED}, S.MERGED, _by(P.DISPATCH, P.LOG_TICKET, P.SUPERVISE), H.MERGED
    ),
    Move.TAKE_CHILD: Allowed(
        OPEN - {S.MERGED}, None, _by(P.DISPATCH, P.LOG_TICKET, P.SUPERVISE), H.CHILD_TAKEN
    ),
    Move.ANSWER_CHILD: Allowed(
        _from(S.MERGED), S.DONE_PENDING_REVIEW, _by(P.HANDLE, P.LOG_TICKET), H.DONE
    ),
    Move.FOLLOW: Allowed(_from(S.MERGED), None, _by(), H.FOLLOWED),
    # Back to the state it had before the merge: the verb says which.
    Move.UNMERGE: Allowed(_from(S.MERGED), None, _by(P.DISPATCH, P.SUPERVISE), H.UNMERGED),
    Move.LINK: Allowed(_LOGGED, None, _by(P.LOG_TICKET, P.DISPATCH, P.SUPERVISE), H.LINKED),
    Move.REFER: Allowed(
        _from(S.NEW, S.IN_PROGRESS), S.DONE_PENDING_REVIEW, _by(P.HANDLE, P.LOG_TICKET), H.REFERRED
    ),
    Move.REFUSE: Allowed(
        _from(S.NEW, S.IN_PROGRESS), S.DONE_PENDING_REVIEW, _by(P.HANDLE, P.LOG_TICKET), H.REFUSED
    ),
    # Once the callback has begun, what the customer says there is its result.
    Move.WITHDRAW: Allowed(OPEN - {S.CALLBACK}, S.CANCELLED, _by(P.CALL_BACK), H.WITHDRAWN),
    Move.DISCLOSE: Allowed(OPEN, None, _by(P.HANDLE, P.LOG_TICKET), H.DISCLOSED),
    Move.BOOK: Allowed(OPEN, None, _by(P.HANDLE, P.LOG_TICKET), H.BOOKED),
    Move.SETTLE_APPOINTMENT: Allowed(
        _LOGGED, None, _by(P.HANDLE, P.LOG_TICKET), H.APPOINTMENT_SETTLED
    ),
    Move.PROMISE_UPDATE: Allowed(OPEN, None, _by(P.LOG_TICKET, P.HANDLE), H.UPDATE_PROMISED),
    Move.MISS_UPDATE: Allowed(OPEN, None, _by(), H.UPDATE_MISSED),
    Move.CONFIRM_TOLD: Allowed(
        _from(S.DONE_PENDING_REVIEW, S.CALLBACK), None, frozenset(Permission), H.TOLD_CONFIRMED
    ),
    # What is owed on a ticket that has ended is handed over too.
    Move.HAND_OVER: Allowed(_LOGGED, None, frozenset(Permission), H.HANDED_OVER),
    Move.REPORT_BACK: Allowed(_LOGGED, None, _by(P.HANDLE, P.LEAD_UNIT), H.REPORTED_BACK),
    Move.END_SUPERVISION: Allowed(_LOGGED, None, _by(P.SUPERVISE), H.SUPERVISION_ENDED),
    # The callback has its result, and the ticket closes when the supervision ends.
    Move.AWAIT_SUPERVISOR: Allowed(
        _from(S.CALLBACK), None, _by(P.CALL_BACK, P.SUPERVISE), H.CALLBACK_OVER
    ),
    # The same while something promised to the customer is not done.
    Move.AWAIT_FOLLOW_UPS: Allowed(
        _from(S.CALLBACK), None, _by(P.CALL_BACK, P.SUPERVISE), H.CALLBACK_OVER
    ),
    # The same while the tracker has not confirmed that the customer was told.
    Move.AWAIT_TRACKER: Allowed(_from(S.CALLBACK), None, _by(), H.CALLBACK_OVER),
    Move.ANNOTATE: Allowed(_LOGGED, None, _by(P.ANNOTATE), H.ANNOTATED),
    Move.FIND: Allowed(_DONE, None, _by(P.REVIEW, P.SUPERVISE), H.FOUND),
    Move.APPEAL: Allowed(_DONE, None, frozenset(Permission), H.APPEALED),
    Move.DECIDE_APPEAL: Allowed(_DONE, None, _by(P.REVIEW, P.SUPERVISE), H.APPEAL_DECIDED),
    Move.DISPUTE: Allowed(OPEN, None, _by(P.LEAD_UNIT), H.DISPUTED),
    Move.ANSWER_DISPUTE: Allowed(_LOGGED, None, _by(P.LEAD_UNIT), H.DISPUTE_ANSWERED),
    Move.SETTLE_DISPUTE: Allowed(
        _LOGGED, None, _by(P.SUPERVISE, P.DISPATCH), H.DISPUTE_SETTLED
    ),
    Move.ARCHIVE: Allowed(_from(S.CLOSED), S.ARCHIVED, _by(P.SUPERVISE), H.ARCHIVED),
    # The year that was not published when the ticket was logged is known now, or was revised.
    Move.TAKE_CALENDAR: Allowed(OPEN, None, _by(), H.CALENDAR_TAKEN),
    # Confidential reports (design §4.7): who else may read it, and from whom it is kept.
    Move.NAME_READER: Allowed(_LOGGED, None, _by(P.SEE_CONFIDENTIAL), H.READER_NAMED),
    Move.DISMISS_READER: Allowed(_LOGGED, None, _by(P.SEE_CONFIDENTIAL), H.READER_DISMISSED),
    Move.NAME_ACCUSED: Allowed(_LOGGED, None, _by(P.SEE_CONFIDENTIAL), H.ACCUSED_NAMED),
    # Whoever an escalation calls acknowledges it, whatever their post: the verb sees to it.
    Move.ACKNOWLEDGE: Allowed(OPEN, None, frozenset(Permission), H.ACKNOWLEDGED),
}
