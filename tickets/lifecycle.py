"""Report done, review, close, reopen: the second half of a ticket's life (verb)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import (
    ending,
    executive_notes,
    family,
    indexing,
    oversight,
    owed,
    promises,
    supervised,
    transition,
    weighing,
)
from tickets.kinds import Outcome
from tickets.models import Event, Supervision, Ticket
from tickets.states import Happening, Move, State

REOPEN_WINDOW = timedelta(days=30)

# The second reopening suggests supervision (domain §3c).
REOPENINGS_TO_SUPERVISE = 2


class NothingSaid(DeskError):
    """Nothing closes without a result and a reply, or a recorded reason why none was possible."""

    message = _(
        "Say what was done, and either that the customer was told or why that was not possible."
    )


class NotConfirmed(DeskError):
    """Nothing closes before it is on record that the customer was told, or why not (首问负责)."""

    message = _(
        "The first-asked tracker has not confirmed yet that the customer was told. Confirm it, or"
        " record why it was not possible."
    )


class ReasonMissing(DeskError):
    """This step needs a reason that the other side can read."""

    message = _("Give the reason, so that the other side knows what to do.")


class FollowUpsOpen(DeskError):
    """What was promised to the customer is done, or let go by a supervisor, before the end."""

    message = _("Something promised to the customer is still open. Finish that first.")


class TooLateToReopen(DeskError):
    """The window for reopening has passed; a new ticket linked as a repeat is the way."""

    message = _("This ticket was closed too long ago to be reopened. Log a new one.")


def resolve_on_the_spot(*, ticket: Ticket, answer: str, by: Staff, at: datetime) -> Ticket:
    """The customer has the answer in hand (当场办结); can still be drawn for callback."""
    _need(answer)
    with (
        indexing.kept(ticket),
        transition.step(ticket, Move.RESOLVE_ON_THE_SPOT, by=by, at=at) as step,
    ):
        step.ticket.result = answer
        step.ticket.outcome = Outcome.ON_THE_SPOT
        step.ticket.lead_unit, step.ticket.lead_handler = by.unit, by
        step.ticket.done_at = step.ticket.replied_at = step.at
        step.facts |= {"answer": answer}
        if by.pk == step.ticket.tracker_id:
            # Who was asked first and who answered are one: there is nobody else to confirm it.
            step.ticket.told_confirmed_at = step.at
        promises.let_go(step)
    return step.ticket


def report_done(
    *, ticket: Ticket, result: str, is_customer_told: bool, no_reply_reason: str = "",
    unfinished_reason: str = "", by: Staff, at: datetime, version: int | None = None,
) -> Ticket:
    """The unit's word that the work is done (回单); raises NothingSaid, and ending.CoTasksOpen
    unless it is said why nobody waits for the units that help."""
    if not result.strip() or not (is_customer_told or no_reply_reason.strip()):
        raise NothingSaid
    with (
        indexing.kept(ticket),
        transition.step(ticket, Move.REPORT_DONE, by=by, at=at, version=version) as step,
    ):
        step.ticket.result = result
        step.ticket.done_at = step.at
        step.ticket.replied_at = step.at if is_customer_told else step.ticket.replied_at
        step.ticket.no_reply_reason = "" if is_customer_told else no_reply_reason
        step.ticket.outcome, step.ticket.is_auto_signed = Outcome.DONE, False
        if is_customer_told:
            promises.let_go(step)
            if step.by is not None and step.by.pk == step.ticket.tracker_id:
                step.ticket.told_confirmed_at = step.at
        step.facts |= {"result": result, "told": is_customer_told, "why_not": no_reply_reason}
        ending.check_helpers(step, unfinished_reason)
        step.tell(step.ticket.tracker, "done")
        if step.ticket.lead_unit and family.waiting_for(step.ticket).exists():
            step.tell(step.ticket.lead_unit.leader, "children_to_answer")
    return step.ticket


def approve(*, ticket: Ticket, by: Staff, at: datetime, version: int | None = None) -> Ticket:
    """A reviewer from outside the unit finds the result sound; the callback comes next."""
    with transition.step(ticket, Move.APPROVE, by=by, at=at, version=version) as step:
        step.ticket.reviewer = by
        if not step.ticket.is_told_settled:
            step.tell(step.ticket.tracker, "to_confirm")
    return step.ticket


def reject(
    *, ticket: Ticket, reason: str, by: Staff, at: datetime, version: int | None = None
) -> Ticket:
    """Send the result back to the unit with a reason (驳回); raises ReasonMissing."""
    _need(reason)
    with transition.step(ticket, Move.REJECT, by=by, at=at, version=version) as step:
        step.ticket.reviewer = by
        step.ticket.reject_count += 1
        step.ticket.done_at = None
        _ask_anew(step)
        step.facts |= {"reason": reason}
        step.tell(step.ticket.lead_handler, "rejected")
    return step.ticket


def redo(
    *, ticket: Ticket, reason: str, supervisor: Staff | None, by: Staff | None, at: datetime
) -> Ticket:
    """Back to the unit under supervision because the customer is not content (重办)."""
    _need(reason)
    with transaction.atomic():
        with transition.step(ticket, Move.REDO, by=by, at=at) as step:
            _send_back(step, reason, supervisor)
            step.ticket.redo_count += 1
        oversight.ask_for_report(ticket=step.ticket, text=reason, by=None, at=step.at)
    return step.ticket


def close(
    *, ticket: Ticket, reason: str, by: Staff | None, at: datetime, outcome: str = ""
) -> Ticket:
    """End the matter after its callback; `reason` is a code of why now: answered, window_over,
    unreachable, final_answer. Raises NothingSaid where no reply is recorded."""
    with transition.step(ticket, Move.CLOSE, by=by, at=at) as step:
        if not (step.ticket.replied_at or step.ticket.no_reply_reason or step.ticket.source):
            raise NothingSaid
        if not step.ticket.is_told_settled:
            raise NotConfirmed
        if owed.follow_ups(step.ticket).exists():
            raise FollowUpsOpen
        promises.let_go(step)
        step.ticket.closed_at = step.at
        step.ticket.outcome = outcome or step.ticket.outcome
        step.facts |= {"reason": reason}
        step.tell(step.ticket.tracker, "closed")
    return step.ticket


def conclude(*, ticket: Ticket, reason: str, by: Staff | None, at: datetime) -> Ticket:
    """The callback is over: the ticket closes, or waits in its callback, while it is under
    supervision until its supervisor ends that (督办未结不得办结), while something promised to the
    customer is open until that is done. Raises NothingSaid, NotConfirmed."""
    with transaction.atomic():
        locked = transition.lock(ticket)
        under = supervised.open_of(locked)
        # Whoever has not confirmed that the customer was told hears of that first.
        if under is None and locked.is_told_settled and owed.follow_ups(locked).exists():
            return _await_follow_ups(locked, reason, by, at)
        if under is None:
            return close(ticket=locked, reason=reason, by=by, at=at)
        with transition.step(locked, Move.AWAIT_SUPERVISOR, by=by, at=at) as step:
            under.closes_as = reason
            under.save(update_fields=["closes_as"])
            step.facts |= {"closes_as": reason}
            step.tell(under.supervisor, "supervision_to_end")
    return step.ticket


def await_tracker(*, ticket: Ticket, reason: str, by: Staff | None, at: datetime) -> Ticket:
    """The callback is over and so is the supervision: the ticket waits in its callback until its
    tracker confirms that the customer was told, or says why not."""
    with transition.step(ticket, Move.AWAIT_TRACKER, by=by, at=at) as step:
        step.facts |= {"closes_as": reason, "waits_for": "tracker"}
        step.tell(step.ticket.tracker, "to_confirm")
    return step.ticket


def conclude_if_free(*, ticket: Ticket, by: Staff | None, at: datetime) -> Ticket:
    """What the ticket waited for is there: the last promise kept or let go, or the tracker's word.
    Where its callback is over it closes as it would have then; any other stays as it is."""
    if ticket.state != State.CALLBACK or not ticket.is_told_settled:
        return ticket
    if owed.follow_ups(ticket).exists():
        return ticket
    events = Event.objects.filter(ticket=ticket, code__in=[Happening.CALLBACK_OVER, Happening.APPROVED])
    latest = events.order_by("-id").first()
    if latest is None or "waits_for" not in latest.facts:
        return ticket
    return conclude(ticket=ticket, reason=latest.facts["closes_as"], by=None, at=at)


def reopen(
    *, ticket: Ticket, reason: str, supervisor: Staff | None, by: Staff | None, at: datetime
) -> Ticket:
    """The same matter again under the same number; the first due time stays (重开). Raises
    TooLateToReopen after 30 calendar days, ReasonMissing."""
    _need(reason)
    if ticket.closed_at is not None and at - ticket.closed_at > REOPEN_WINDOW:
        raise TooLateToReopen
    with transaction.atomic():
        with transition.step(ticket, Move.REOPEN, by=by, at=at) as step:
            _send_back(step, reason, supervisor)
            step.ticket.reopen_count += 1
            weighing.raise_by_rule(step=step, by=by, at=at)
            step.ticket.closed_at = None
            if step.ticket.reopen_count >= REOPENINGS_TO_SUPERVISE:
                oversight.suggest(step=step, by=by, at=step.at)
        oversight.ask_for_report(ticket=step.ticket, text=reason, by=None, at=step.at)
        executive_notes.call_for(ticket=step.ticket, by=None, at=step.at)
    return step.ticket


def cancel(*, ticket: Ticket, reason: str, by: Staff, at: datetime) -> Ticket:
    """Take out a double or a test; it stays on record (作废)."""
    _need(reason)
    with transition.step(ticket, Move.CANCEL, by=by, at=at) as step:
        promises.let_go(step)
        step.ticket.closed_at = step.at
        step.facts |= {"reason": reason}
        step.tell(step.ticket.lead_handler, "cancelled")
    return step.ticket


def _await_follow_ups(ticket: Ticket, reason: str, by: Staff | None, at: datetime) -> Ticket:
    """The ticket waits in its callback for what was promised; its tracker hears, and who owes it."""
    with transition.step(ticket, Move.AWAIT_FOLLOW_UPS, by=by, at=at) as step:
        step.facts |= {"closes_as": reason, "waits_for": "follow_ups"}
        step.tell(step.ticket.tracker, "follow_up_open")
        for task in owed.follow_ups(step.ticket).select_related("staff"):
            step.tell(task.staff, "follow_up_open")
    return step.ticket


def _send_back(step: transition.Step, reason: str, supervisor: Staff | None) -> None:
    step.ticket.done_at = None
    _ask_anew(step)
    step.facts |= {"reason": reason}
    step.tell(step.ticket.lead_handler, "sent_back")
    if step.ticket.supervisor_id is not None:
        Supervision.objects.filter(ticket=step.ticket, ended_at=None).update(closes_as="")
    if supervisor is not None:
        oversight.take_up(
            step=step, supervisor=supervisor, ground=Supervision.Ground.DISCONTENT, reason=reason,
            by=step.by, at=step.at,
        )  # fmt: skip
        step.tell(step.ticket.supervisor, "to_supervise")


def _ask_anew(step: transition.Step) -> None:
    """There will be another result, and the customer is to be told of that."""
    step.ticket.told_confirmed_at, step.ticket.untold_reason = None, ""


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
