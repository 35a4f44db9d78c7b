"""Chasing (催办) and supervision (督办): both add to a ticket, neither makes a new one or resets a
clock (verb)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import (
    executive_notes,
    lifecycle,
    lookups,
    oversight,
    supervised,
    tasks,
    transition,
    weighing,
)
from tickets.models import Event, Supervision, Task, TaskKind, Ticket
from tickets.states import Happening, Move, State

# Who asks again within this time asks once: a double click, two lines rung at the same moment, a
# customer who presses the button twice.
ONE_CHASE = timedelta(minutes=10)

# How many chases the unit's leader hears of, and how many suggest supervision (domain §3b).
CHASES_FOR_THE_LEADER = 2
CHASES_TO_SUPERVISE = 3


class AlreadyChased(DeskError):
    """The same words, or the same customer, within ten minutes are one chase."""

    message = _("Already recorded at %(time)s as chase no. %(count)s. It counts once; nothing was added.")


class AlreadySupervised(DeskError):
    """A ticket has one supervisor at a time."""

    message = _("Already under the supervision of %(name)s. Nothing was changed.")


class NotSupervised(DeskError):
    """There is no supervision on this ticket."""

    message = _("This ticket is not under supervision. Nothing was changed.")


class NotTheSupervisor(DeskError):
    """Only its supervisor ends, extends or hands on a supervision."""

    message = _("Only %(name)s, who supervises this ticket, can do that.")
    http_status = 403


class ReasonMissing(DeskError):
    """A supervision says why it began, passed on or ended."""

    message = _("Give the reason, so that the unit knows what is looked at.")
    field = "reason"


class DueAlready(DeskError):
    """A report-back is due in time to come."""

    message = _("The report-back would be due in the past. Choose a later time.")
    field = "report_due_at"


class NothingReported(DeskError):
    """A report-back says something."""

    message = _("Say what was done and what is still to come.")
    field = "text"


class ReportedAlready(DeskError):
    """The unit owes no report-back now."""

    message = _("The report-back was given already. Nothing was changed.")


class ReportStillDue(DeskError):
    """A report-back is still to come."""

    message = _(
        "The unit has not reported back yet. Wait for it, or say why you end the supervision all"
        " the same."
    )
    field = "no_report_reason"


class VerdictMissing(DeskError):
    """A supervision ends with what its supervisor found."""

    message = _("Say what you found, so that the supervision has an end on record.")
    field = "verdict"


class CannotSupervise(DeskError):
    """Supervision passes to somebody who may supervise and may see the ticket."""

    message = _("This person cannot supervise this ticket. Choose another supervisor.")
    field = "to"


def urge(*, ticket: Ticket, note: str, by: Staff | None, at: datetime) -> Ticket:
    """The customer asks again (催办): kept, counted, told to those who hold the ticket; the second
    also to the unit's leader, the third suggests supervision to the supervisor on duty. Within ten
    minutes other words are kept with the chase before and not counted; raises AlreadyChased for
    the same words, and for a customer's own second try."""
    with transaction.atomic():
        with transition.step(ticket, Move.URGE, by=by, at=at) as step:
            earlier = _chased_just_now(step)
            if earlier is None:
                step.ticket.urge_count += 1
                weighing.raise_by_rule(step=step, by=by, at=at)
                _tell_of_chase(step)
            elif by is None or earlier.facts.get("note") == note:
                time = timezone.localtime(earlier.at).strftime("%H:%M")
                raise AlreadyChased(time=time, count=step.ticket.urge_count)
            else:
                step.facts["same_as"] = earlier.pk
                step.tell(step.ticket.lead_handler, "urged")
            step.facts |= {"note": note, "count": step.ticket.urge_count}
        executive_notes.call_for(ticket=step.ticket, by=None, at=step.at)
    return step.ticket


