"""Findings of responsibility and appeals: of a ticket, of a person, in force (question)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from organisation.models import Staff, Unit
from organisation.roles import Permission
from servicedesk.lib.errors import NotVisible
from tickets.models import Appeal, Finding, Responsible, Ticket

Part = Responsible.Part
Verdict = Finding.Verdict

# How long a finding can be appealed: calendar days from its record.
APPEAL_WINDOW = timedelta(days=15)
MOST_ROWS = 200


@dataclass(frozen=True)
class Held:
    """One link of the chain to be: a unit, and a person of it where it comes down to one."""

    unit: Unit
    part: str
    staff: Staff | None = None


@dataclass(frozen=True)
class Ruling:
    """What is found: the verdict, what it rests on, who answers for it."""

    verdict: str
    note: str
    chain: Sequence[Held] = ()


def in_force(ticket: Ticket) -> Finding | None:
    """The newest finding; earlier ones stay on record only."""
    return Finding.objects.filter(ticket=ticket).order_by("-pk").first()


def of_ticket(ticket: Ticket) -> list[Finding]:
    """Every finding of the ticket with its chain and appeals, newest first."""
    return list(_whole(Finding.objects.filter(ticket=ticket)))


def recent(user: Staff, part: str) -> list[Finding]:
    """The findings the person may read, newest first: those that name them or their unit, and for
    who judges those of every ticket they see; `part` "appeals" keeps those with an open appeal."""
    rows = Finding.objects.filter(_readable(user))
    if part == "appeals":
        rows = rows.filter(appeals__isnull=False, appeals__decided_at=None)
    return list(_whole(rows)[:MOST_ROWS])


def one(user: Staff, pk: int) -> Finding:
    """The finding if the person may read it; NotVisible for a foreign and an absent one alike."""
    row = _whole(Finding.objects.filter(_readable(user), pk=pk)).first()
    if row is None:
        raise NotVisible
    return row


def open_appeal(user: Staff, ticket: Ticket, pk: int) -> Appeal:
    """The open appeal about a finding of the visible ticket; NotVisible where there is none."""
    rows = Appeal.objects.filter(finding__ticket=ticket, pk=pk, decided_at=None)
    row = rows.select_related("finding__ticket", "finding__by", "by").first()
    if row is None:
        raise NotVisible
    return row


def may_judge(user: Staff) -> bool:
    """Whether the person's roles include recording findings."""
    return bool({Permission.REVIEW, Permission.SUPERVISE} & user.permissions)


def may_appeal(user: Staff, finding: Finding, now: datetime) -> bool:
    """Whether the person may appeal the finding now."""
    is_first = not finding.appeals.all() and finding.ticket.finding == finding.verdict
    return is_first and now <= finding.at + APPEAL_WINDOW and is_concerned(user, finding)


def is_concerned(user: Staff, finding: Finding) -> bool:
    """Whether the finding names the person, or a unit they lead."""
    return any(
        link.staff_id == user.pk
        or link.unit.leader_id == user.pk
        or (Permission.LEAD_UNIT in user.permissions and link.unit_id == user.unit_id)
        for link in finding.chain.select_related("unit")
    )


def is_touched(user: Staff, finding: Finding) -> bool:
    """Whether the finding names the person or a unit they sit in."""
    return any(
        link.staff_id == user.pk or user.unit.is_within(link.unit)
        for link in finding.chain.select_related("unit")
    )


def _readable(user: Staff) -> Q:
    """A confidential report's findings only by way of the ticket itself (design §4.7)."""
    named = Q(chain__staff=user) | Q(chain__unit__leader=user)
    if Permission.LEAD_UNIT in user.permissions:
        named |= Q(chain__unit=user.unit)
    mine = Finding.objects.filter(named, ticket__is_confidential=False).values("pk")
    readable = Q(pk__in=mine)
    if may_judge(user):
        readable |= Q(ticket__in=Ticket.objects.visible_to(user).values("pk"))
    return readable


def _whole(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    with_ticket = rows.select_related("ticket", "by").defer("ticket__words").order_by("-pk")
    return with_ticket.prefetch_related(
        "chain__unit", "chain__staff", "appeals__by", "appeals__decided_by"
    )
