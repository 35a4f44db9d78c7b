"""Who may hand work over for whom, and who may take it over in which duty (question)."""

from collections.abc import Callable

from organisation.models import Staff
from organisation.roles import Permission
from tickets import confidants
from tickets.models import Approval, HandOver, HandOverItem, Task, Ticket

P = Permission
Duty = HandOverItem.Duty

_WIDE = frozenset({P.SUPERVISE, P.CONFIGURE})
_DECIDING = frozenset({P.LEAD_UNIT, P.SUPERVISE, P.DISPATCH, P.CALL_BACK})


def may_give(by: Staff, giver: Staff, ground: str) -> bool:
    """Whether the person may make a list of the giver's work: of their own always; of another's
    while that one is absent or gone, or leaves the post."""
    if by.pk == giver.pk:
        return True
    is_gone = giver.presence == Staff.Presence.ABSENT or not giver.is_active
    return may_give_for(by, giver) and (is_gone or ground == HandOver.Ground.LEAVING)


def may_give_for(by: Staff, giver: Staff) -> bool:
    """Whether the person is the giver, leads their unit, or supervises or keeps the staff of their
    company."""
    if by.pk == giver.pk:
        return True
    if P.LEAD_UNIT in by.permissions and giver.unit.is_within(by.unit):
        return True
    return bool(_WIDE & by.permissions) and giver.unit.path.startswith(by.scope_path)


def is_fit(successor: Staff, ticket: Ticket, duty: Duty, giver_id: int) -> bool:
    """Whether the person may have the ticket in that duty: there, of the company, of the unit that
    handles it, not its reviewer, and not one whom a confidential report is kept from."""
    if not successor.is_active or not ticket.scope_path.startswith(successor.scope_path):
        return False
    if ticket.is_confidential and confidants.is_excluded(successor, ticket):
        return False
    return _FIT[duty](successor, ticket, giver_id)


def _tracks(successor: Staff, ticket: Ticket, giver_id: int) -> bool:
    if ticket.is_confidential and P.SEE_CONFIDENTIAL in successor.permissions:
        return True
    return P.LOG_TICKET in successor.permissions


def _handles(successor: Staff, ticket: Ticket, giver_id: int) -> bool:
    unit = ticket.lead_unit
    if unit is None or not successor.unit.is_within(unit) or ticket.reviewer_id == successor.pk:
        return False
    return bool({P.HANDLE, P.LOG_TICKET} & successor.permissions)


def _supervises(successor: Staff, ticket: Ticket, giver_id: int) -> bool:
    return P.SUPERVISE in successor.permissions


def _owes(successor: Staff, ticket: Ticket, giver_id: int) -> bool:
    owed = Task.objects.open().filter(ticket=ticket, staff=giver_id).select_related("unit")
    return all(one.unit is None or successor.unit.is_within(one.unit) for one in owed)


def _decides(successor: Staff, ticket: Ticket, giver_id: int) -> bool:
    asked = Approval.objects.open().filter(ticket=ticket, asked_of=giver_id)
    return bool(_DECIDING & successor.permissions) and not asked.filter(asked_by=successor).exists()


_FIT: dict[Duty, Callable[[Staff, Ticket, int], bool]] = {
    Duty.TRACKER: _tracks,
    Duty.HANDLER: _handles,
    Duty.SUPERVISOR: _supervises,
    Duty.TASKS: _owes,
    Duty.APPROVALS: _decides,
}
