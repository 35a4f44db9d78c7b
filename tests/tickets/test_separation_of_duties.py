"""Nobody judges what they had a part in: every move is tried by somebody of the handling unit who
holds every role there is, so that only the separation of duties can stand in the way."""

import pytest

from organisation import appointments
from organisation.models import Staff, Unit
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import permissions, transition
from tickets.models import Task, TaskKind, Ticket
from tickets.permissions import OwnUnit, OwnWork
from tickets.states import MOVES, Move, State

# Who had a part in the work may not make these moves on it, and what they are told.
DUE = {
    Move.APPROVE: OwnWork, Move.REJECT: OwnWork, Move.REDO: OwnWork, Move.CLOSE: OwnWork,
    Move.WITHDRAW: OwnWork, Move.AWAIT_SUPERVISOR: OwnWork, Move.AWAIT_FOLLOW_UPS: OwnWork,
    Move.FIND: OwnWork, Move.DECIDE_APPEAL: OwnWork,
    Move.SUSPEND: OwnUnit, Move.EXTEND: OwnUnit, Move.TRANSFER: OwnUnit, Move.RECLASSIFY: OwnUnit,
}  # fmt: skip

# These compare the person with somebody named on a row of their own; each verb has its own test:
# one's own request, one's own debt, the other party of a dispute, the supervisor alone.
BY_ROW = {
    Move.ADJUDICATE, Move.REFUSE_REQUEST, Move.DROP_TASK, Move.SETTLE_DISPUTE, Move.END_SUPERVISION,
}  # fmt: skip

# Work, talk with the customer, and steering that judges nobody.
FREE = frozenset(Move) - set(DUE) - BY_ROW
LEAST_FREE = {
    Move.INTAKE, Move.DISPATCH, Move.ACCEPT, Move.CONTACT, Move.ARRIVE, Move.REPORT_DONE, Move.URGE
}  # fmt: skip


def somebody(cast: Cast, unit: Unit) -> Staff:
    """A person of the unit with every role."""
    return appointments.appoint(
        staff_number="7001", name_en="Ada Allroles", name_zh="全能", unit=unit, roles=list(Role),
        password=None, by=None, at=cast.at,
    )  # fmt: skip


@pytest.fixture
def insider(cast: Cast) -> Staff:
    return somebody(cast, cast.unit)


@pytest.fixture
def held(cast: Cast) -> Ticket:
    return a_ticket(cast, state=State.IN_PROGRESS)


def in_state_for(ticket: Ticket, move: Move) -> Ticket:
    """The ticket as if it stood where the move begins; not saved."""
    ticket.state = sorted(MOVES[move].sources)[0]
    return ticket


def test_somebody_of_the_handling_unit_is_refused(insider: Staff, held: Ticket) -> None:
    for move, error in DUE.items():
        with pytest.raises(error):
            permissions.check(insider, move, in_state_for(held, move))


@pytest.mark.parametrize("how", ["of the unit", "by name"])
def test_whoever_helped_is_refused_too(how: str, cast: Cast, held: Ticket) -> None:
    helper = somebody(cast, cast.other_unit)
    judging = [move for move, error in DUE.items() if error is OwnWork]
    for move in judging:
        permissions.check_standing(helper, move, in_state_for(held, move))
    owner = {"unit": cast.other_unit} if how == "of the unit" else {"staff": helper}
    Task.objects.create(
        ticket=held, kind=TaskKind.CO_HANDLING, text="-", opened_at=cast.at, due_at=cast.at, **owner
    )
    helped = Ticket.objects.get(pk=held.pk)
    for move in judging:
        with pytest.raises(OwnWork):
            permissions.check_standing(helper, move, in_state_for(helped, move))


def test_somebody_outside_is_not_refused_for_that(cast: Cast, held: Ticket) -> None:
    outside = somebody(cast, cast.quality)
    for move in DUE:
        permissions.check_standing(outside, move, in_state_for(held, move))


def test_the_step_itself_refuses(cast: Cast, insider: Staff) -> None:
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    with (
        pytest.raises(OwnWork),
        transition.step(ticket, Move.APPROVE, by=insider, at=cast.at + 9 * STEP),
    ):
        raise AssertionError("The step was opened.")
    assert Ticket.objects.get(pk=ticket.pk).state == State.DONE_PENDING_REVIEW


def test_every_move_says_whether_separation_is_due() -> None:
    assert LEAST_FREE <= FREE
    assert not set(DUE) & BY_ROW
    judging = {Move.APPROVE, Move.REJECT, Move.CLOSE, Move.FIND, Move.DECIDE_APPEAL, Move.SUSPEND}
    assert judging <= set(DUE)
