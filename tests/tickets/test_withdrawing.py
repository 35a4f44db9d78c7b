"""Only the customer withdraws, and says so twice: to who heard it, and in a call of its own."""

import pytest

from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import approvals, permissions, withdrawal
from tickets.kinds import Outcome
from tickets.models import Approval, Clock, Event, Ticket
from tickets.states import State


@pytest.fixture
def held(cast: Cast) -> Ticket:
    return a_ticket(cast, state=State.IN_PROGRESS)


def heard(cast: Cast, ticket: Ticket, **changes: object) -> Approval:
    said = {"matter": Approval.Matter.WITHDRAWAL, "reason": "“Leave it, it works again.”"}
    by = changes.pop("by", cast.handler)
    return approvals.ask(
        ticket=ticket, wanted=approvals.Wanted(**said | changes), by=by, at=cast.at + 4 * STEP  # type: ignore[arg-type]
    )


def confirm(cast: Cast, asked: Approval, **changes: object) -> Ticket:
    said = {"note": "“Yes, I withdraw it.”", "by": cast.callback_agent, "at": cast.at + 5 * STEP}
    return approvals.grant(approval=asked, **said | changes)  # type: ignore[arg-type]


def test_a_confirmed_withdrawal_ends_the_ticket_as_its_own_outcome(
    cast: Cast, held: Ticket
) -> None:
    done = confirm(cast, heard(cast, held))
    assert (done.state, done.outcome) == (State.CANCELLED, Outcome.WITHDRAWN)
    assert done.closed_at == cast.at + 5 * STEP
    event = Event.objects.filter(ticket=held).latest("id")
    assert event.code == "withdrawn"
    assert event.facts["asked_by_id"] == cast.handler.pk
    assert not Clock.objects.filter(ticket=held, stopped_at=None, measure="max").exists()


def test_who_heard_it_does_not_confirm_it(cast: Cast, held: Ticket) -> None:
    cast.callback_agent.roles = ["callback_agent", "hotline_operator"]
    cast.callback_agent.save()
    asked = heard(cast, held, by=cast.callback_agent)
    with pytest.raises(approvals.OwnRequest):
        confirm(cast, asked)
    assert Ticket.objects.get(pk=held.pk).state == State.IN_PROGRESS


def test_the_handling_unit_does_not_confirm_it(cast: Cast, held: Ticket) -> None:
    asked = heard(cast, held)
    cast.callback_agent.unit = cast.unit
    cast.callback_agent.save()
    with pytest.raises(permissions.OwnWork):
        confirm(cast, asked)


@pytest.mark.parametrize("who", ["handler", "leader", "supervisor", "outsider", "stranger"])
def test_nobody_but_a_callback_agent_confirms_it(cast: Cast, held: Ticket, who: str) -> None:
    asked = heard(cast, held)
    with pytest.raises(permissions.NotYours):
        confirm(cast, asked, by=getattr(cast, who))


def test_the_call_is_recorded_in_the_customers_words(cast: Cast, held: Ticket) -> None:
    asked = heard(cast, held)
    with pytest.raises(withdrawal.CallMissing):
        confirm(cast, asked, note=" ")
    asked.refresh_from_db()
    assert asked.is_open


def test_a_customer_who_says_otherwise_is_handled_to_the_end(cast: Cast, held: Ticket) -> None:
    asked = heard(cast, held)
    approvals.refuse(
        approval=asked, note="“I never said that.”", by=cast.callback_agent, at=cast.at + 5 * STEP
    )
    ticket = Ticket.objects.get(pk=held.pk)
    assert (ticket.state, ticket.outcome) == (State.IN_PROGRESS, "")
    assert Event.objects.filter(ticket=held).latest("id").code == "request_refused"
    with pytest.raises(approvals.AlreadyDecided):
        confirm(cast, asked)


def test_a_customer_nobody_can_call_does_not_withdraw(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, contact_phone="")
    with pytest.raises(withdrawal.NobodyToAsk):
        heard(cast, ticket)


def test_it_is_asked_once_and_confirmed_once(cast: Cast, held: Ticket) -> None:
    asked = heard(cast, held)
    with pytest.raises(approvals.AlreadyAsked):
        heard(cast, held)
    confirm(cast, asked)
    with pytest.raises(DeskError):
        confirm(cast, asked)
    assert Event.objects.filter(ticket=held, code="withdrawn").count() == 1


def test_once_the_callback_has_begun_the_answer_counts_instead(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK)
    with pytest.raises(permissions.NotAllowedNow):
        heard(cast, ticket, by=cast.operator)