def urge_by_customer(
    *, number: str, code: str, note: str, by: Staff | None, at: datetime
) -> Ticket:
    """The customer chases their own case on the status page; raises NoSuchCase, TriedTooOften,
    AlreadyChased, and NotAllowedNow for a case that is finished."""
    ticket = lookups.look_up(number=number, code=code, by=by, at=at)
    return urge(ticket=ticket, note=note, by=None, at=at)


def supervise(
    *, ticket: Ticket, reason: str, ground: Supervision.Ground = Supervision.Ground.DECISION,
    report_due_at: datetime | None = None, by: Staff, at: datetime,
) -> Ticket:
    """Put the ticket under the person's own supervision (督办); the lead unit owes a report-back,
    after three working days if no time is given. A ground that speaks for itself needs no reason
    beside it. Raises ReasonMissing, DueAlready, AlreadySupervised."""
    if ground == Supervision.Ground.DECISION:
        _need(reason)
    if report_due_at is not None and report_due_at <= at:
        raise DueAlready
    with transaction.atomic():
        with transition.step(ticket, Move.SUPERVISE, by=by, at=at) as step:
            _check_free(step.ticket)
            oversight.take_up(
                step=step, supervisor=by, ground=ground, reason=reason,
                report_due_at=report_due_at, by=by, at=step.at,
            )  # fmt: skip
            step.facts |= {"reason": reason}
            step.tell(step.ticket.lead_handler, "supervised")
            if step.ticket.lead_unit:
                step.tell(step.ticket.lead_unit.leader, "supervised")
        oversight.ask_for_report(ticket=step.ticket, text=reason, by=by, at=step.at)
    return step.ticket


def report_back(*, ticket: Ticket, text: str, by: Staff, at: datetime) -> Ticket:
    """The lead unit's word to the supervisor (督办反馈). Raises NothingReported, NotSupervised,
    ReportedAlready."""
    if not text.strip():
        raise NothingReported
    with transition.step(ticket, Move.REPORT_BACK, by=by, at=at) as step:
        if step.ticket.supervisor_id is None:
            raise NotSupervised
        task = _owed(step.ticket)
        if task is None:
            raise ReportedAlready
        task.done_at, task.done_by, task.result = step.at, by, text.strip()
        task.signed_at, task.next_fire_at = task.signed_at or step.at, None
        task.save(update_fields=["done_at", "done_by", "result", "signed_at", "next_fire_at"])
        step.facts |= {"task": task.pk, "note": task.result, "is_late": step.at > task.due_at}
        step.tell(step.ticket.supervisor, "reported_back")
    return step.ticket


def ask_again(
    *, ticket: Ticket, text: str, report_due_at: datetime, by: Staff, at: datetime
) -> Task:
    """The supervisor wants a further report-back by a time of its own. Raises ReasonMissing,
    DueAlready, NotSupervised, NotTheSupervisor, and ReportStillDue while one is owed."""
    _need(text)
    if report_due_at <= at:
        raise DueAlready
    with transaction.atomic():
        locked = transition.lock(ticket)
        under = _under(locked, by)
        if supervised.owed_report(locked).exists():
            raise ReportStillDue
        under.report_due_at = report_due_at
        under.save(update_fields=["report_due_at"])
        return tasks.open(
            ticket=locked, kind=TaskKind.REPORT_BACK, text=text, due_at=report_due_at,
            unit=locked.lead_unit or locked.intake_unit, by=by, at=at,
        )  # fmt: skip


def hand_on(*, ticket: Ticket, to: Staff, reason: str, by: Staff, at: datetime) -> Ticket:
    """Pass the supervision to another supervisor, on record. Its supervisor does that; while they
    are absent any other may take it on. Raises ReasonMissing, NotSupervised, NotTheSupervisor,
    CannotSupervise."""
    _need(reason)
    with transition.step(ticket, Move.HAND_OVER, by=by, at=at) as step:
        under = _under(step.ticket, by, may_stand_in=to == by)
        may_see = Ticket.objects.visible_to(to).filter(pk=step.ticket.pk)
        if to == under.supervisor or Permission.SUPERVISE not in to.permissions or not may_see:
            raise CannotSupervise
        step.facts |= {
            "duty": "supervision", "from_id": under.supervisor_id, "to_id": to.pk, "reason": reason,
        }  # fmt: skip
        step.tell(under.supervisor, "supervision_taken")
        step.tell(to, "to_supervise")
        under.supervisor = step.ticket.supervisor = to
        under.save(update_fields=["supervisor"])
    return step.ticket


