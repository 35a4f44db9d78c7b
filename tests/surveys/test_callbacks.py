"""Taking a callback, ringing, and what came of it."""

from datetime import datetime, timedelta

import pytest

from customers.models import Disclosure
from notifications.models import Outbox
from organisation import appointments
from organisation.models import Staff
from organisation.roles import Role
from surveys import answers, callbacks
from surveys.models import Attempt, Ending, Invitation, Result
from tests.cast import PASSWORD, Cast
from tests.factories.surveys import CONTENT, a_callback, a_taken_callback, draw, not_drawn
from tests.factories.tickets import a_ticket, settled_on_the_spot
from tickets.kinds import Kind
from tickets.models import Event
from tickets.permissions import NotYours, OwnWork
from tickets.states import State


def a_colleague(cast: Cast) -> Staff:
    return appointments.appoint(
        staff_number="3099", name_en="Second Caller", name_zh="另一回访", unit=cast.callback_team,
        roles=[Role.CALLBACK_AGENT], password=PASSWORD, by=None, at=cast.at,
    )  # fmt: skip


def tried(cast: Cast, invitation: Invitation, at: datetime, result: Result) -> None:
    callbacks.take(invitation=invitation, by=cast.callback_agent, at=at)
    callbacks.record_attempt(
        invitation=invitation, result=result, note="", by=cast.callback_agent, at=at
    )


def test_taking_a_task_shows_the_number_and_the_log_names_the_task(cast: Cast) -> None:
    invitation = a_callback(cast)
    shown = callbacks.take(
        invitation=invitation, by=cast.callback_agent, at=invitation.created_at
    )
    assert shown == "13900000001"
    logged = Disclosure.objects.get()
    assert logged.subject == invitation.task_name
    assert (logged.by, logged.customer) == (cast.callback_agent, cast.customer)


def test_taking_it_again_logs_nothing_new(cast: Cast) -> None:
    invitation, at = a_taken_callback(cast)
    callbacks.take(invitation=invitation, by=cast.callback_agent, at=at + timedelta(minutes=5))
    assert Disclosure.objects.count() == 1


