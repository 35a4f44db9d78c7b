"""The straight path of a ticket, and everyone who must not walk it."""

from datetime import timedelta

import pytest

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket, settled_on_the_spot
from tickets import dispatching, history, lifecycle, permissions, supervision, transition
from tickets.kinds import Kind
from tickets.models import Clock, Deadline, Event, Holding, Ticket
from tickets.states import MOVES, Happening, Move, State

# Signed for by nobody, promised and not kept: only the engine says so.
OF_THE_DESK = {
    Move.AUTO_SIGN, Move.FOLLOW, Move.MISS_UPDATE, Move.AWAIT_TRACKER, Move.TAKE_CALENDAR,
}  # fmt: skip


def codes(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("id").values_list("code", flat=True))


def test_it_walks_from_the_first_question_to_the_end(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    assert codes(ticket) == [
        "received", "dispatched", "signed", "contacted", "done", "approved", "told_confirmed",
        "closed",
    ]  # fmt: skip
    assert ticket.tracker == cast.operator
    assert ticket.lead_handler == cast.handler
    assert ticket.reviewer == cast.reviewer
    assert ticket.closed_at == ticket.latest_event_at


def test_its_holdings_abut_and_sum_to_its_life(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    holdings = list(Holding.objects.filter(ticket=ticket).order_by("from_at", "id"))
    assert holdings[0].from_at == ticket.received_at
    for earlier, later in zip(holdings, holdings[1:], strict=False):
        assert earlier.to_at == later.from_at
    total = sum((one.to_at - one.from_at for one in holdings if one.to_at), timedelta())
    assert total == ticket.closed_at - ticket.received_at


def test_nothing_waits_once_it_is_closed(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    assert not Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False).exists()
    assert not Clock.objects.filter(ticket=ticket, stopped_at=None, measure="max").exists()
    assert ticket.next_due_at is None


def test_time_never_runs_backwards_on_a_ticket(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    dispatching.accept(ticket=ticket, by=cast.handler, at=cast.at - timedelta(days=1))
    event = Event.objects.filter(ticket=ticket).latest("id")
    assert event.at == ticket.latest_event_at


def test_it_refuses_a_stale_page(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.NEW)
    supervision.urge(ticket=ticket, note="Again", by=cast.operator, at=cast.at + STEP)
    with pytest.raises(transition.ChangedMeanwhile):
        dispatching.dispatch(
            ticket=ticket, to=cast.unit, by=cast.dispatcher, at=cast.at + STEP,
            version=ticket.version,
        )  # fmt: skip


def test_it_leaves_nothing_when_the_event_cannot_be_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    before = (codes(ticket), Holding.objects.count(), Deadline.objects.count())

    def fail(**_: object) -> Event:
        raise RuntimeError("The disk is full")

    monkeypatch.setattr(history, "event", fail)
    with pytest.raises(RuntimeError):
        dispatching.accept(ticket=ticket, by=cast.handler, at=cast.at + STEP)
    assert Ticket.objects.get(pk=ticket.pk).state == State.DISPATCHED
    assert (codes(ticket), Holding.objects.count(), Deadline.objects.count()) == before


def test_an_outsider_cannot_sign_for_it(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    with pytest.raises(permissions.NotYours):
        dispatching.accept(ticket=ticket, by=cast.outsider, at=cast.at + STEP)


def test_nobody_reviews_the_work_of_their_own_unit(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    cast.reviewer.unit = cast.unit
    cast.reviewer.save()
    with pytest.raises(permissions.OwnWork):
        lifecycle.approve(ticket=ticket, by=cast.reviewer, at=cast.at + 9 * STEP)


def test_it_needs_a_reply_or_the_reason_for_none(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(lifecycle.NothingSaid):
        lifecycle.report_done(
            ticket=ticket, result="Fixed", is_customer_told=False, by=cast.handler,
            at=cast.at + 3 * STEP,
        )  # fmt: skip


def test_a_rejected_result_runs_on_to_the_same_due_time(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    before = Clock.objects.get(ticket=ticket, name="reply", measure="max")
    assert before.stopped_at is not None
    lifecycle.reject(ticket=ticket, reason="No photo", by=cast.reviewer, at=cast.at + 9 * STEP)
    after = Clock.objects.get(pk=before.pk)
    assert after.stopped_at is None
    assert after.due_at == before.due_at
    waiting = Deadline.objects.filter(ticket=ticket, clock="reply", next_fire_at__isnull=False)
    assert waiting.filter(stage="due", fires_at=before.due_at).count() == 1


def test_reopening_keeps_the_first_due_time(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    first = Clock.objects.get(ticket=ticket, name="reply", measure="max").due_at
    lifecycle.reopen(
        ticket=ticket, reason="Broke again", supervisor=None, by=cast.supervisor,
        at=ticket.closed_at + timedelta(days=2),
    )  # fmt: skip
    clock = Clock.objects.get(ticket=ticket, name="reply", measure="max")
    assert clock.first_due_at == first
    assert Ticket.objects.get(pk=ticket.pk).reopen_count == 1


def test_it_cannot_be_reopened_after_the_window(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    with pytest.raises(lifecycle.TooLateToReopen):
        lifecycle.reopen(
            ticket=ticket, reason="Late", supervisor=None, by=cast.supervisor,
            at=ticket.closed_at + timedelta(days=31),
        )  # fmt: skip


def test_urging_adds_and_resets_nothing(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    due = Clock.objects.filter(ticket=ticket).values_list("name", "due_at")
    before = sorted(due)
    supervision.urge(ticket=ticket, note="Still dark", by=cast.operator, at=cast.at + 9 * STEP)
    supervision.urge(ticket=ticket, note="Still dark", by=cast.operator, at=cast.at + 10 * STEP)
    assert sorted(due.all()) == before
    assert Ticket.objects.get(pk=ticket.pk).urge_count == 2
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("move", list(Move))
def test_every_move_names_real_states_and_an_event(move: Move) -> None:
    allowed = MOVES[move]
    assert allowed.sources <= set(State)
    assert allowed.event in Happening
    assert allowed.permissions or move in OF_THE_DESK, "nobody but the desk itself makes it"


def test_no_sequence_of_people_makes_a_move_outside_the_table(cast: Cast) -> None:
    """Everyone tries everything on a ticket in every state; only the table's moves go through."""
    for state in (State.NEW, State.DISPATCHED, State.IN_PROGRESS, State.CALLBACK, State.CLOSED):
        ticket = a_ticket(cast, state=state, kind=Kind.FAULT)
        for person in cast.everyone().values():
            for move in permissions.open_moves(person, ticket):
                assert state in MOVES[move].sources
                assert MOVES[move].permissions & person.permissions
        assert not permissions.open_moves(cast.stranger, ticket) - moves_of(cast.stranger)


def moves_of(person: Staff) -> set[Move]:
    return {move for move in Move if MOVES[move].permissions & person.permissions}


def test_errors_are_named_and_carry_their_sentence() -> None:
    for error in (permissions.NotYours, permissions.OwnWork, lifecycle.NothingSaid):
        assert issubclass(error, DeskError)
        assert str(error())


def test_what_was_settled_on_the_spot_and_comes_back_can_be_done_by_who_settled_it(
    cast: Cast,
) -> None:
    ticket = settled_on_the_spot(cast)
    lifecycle.redo(
        ticket=ticket, reason="Not what I asked", supervisor=cast.supervisor,
        by=cast.callback_agent, at=cast.at + STEP,
    )  # fmt: skip
    with pytest.raises(permissions.NotYours):
        lifecycle.report_done(
            ticket=ticket, result="x", is_customer_told=True, by=cast.clerk, at=cast.at + 2 * STEP
        )
    done = lifecycle.report_done(
        ticket=ticket, result="Explained again", is_customer_told=True, by=cast.operator,
        at=cast.at + 2 * STEP,
    )  # fmt: skip
    assert done.state == State.DONE_PENDING_REVIEW
