"""May this person make this move on this ticket, and which moves are open to them? (question)"""

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets.models import Task, TaskKind, Ticket
from tickets.states import ENDED, MOVES, Move


class NotAllowedNow(DeskError):
    """The ticket has moved on: this step is not possible in its present state."""

    message = _("This step is not possible in the ticket's present state. Nothing was changed.")


class NotYours(DeskError):
    """The person's role, or the unit they belong to, does not include this step."""

    message = _("Your role does not include this step. Nothing was changed.")
    http_status = 403


class OwnWork(DeskError):
    """Nobody reviews, calls back or rates their own work (design §4.1)."""

    message = _("Nobody reviews, calls back or closes their own work. Nothing was changed.")
    http_status = 403


class StillSupervised(DeskError):
    """No ticket ends while it is under supervision (督办未结不得办结)."""

    message = _("This ticket is under supervision. Its supervisor must end that first.")


class OwnUnit(DeskError):
    """What a unit asks for, or would be rid of, is decided by somebody outside it."""

    message = _("Somebody outside the unit that holds the ticket decides this. Nothing was changed.")
    http_status = 403


class AwaitsRuling(DeskError):
    """Returned twice: only a ruling (裁定) sends it on, no ordinary dispatch."""

    message = _("This ticket was returned twice. It can only be sent on by adjudication.")


class Ruled(DeskError):
    """A ruling (裁定) binds: the ticket stays where it was sent."""

    message = _("This ticket was adjudicated. The ruling binds: it cannot be returned or passed on.")


# Moves made by the people of the unit that holds the ticket.
_OF_THE_UNIT = frozenset(
    {
        Move.ACCEPT, Move.ARRIVE, Move.REPORT_DONE, Move.REPORT_BACK, Move.RETURN, Move.TAKE_OVER,
        Move.ANSWER_CHILD,
    }
)

# Ends without work of one's own: by the unit that holds the ticket or, before it was dispatched, by
# the front desk.
_OF_THE_HOLDER = frozenset({Move.REFER, Move.REFUSE})

# Moves that judge the unit's work and so belong to someone outside it.
_OF_OTHERS = frozenset(
    {
        Move.APPROVE, Move.REJECT, Move.REDO, Move.CLOSE, Move.WITHDRAW, Move.AWAIT_SUPERVISOR,
        Move.AWAIT_FOLLOW_UPS, Move.FIND, Move.DECIDE_APPEAL,
    }
)

# Moves by which a unit would be rid of work or gain time: somebody outside it decides them.
_FROM_OUTSIDE = frozenset({Move.SUSPEND, Move.EXTEND, Move.TRANSFER, Move.RECLASSIFY})


def check(user: Staff, move: Move, ticket: Ticket) -> None:
    """Nothing if the move is open to the person; else NotYours, OwnWork, NotAllowedNow or another
    error of this file."""
    check_role(user, move)
    if ticket.state not in MOVES[move].sources:
        raise NotAllowedNow
    check_supervision(move, ticket)
    check_standing(user, move, ticket)
    _check_sending(user, move, ticket)


def check_supervision(move: Move, ticket: Ticket) -> None:
    """Nothing unless the move would end a ticket that is under supervision; else StillSupervised."""
    if MOVES[move].target in ENDED and ticket.supervisor_id is not None:
        raise StillSupervised


def check_standing(user: Staff, move: Move, ticket: Ticket) -> None:
    """Nothing if the person stands to the holding unit as the move asks; else NotYours, OwnWork,
    OwnUnit."""
    if move in _OF_THE_UNIT and not is_of_the_unit(user, ticket):
        raise NotYours
    if move in _OF_THE_HOLDER and not _holds(user, ticket):
        raise NotYours
    if move in _OF_OTHERS and is_party(user, ticket):
        raise OwnWork
    if move == Move.CONFIRM_TOLD and not _may_confirm(user, ticket):
        raise NotYours
    if move in _FROM_OUTSIDE and did_the_work(user, ticket):
        raise OwnUnit
    if move == Move.RESUME and not (_steers(user) or is_of_the_unit(user, ticket)):
        raise NotYours


