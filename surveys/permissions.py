"""Who may ring a customer, and who decides after the second bad answer (question)."""

from organisation.models import Staff
from organisation.roles import Permission
from tickets import permissions
from tickets.models import Ticket
from tickets.states import Move


def check_caller(user: Staff, ticket: Ticket) -> None:
    """Nothing if the person may call this customer back; else NotYours, OwnWork, NotAllowedNow."""
    if not _is_caller_for(user, ticket):
        raise permissions.NotYours
    permissions.check(user, Move.AWAIT_SUPERVISOR, ticket)


def may_call(user: Staff, ticket: Ticket) -> bool:
    """Whether the person could call this customer back: role, independence and sight."""
    if not (_is_caller_for(user, ticket) and is_independent(user, ticket)):
        return False
    if ticket.is_confidential:
        return Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()
    return ticket.scope_path.startswith(user.scope_path)


def _is_caller_for(user: Staff, ticket: Ticket) -> bool:
    """A named report is called back by a callback agent who may read it, or such a supervisor."""
    if Permission.CALL_BACK in user.permissions:
        return True
    confidants = {Permission.SUPERVISE, Permission.SEE_CONFIDENTIAL}
    return ticket.is_confidential and confidants <= user.permissions


def is_independent(user: Staff, ticket: Ticket) -> bool:
    """Whether the person is outside the units that did the work or helped with it."""
    return not permissions.is_party(user, ticket)


def may_decide(user: Staff, ticket: Ticket) -> bool:
    """Whether the person may decide after the second unsatisfied answer."""
    return Permission.SUPERVISE in user.permissions and is_independent(user, ticket)
