"""Ring the customer: take a task, record what came of the call (verb)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import disclosure
from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from surveys import calling, links, permissions, plans
from surveys.models import Attempt, Ending, Invitation, Result
from surveys.models.attempt import HOPELESS
from tickets import lifecycle, telling
from tickets.kinds import Untold


class TaskOver(DeskError):
    """The callback has ended: answered, given up, or overtaken by something else."""

    message = _("This callback is over. Nothing was recorded.")


class TakenByAnother(DeskError):
    """A colleague is calling this customer right now."""

    message = _("%(name)s is calling this customer now. Take another one.")


class TakeItFirst(DeskError):
    """What came of a call is recorded by whoever took the task."""

    message = _("Take the callback first, so that nobody rings the customer twice.")


class AnswersMissing(DeskError):
    """A completed call is recorded with its answers."""

    message = _("For a completed call, fill in the answers.")
    field = "result"


class TimePassed(DeskError):
    """The time to call again lies behind us."""

    message = _("The time to call again has passed already. Choose a later one.")
    field = "call_again_at"


def take(*, invitation: Invitation, by: Staff, at: datetime) -> str:
    """Hold the task for half an hour and get the full number; the log names the task. Raises
    TaskOver, TakenByAnother and what surveys.permissions.check_caller raises."""
    with transaction.atomic():
        locked = _lock(invitation.pk)
        permissions.check_caller(by, locked.ticket)
        if locked.is_held_by_another(by, at):
            raise TakenByAnother(name=locked.taken_by)
        is_fresh = locked.taken_by_id != by.pk or not locked.is_held_at(at)
        locked.taken_by, locked.taken_at = by, at
        locked.save(update_fields=["taken_by", "taken_at"])
        if is_fresh:
            disclosure.show_for_task(
                number=locked.phone, customer=locked.ticket.customer, subject=locked.task_name,
                reason=locked.ticket.number, by=by, at=at,
            )  # fmt: skip
    return locked.phone


def record_attempt(
    *, invitation: Invitation, result: Result, note: str, call_again_at: datetime | None = None,
    by: Staff, at: datetime,
) -> Attempt:
    """What came of a call without answers. After enough spaced ones (domain §5c) the ticket closes
    as unreachable and the link goes out; nobody out of reach counts as satisfied. Raises TaskOver,
    TakeItFirst, AnswersMissing, TimePassed."""
    if result == Result.COMPLETED:
        raise AnswersMissing
    if call_again_at is not None and call_again_at <= at:
        raise TimePassed
    with transaction.atomic():
        locked = held(invitation.pk, by, at)
        attempt = Attempt.objects.create(
            invitation=locked, result=result, note=note, call_again_at=call_again_at, by=by, at=at
        )
        _follow(locked, attempt)
        locked.taken_by = locked.taken_at = None
        locked.save()
    return attempt


def _lock(invitation_id: int) -> Invitation:
    """The open task, locked before its ticket as everywhere here; raises TaskOver."""
    tasks = Invitation.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "ticket__lead_unit", "ticket__customer", "plan", "taken_by"
    )
    locked = tasks.defer("ticket__words").get(pk=invitation_id)
    if not locked.is_open or locked.is_link_out or not locked.is_drawn:
        raise TaskOver
    return locked


def held(invitation_id: int, by: Staff, at: datetime) -> Invitation:
    """The locked task of the person who took it; raises TaskOver, TakeItFirst, TakenByAnother."""
    locked = _lock(invitation_id)
    permissions.check_caller(by, locked.ticket)
    if locked.is_held_by_another(by, at):
        raise TakenByAnother(name=locked.taken_by)
    # A long talk outlasts the half hour; the task stays theirs unless somebody else took it.
    if locked.taken_by_id != by.pk:
        raise TakeItFirst
    return locked


def next_task_for(*, by: Staff, at: datetime) -> Invitation | None:
    """The task the person should take now: due, and with nobody else on it."""
    due = Invitation.objects.tasks_for(by).filter(next_call_at__lte=at).for_desk()
    return next((one for one in due[:50] if not one.is_held_by_another(by, at)), None)


def _follow(locked: Invitation, attempt: Attempt) -> None:
    """What an attempt leads to: the end, the link, or the next call."""
    if attempt.result == Result.REFUSED:
        _close(locked, attempt, "declined", Ending.DECLINED)
    elif attempt.result in HOPELESS:
        _close(locked, attempt, "unreachable", Ending.UNREACHABLE)
    elif _is_exhausted(locked):
        _untold(locked, attempt, Untold.UNREACHABLE)
        lifecycle.conclude(ticket=locked.ticket, reason="unreachable", by=attempt.by, at=attempt.at)
        locked.next_call_at = None
        links.send(invitation=locked, at=attempt.at)
    else:
        locked.next_call_at = _next_call(locked, attempt)


def _untold(locked: Invitation, attempt: Attempt, fact: Untold) -> None:
    telling.miss(ticket=locked.ticket, fact=fact, by=attempt.by, at=attempt.at)


def _close(locked: Invitation, attempt: Attempt, reason: str, ending: Ending) -> None:
    _untold(locked, attempt, Untold(reason))
    lifecycle.conclude(ticket=locked.ticket, reason=reason, by=attempt.by, at=attempt.at)
    locked.ended_at, locked.ending = attempt.at, ending
    locked.acts_at = locked.next_call_at = None


def _is_exhausted(locked: Invitation) -> bool:
    # A customer who asked to be called later was reached: that call is no failed one.
    tried = locked.attempts.exclude(result__in=[Result.CALL_LATER, Result.LANGUAGE])
    return calling.is_exhausted(
        tried.values_list("at", flat=True), wanted=locked.plan.attempts,
        apart=timedelta(hours=locked.plan.spacing_hours), zone=plans.zone(),
    )  # fmt: skip


def _next_call(locked: Invitation, attempt: Attempt) -> datetime:
    """When the customer asked for, else once the spacing is over, within calling hours."""
    if attempt.call_again_at is not None:
        return attempt.call_again_at
    if attempt.result == Result.LANGUAGE:
        return attempt.at
    rest = timedelta(hours=locked.plan.spacing_hours)
    return calling.next_calling_time(attempt.at + rest, plans.hours(locked.plan))