def _check_sending(user: Staff, move: Move, ticket: Ticket) -> None:
    """Whether the returns and rulings so far leave the move to the person."""
    if move == Move.DISPATCH:
        _check_dispatch(user, ticket)
    if move == Move.ADJUDICATE and not ticket.needs_adjudication:
        raise NotAllowedNow
    if move == Move.ADJUDICATE and not may_adjudicate(user):
        raise NotYours
    if move == Move.RETURN and ticket.is_adjudicated:
        raise Ruled
    if move == Move.TRANSFER and ticket.is_adjudicated and not may_adjudicate(user):
        raise Ruled
    if move == Move.TAKE_OVER and not ticket.is_auto_signed:
        raise NotAllowedNow


def _check_dispatch(user: Staff, ticket: Ticket) -> None:
    """A returned ticket goes through the dispatchers, whoever logged it."""
    if ticket.needs_adjudication:
        raise AwaitsRuling
    if ticket.return_count and Permission.DISPATCH not in user.permissions:
        raise NotYours


def may_adjudicate(user: Staff) -> bool:
    """Whether the person may rule between units at all: a supervisor, or who leads dispatching."""
    is_lead = Permission.DISPATCH in user.permissions and user.unit.leader_id == user.pk
    return Permission.SUPERVISE in user.permissions or is_lead


def _steers(user: Staff) -> bool:
    return bool(user.permissions & {Permission.SUPERVISE, Permission.DISPATCH})


def check_role(user: Staff, move: Move) -> None:
    """Nothing if any role of the person includes the move; else NotYours."""
    if not MOVES[move].permissions & user.permissions:
        raise NotYours


def open_moves(user: Staff, ticket: Ticket) -> set[Move]:
    """The moves whose buttons the person sees on this ticket now."""
    return {move for move in Move if _is_open(user, move, ticket)}


def _is_open(user: Staff, move: Move, ticket: Ticket) -> bool:
    try:
        check(user, move, ticket)
    except DeskError:
        return False
    return True


def is_of_the_unit(user: Staff, ticket: Ticket) -> bool:
    """Whether the person has the ticket, or is of the unit that has it."""
    if ticket.lead_handler_id == user.pk:
        return True
    return ticket.lead_unit is not None and user.unit.is_within(ticket.lead_unit)


def _holds(user: Staff, ticket: Ticket) -> bool:
    if ticket.lead_unit_id is None:
        return Permission.LOG_TICKET in user.permissions
    return is_of_the_unit(user, ticket)


def _may_confirm(user: Staff, ticket: Ticket) -> bool:
    """The tracker says that the customer was told; a supervisor too may say why not."""
    return ticket.tracker_id == user.pk or Permission.SUPERVISE in user.permissions


def did_the_work(user: Staff, ticket: Ticket) -> bool:
    """Handled it, or belongs to the unit that did. A call centre that settles matters on the spot
    is no handling unit: there only the very team counts, not the callback team below it."""
    unit = ticket.lead_unit
    if unit is None or ticket.lead_handler_id == user.pk:
        return ticket.lead_handler_id == user.pk
    return user.unit_id == unit.pk or (unit.is_handling and user.unit.is_within(unit))


def is_party(user: Staff, ticket: Ticket) -> bool:
    """Whether the person has a part in how the matter was handled: did the work, helped with it
    (会办), or is of a unit that helped. Whoever has may not judge it: no review, no callback, no
    rating, no finding, no adjudication, no decision on an appeal."""
    return did_the_work(user, ticket) or _helped(user, ticket)


def _helped(user: Staff, ticket: Ticket) -> bool:
    tasks = Task.objects.filter(ticket=ticket, kind=TaskKind.CO_HANDLING)
    if "helpers" not in ticket.__dict__:
        ticket.__dict__["helpers"] = list(tasks.values_list("staff_id", "unit__path"))
    helpers: list[tuple[int | None, str | None]] = ticket.__dict__["helpers"]
    return any(
        pk == user.pk or (path is not None and user.unit.path.startswith(path))
        for pk, path in helpers
    )
