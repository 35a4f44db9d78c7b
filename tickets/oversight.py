"""A supervision begins, and the lead unit is asked to report back by its own due time (verb).

These are the parts that putting under supervision shares with sending back and reopening;
tickets.supervision holds what people do.
"""

from datetime import datetime

from assignment import duty_roster
from organisation.models import Staff, Unit
from organisation.roles import Role
from tickets import office_days, supervised, tasks, transition
from tickets.models import Supervision, Task, TaskKind, Ticket

# By when the lead unit reports back unless the supervisor says otherwise: working days after the
# day on which the supervision began. No founding document gives a number; change it here.
REPORT_BACK_DAYS = 3


def take_up(
    *, step: transition.Step, supervisor: Staff, ground: Supervision.Ground, reason: str,
    report_due_at: datetime | None = None, by: Staff | None, at: datetime,
) -> Supervision:
    """The ticket's open supervision, begun inside the step if there is none; one that is open
    stays with its supervisor. `ask_for_report` follows the step."""
    found = Supervision.objects.filter(ticket=step.ticket, ended_at=None).first()
    if found is None:
        found = Supervision.objects.create(
            ticket=step.ticket, supervisor=supervisor, ground=ground, reason=reason[:1000],
            opened_at=at, report_due_at=report_due_at or office_days.after(at, REPORT_BACK_DAYS),
        )  # fmt: skip
    step.ticket.supervisor = found.supervisor
    step.facts |= {
        "ground": found.ground, "supervisor": found.supervisor.name_zh,
        "report_due_at": found.report_due_at.isoformat(),
    }  # fmt: skip
    return found


def ask_for_report(*, ticket: Ticket, text: str, by: Staff | None, at: datetime) -> Task | None:
    """The lead unit owes the supervisor a report-back (督办反馈); None while it owes one already
    or nobody supervises. A due time that has passed gives a fresh one."""
    found = Supervision.objects.filter(ticket=ticket, ended_at=None).first()
    if found is None or supervised.owed_report(ticket).exists():
        return None
    if found.report_due_at <= at:
        found.report_due_at = office_days.after(at, REPORT_BACK_DAYS)
        found.save(update_fields=["report_due_at"])
    return tasks.open(
        ticket=ticket, kind=TaskKind.REPORT_BACK, text=text.strip()[:1000] or ticket.subject,
        due_at=found.report_due_at, unit=_answering(ticket), by=by, at=at,
    )  # fmt: skip


def suggest(*, step: transition.Step, by: Staff | None, at: datetime) -> Staff | None:
    """Tell the supervisor on duty that the ticket looks like one to supervise (督办建议): nothing
    comes under supervision by itself. None where somebody supervises or nobody is on duty."""
    if step.ticket.supervisor_id is not None:
        return None
    unit = step.ticket.lead_unit or step.ticket.intake_unit
    found = duty_roster.responsible(unit, Role.SUPERVISOR, at)
    step.tell(found, "supervision_suggested")
    return found


def _answering(ticket: Ticket) -> Unit:
    """The lead unit, or who logged it while nobody leads; of a closed unit the one above."""
    unit = ticket.lead_unit or ticket.intake_unit
    while not unit.is_active and unit.parent is not None:
        unit = unit.parent
    return unit
