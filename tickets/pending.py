"""Requests that wait for somebody's decision, those of one ticket, and what one may ask for
(question)."""

from django.db.models import Q

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import NotVisible
from tickets import permissions
from tickets.models import Approval, Ticket
from tickets.models.approval import ApprovalQuerySet
from tickets.states import MOVES, Move

Matter = Approval.Matter

# The move by which each matter is carried out: whoever may make it decides.
CARRIED_OUT_BY: dict[str, Move] = {
    Matter.RETURN: Move.RETURN,
    Matter.SUSPENSION: Move.SUSPEND,
    Matter.EXTENSION: Move.EXTEND,
    Matter.RECLASSIFICATION: Move.RECLASSIFY,
    Matter.WITHDRAWAL: Move.WITHDRAW,
}


def waiting_for(user: Staff) -> ApprovalQuerySet:
    """Open requests that the person may decide, none of their own; the oldest first."""
    wanted = Q(pk__in=[])
    for matter, move in CARRIED_OUT_BY.items():
        if MOVES[move].permissions & user.permissions:
            wanted |= Q(matter=matter, ticket__state__in=MOVES[move].sources) & _where(move, user)
    visible = Ticket.objects.visible_to(user).values("pk")
    found = Approval.objects.open().filter(wanted, ticket__in=visible).exclude(asked_by=user)
    return found.order_by("asked_at", "pk")


def shown(found: ApprovalQuerySet) -> ApprovalQuerySet:
    """With everything a row of the list shows, in one statement."""
    return found.select_related(
        "ticket", "ticket__lead_unit", "asked_by__unit", "proposed_unit", "new_category"
    ).defer("ticket__words")


def of(user: Staff, pk: int) -> Approval:
    """The request, if its ticket is visible to the person; else NotVisible. Raises NotYours where
    the person's role decides no such matter."""
    visible = Ticket.objects.visible_to(user).values("pk")
    found = shown(Approval.objects.filter(pk=pk, ticket__in=visible)).first()
    if found is None:
        raise NotVisible
    permissions.check_role(user, CARRIED_OUT_BY[found.matter])
    return found


def of_ticket(ticket: Ticket) -> list[Approval]:
    """Every request about the ticket, newest first; one statement."""
    asked = Approval.objects.filter(ticket=ticket)
    people = asked.select_related("asked_by", "decided_by", "proposed_unit", "new_category")
    return list(people.order_by("-pk")[:20])


def askable(user: Staff, ticket: Ticket, known: list[Approval]) -> set[str]:
    """The matters of the unit's own work that the person may ask for now."""
    if Permission.HANDLE not in user.permissions or not permissions.is_of_the_unit(user, ticket):
        return set()
    is_leading = Permission.LEAD_UNIT in user.permissions
    # A leader returns without asking; only a leader asks for more time.
    wanted = [Matter.SUSPENSION, Matter.EXTENSION if is_leading else Matter.RETURN]
    waiting = {asked.matter for asked in known if asked.is_open}
    return {
        str(matter)
        for matter in wanted
        if matter not in waiting and ticket.state in MOVES[CARRIED_OUT_BY[matter]].sources
        and not (matter == Matter.RETURN and ticket.is_adjudicated)
    }  # fmt: skip


def _where(move: Move, user: Staff) -> Q:
    """Where the ticket must be for the person to decide: in their own unit for a return, elsewhere
    for what their own unit would gain by."""
    above = user.unit.paths_to_root
    if move == Move.RETURN:
        return Q(ticket__lead_unit__path__in=above) | Q(ticket__lead_handler=user)
    own = (
        Q(ticket__lead_handler=user) | Q(ticket__lead_unit=user.unit_id)
        | Q(ticket__lead_unit__is_handling=True, ticket__lead_unit__path__in=above)
    )  # fmt: skip
    return ~own
