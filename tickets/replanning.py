"""Move open tickets to the newest version of the limits that judge them (verb).

A new version never touches an open ticket by itself. An administrator may move some or all of them,
with a reason; each keeps what was judged, its first due times and the record of the move. Many are
moved by a worker, ticket by ticket: whatever ends it, those that are behind still wait.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications import jobs
from notifications.models import Job
from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import permissions, policies, replan_outlook, schedule, transition
from tickets.models import Policy, Ticket
from tickets.states import Move

KIND = "replan"
# So many are moved while somebody waits for the page; more are left to a worker.
AT_ONCE = 20
_REPORT_EVERY = 25


class NothingNewer(DeskError):
    """The newest version judges the ticket already, or the policy is withdrawn."""

    message = _("No newer version of these limits is in force. Nothing was changed.")


class WhyReplanned(DeskError):
    """Other limits for what has begun need a reason that others can read."""

    message = _("Give the reason: everybody who sees these tickets can read it.")
    field = "reason"
    http_status = 422


class NoneBehind(DeskError):
    """Every open ticket is judged by the newest version."""

    message = _("No open ticket is judged by an older version any more. Nothing was changed.")


def replan(
    *, ticket: Ticket, reason: str, by: Staff, at: datetime, version: int | None = None
) -> Ticket:
    """The ticket judged by the newest version of its policy that is in force, planned anew from the
    receipt on. What was missed stays missed, what has stopped stays judged. Raises WhyReplanned,
    NothingNewer, NotYours, NotAllowedNow."""
    if not reason.strip():
        raise WhyReplanned
    if not ticket.scope_path.startswith(by.scope_path):
        raise permissions.NotYours
    with transition.step(ticket, Move.REPLAN, by=by, at=at, version=version) as step:
        kept = step.ticket.policy
        newest = replan_outlook.newest_in_force(kept.code, step.at) if kept else None
        if kept is None or newest is None or newest.pk == kept.pk:
            raise NothingNewer
        changes = replan_outlook.changes(step.ticket, newest, step.at)
        step.facts |= {
            "policy": kept.code, "from_version": kept.version, "to_version": newest.version,
            "reason": reason.strip(), "changes": [one.as_fact() for one in changes],
        }  # fmt: skip
        _judge_by(step, newest)
        step.tell(step.ticket.lead_handler, "replanned")
        step.tell(step.ticket.tracker, "replanned")
    return step.ticket


def _judge_by(step: transition.Step, newest: Policy) -> None:
    """The newest limits, on the calendars the ticket has; on those it lacks, as they are now."""
    ticket = step.ticket
    ticket.calendar_versions = (
        policies.newest_calendars(ticket.scope_path) | ticket.calendar_versions
    )
    schedule.judge_by(ticket=ticket, policy=newest, at=step.at)
    step.is_judged_anew = True


def ask_for(
    *, code: str, versions: Sequence[int], reason: str, by: Staff, at: datetime
) -> Job | int:
    """Move every open ticket that the named versions (none: all older ones) judge: the number moved
    where they are few, else the job a worker does. Raises WhyReplanned, NothingNewer, NoneBehind."""
    if not reason.strip():
        raise WhyReplanned
    newest = replan_outlook.newest_in_force(code, at)
    if newest is None:
        raise NothingNewer
    behind = replan_outlook.behind(newest, by, versions)
    number = behind.count()
    if not number:
        raise NoneBehind
    if number <= AT_ONCE:
        return _move(list(behind.defer("words")), reason, by, at)
    params = {"code": code, "versions": list(versions), "reason": reason.strip()}
    return jobs.ask_for(kind=KIND, params=params, by=by, at=at)


def run_job(*, job: Job, by: Staff | None, at: datetime) -> dict[str, Any]:
    """What ask_for left to a worker; started again it goes on with those that are still behind."""
    assert by is not None
    newest = replan_outlook.newest_in_force(job.params["code"], at)
    if newest is None:
        raise NothingNewer
    behind = replan_outlook.behind(newest, by, job.params["versions"])
    ids = list(behind.order_by("pk").values_list("pk", flat=True))
    moved = 0
    for start in range(0, len(ids), _REPORT_EVERY):
        some = ids[start : start + _REPORT_EVERY]
        rows = list(Ticket.objects.filter(pk__in=some).defer("words").order_by("pk"))
        moved += _move(rows, job.params["reason"], by, at)
        jobs.report(job=job, progress=start + len(some), total=len(ids), by=by, at=at)
    return {"moved": moved, "left": len(ids) - moved, "version": newest.version}


def _move(tickets: Sequence[Ticket], reason: str, by: Staff, at: datetime) -> int:
    """How many could be moved: one that ended or was moved meanwhile is left."""
    moved = 0
    for ticket in tickets:
        try:
            replan(ticket=ticket, reason=reason, by=by, at=at)
        except (NothingNewer, permissions.NotAllowedNow):
            continue
        moved += 1
    return moved