def test_no_number_is_shown_when_the_log_cannot_be_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = a_callback(cast)

    def refuse(**_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(Disclosure.objects, "create", refuse)
    with pytest.raises(RuntimeError):
        callbacks.take(invitation=invitation, by=cast.callback_agent, at=cast.at)
    invitation.refresh_from_db()
    assert invitation.taken_by is None


def test_two_agents_do_not_ring_one_customer(cast: Cast) -> None:
    invitation, at = a_taken_callback(cast)
    colleague = a_colleague(cast)
    with pytest.raises(callbacks.TakenByAnother):
        callbacks.take(invitation=invitation, by=colleague, at=at)
    with pytest.raises(callbacks.TakenByAnother):
        answers.record_by_phone(invitation=invitation, reply=CONTENT, by=colleague, at=at)
    later = at + timedelta(minutes=31)
    assert callbacks.take(invitation=invitation, by=colleague, at=later)
    with pytest.raises(callbacks.TakenByAnother):
        callbacks.record_attempt(
            invitation=invitation, result=Result.BUSY, note="", by=cast.callback_agent, at=later
        )


def test_a_call_is_recorded_by_whoever_took_the_task(cast: Cast) -> None:
    invitation = a_callback(cast)
    with pytest.raises(callbacks.TakeItFirst):
        callbacks.record_attempt(
            invitation=invitation, result=Result.BUSY, note="", by=cast.callback_agent, at=cast.at
        )


@pytest.mark.parametrize("name", ["handler", "leader", "operator", "reviewer", "supervisor",
                                  "outsider", "stranger"])  # fmt: skip
def test_it_is_for_callback_agents(cast: Cast, name: str) -> None:
    invitation = a_callback(cast)
    person = cast.everyone()[name]
    with pytest.raises(NotYours):
        callbacks.take(invitation=invitation, by=person, at=cast.at)
    assert not Invitation.objects.tasks_for(person).exists()


def test_nobody_calls_about_their_own_units_work(cast: Cast) -> None:
    invitation = a_callback(cast)
    insider = appointments.appoint(
        staff_number="2099", name_en="Insider", name_zh="站内人", unit=cast.unit,
        roles=[Role.CALLBACK_AGENT], password=PASSWORD, by=None, at=cast.at,
    )  # fmt: skip
    with pytest.raises(OwnWork):
        callbacks.take(invitation=invitation, by=insider, at=cast.at)
    assert not Invitation.objects.tasks_for(insider).exists()


def test_whoever_answered_on_the_spot_does_not_call_about_it(cast: Cast) -> None:
    invitation = draw(settled_on_the_spot(cast))
    Invitation.objects.filter(pk=invitation.pk).update(is_drawn=True, why="sample", acts_at=None)
    cast.operator.roles = [Role.HOTLINE_OPERATOR, Role.CALLBACK_AGENT]
    cast.operator.save()
    operator = Staff.objects.get(pk=cast.operator.pk)
    with pytest.raises(OwnWork):
        callbacks.take(invitation=invitation, by=operator, at=cast.at)


def test_a_named_report_is_called_by_those_with_eyes_for_it(cast: Cast) -> None:
    cast.callback_agent.roles = [Role.CALLBACK_AGENT, Role.QUALITY_REVIEWER]
    cast.callback_agent.save()
    agent = Staff.objects.get(pk=cast.callback_agent.pk)
    colleague = a_colleague(cast)
    ticket = a_ticket(cast, kind=Kind.REPORT, state=State.CALLBACK, accused_unit=cast.other_unit)
    invitation = draw(ticket)
    assert not Invitation.objects.tasks_for(colleague).exists()
    assert Invitation.objects.tasks_for(agent).get() == invitation
    assert callbacks.take(invitation=invitation, by=agent, at=ticket.latest_event_at)


def test_three_spaced_attempts_send_the_link_and_close(cast: Cast) -> None:
    invitation = a_callback(cast)
    start = cast.at + timedelta(hours=1)
    for hours in (0, 2, 5):
        tried(cast, invitation, start + timedelta(hours=hours), Result.NO_ANSWER)
    invitation.refresh_from_db()
    assert invitation.is_link_out and invitation.is_open
    assert invitation.ticket.state == State.CLOSED
    closed = Event.objects.get(ticket=invitation.ticket, code="closed")
    assert closed.facts["reason"] == "unreachable"
    assert Outbox.objects.filter(key=f"survey:{invitation.pk}:sms").exists()
    assert not hasattr(invitation, "answer")
    assert invitation.attempts.count() == 3


def test_attempts_in_a_row_do_not_count_as_three(cast: Cast) -> None:
    invitation = a_callback(cast)
    start = cast.at + timedelta(hours=1)
    for minutes in (0, 10, 20):
        tried(cast, invitation, start + timedelta(minutes=minutes), Result.BUSY)
    invitation.refresh_from_db()
    assert not invitation.is_link_out
    assert invitation.ticket.state == State.CALLBACK
    assert invitation.next_call_at >= start + timedelta(hours=2)


def test_a_customer_who_declines_is_not_asked_again(cast: Cast) -> None:
    invitation = a_callback(cast)
    tried(cast, invitation, cast.at + timedelta(hours=1), Result.REFUSED)
    invitation.refresh_from_db()
    assert (invitation.ending, invitation.ticket.state) == (Ending.DECLINED, State.CLOSED)
    assert not Outbox.objects.filter(key__startswith="survey:").exists()


@pytest.mark.parametrize("result", [Result.WRONG_NUMBER, Result.GONE])
def test_a_link_never_goes_to_a_stranger(cast: Cast, result: Result) -> None:
    invitation = a_callback(cast)
    tried(cast, invitation, cast.at + timedelta(hours=1), result)
    invitation.refresh_from_db()
    assert invitation.ending == Ending.UNREACHABLE
    assert not Outbox.objects.filter(key__startswith="survey:").exists()


def test_the_customers_own_time_to_call_again_is_kept(cast: Cast) -> None:
    invitation, at = a_taken_callback(cast)
    callbacks.record_attempt(
        invitation=invitation, result=Result.CALL_LATER, note="", by=cast.callback_agent, at=at,
        call_again_at=at + timedelta(days=1),
    )  # fmt: skip
    invitation.refresh_from_db()
    assert invitation.next_call_at == at + timedelta(days=1)
    assert callbacks.next_task_for(by=cast.callback_agent, at=at) is None
    due = callbacks.next_task_for(by=cast.callback_agent, at=at + timedelta(days=1))
    assert due == invitation


def test_a_time_that_has_passed_is_refused(cast: Cast) -> None:
    invitation, at = a_taken_callback(cast)
    with pytest.raises(callbacks.TimePassed):
        callbacks.record_attempt(
            invitation=invitation, result=Result.CALL_LATER, note="", by=cast.callback_agent,
            at=at, call_again_at=at,
        )  # fmt: skip


def test_a_completed_call_needs_its_answers(cast: Cast) -> None:
    invitation, at = a_taken_callback(cast)
    with pytest.raises(callbacks.AnswersMissing):
        callbacks.record_attempt(
            invitation=invitation, result=Result.COMPLETED, note="", by=cast.callback_agent, at=at
        )


def test_nobody_rings_a_customer_who_was_not_drawn(cast: Cast) -> None:
    invitation = not_drawn(cast)
    with pytest.raises(callbacks.TaskOver):
        callbacks.take(invitation=invitation, by=cast.callback_agent, at=cast.at)


def test_no_attempt_stays_when_the_ticket_cannot_close(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation, at = a_taken_callback(cast)

    def refuse(**_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr("tickets.lifecycle.close", refuse)
    with pytest.raises(RuntimeError):
        callbacks.record_attempt(
            invitation=invitation, result=Result.REFUSED, note="", by=cast.callback_agent, at=at
        )
    assert not Attempt.objects.exists()