def end(
    *, ticket: Ticket, verdict: str, no_report_reason: str = "", by: Staff, at: datetime
) -> Ticket:
    """End the supervision with what was found (督办办结); a ticket whose callback is over closes
    with it, or waits for its tracker's word that the customer was told. Raises VerdictMissing,
    NotSupervised, NotTheSupervisor, ReportStillDue unless it is said why no report-back is waited
    for; and what lifecycle.close raises."""
    if not verdict.strip():
        raise VerdictMissing
    with transaction.atomic():
        with transition.step(ticket, Move.END_SUPERVISION, by=by, at=at) as step:
            under = _under(step.ticket, by)
            _drop_report(step, no_report_reason)
            under.ended_at, under.ended_by, under.verdict = step.at, by, verdict.strip()
            under.save(update_fields=["ended_at", "ended_by", "verdict"])
            step.ticket.supervisor = None
            step.facts |= {"note": under.verdict}
            step.tell(step.ticket.lead_handler, "supervision_ended")
        if under.closes_as and step.ticket.state == State.CALLBACK:
            go_on = lifecycle.conclude if step.ticket.is_told_settled else lifecycle.await_tracker
            return go_on(ticket=step.ticket, reason=under.closes_as, by=None, at=step.at)
    return step.ticket


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _chased_just_now(step: transition.Step) -> Event | None:
    """The counted chase within the last ten minutes."""
    chases = Event.objects.filter(
        ticket=step.ticket, code=Happening.URGED, at__gt=step.at - ONE_CHASE
    )
    return chases.filter(facts__same_as__isnull=True).order_by("-id").first()


def _tell_of_chase(step: transition.Step) -> None:
    ticket = step.ticket
    step.tell(ticket.lead_handler, "urged")
    step.tell(ticket.tracker, "urged")
    step.tell(ticket.supervisor, "urged")
    if ticket.urge_count >= CHASES_FOR_THE_LEADER and ticket.lead_unit:
        step.tell(ticket.lead_unit.leader, "urged")
    if ticket.urge_count >= CHASES_TO_SUPERVISE:
        oversight.suggest(step=step, by=step.by, at=step.at)


def _check_free(ticket: Ticket) -> None:
    under = supervised.open_of(ticket)
    if under is not None:
        raise AlreadySupervised(name=under.supervisor)


def _under(ticket: Ticket, by: Staff, *, may_stand_in: bool = False) -> Supervision:
    """The open supervision of which the person is the supervisor, or, where that is enough, whose
    supervisor is not there."""
    under = supervised.open_of(ticket)
    if under is None:
        raise NotSupervised
    holder = under.supervisor
    is_away = not holder.is_active or holder.presence == Staff.Presence.ABSENT
    if holder != by and not (may_stand_in and is_away):
        raise NotTheSupervisor(name=holder)
    return under


def _owed(ticket: Ticket) -> Task | None:
    rows = supervised.owed_report(ticket).select_for_update(no_key=True)
    return rows.order_by("due_at").first()


def _drop_report(step: transition.Step, why: str) -> None:
    """A report-back that is still owed falls away with the supervision, for a reason on record."""
    task = _owed(step.ticket)
    if task is None:
        return
    if not why.strip():
        raise ReportStillDue
    task.dropped_at, task.result, task.next_fire_at = step.at, why.strip(), None
    task.save(update_fields=["dropped_at", "result", "next_fire_at"])
    facts: dict[str, Any] = {"task": task.pk, "no_report_reason": task.result}
    step.facts |= facts
