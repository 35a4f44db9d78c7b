"""What an answer does, on the telephone and behind the link; and the supervisor's word."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from notifications.models import Notice
from surveys import answers, callbacks, decisions, guessing
from surveys.models import (
    Answer,
    Choice,
    Consequence,
    Decision,
    Doubt,
    Ending,
    Invitation,
    Mode,
    Satisfied,
    Solved,
)  # fmt: skip
from tests.cast import Cast
from tests.factories.surveys import (
    ANGRY,
    CONTENT,
    a_callback,
    a_link,
    a_taken_callback,
    draw,
    token_of,
    unsatisfied_twice,
)  # fmt: skip
from tickets import lifecycle, supervision
from tickets.kinds import Outcome
from tickets.models import Event, Ticket
from tickets.permissions import NotYours
from tickets.states import State


def by_phone(cast: Cast, reply: answers.Reply) -> Answer:
    invitation, at = a_taken_callback(cast)
    return answers.record_by_phone(
        invitation=invitation, reply=reply, by=cast.callback_agent, at=at
    )


def test_a_content_answer_closes_the_ticket(cast: Cast) -> None:
    answer = by_phone(cast, CONTENT)
    ticket = answer.invitation.ticket
    ticket.refresh_from_db()
    assert (ticket.state, answer.consequence) == (State.CLOSED, Consequence.CLOSED)
    assert (answer.mode, answer.by, answer.instrument.code) == (
        Mode.PHONE, cast.callback_agent, "callback_complaint",
    )  # fmt: skip
    answer.invitation.refresh_from_db()
    assert answer.invitation.ending == Ending.BY_PHONE
    assert answer.invitation.attempts.get().result == "completed"


@pytest.mark.parametrize("solved", Solved.values)
@pytest.mark.parametrize("satisfied", Satisfied.values)
def test_solved_and_satisfied_are_two_questions(cast: Cast, solved: str, satisfied: str) -> None:
    answer = by_phone(cast, answers.Reply(solved=solved, satisfied=satisfied, reason="time"))
    goes_back = solved == "not" or satisfied == "dissatisfied"
    assert (answer.consequence == Consequence.SENT_BACK) is goes_back
    assert (answer.solved, answer.satisfied) == (solved, satisfied)


def test_a_discontent_answer_goes_back_under_supervision(cast: Cast) -> None:
    answer = by_phone(cast, ANGRY)
    ticket = Ticket.objects.get(pk=answer.invitation.ticket_id)
    assert (ticket.state, ticket.redo_count) == (State.IN_PROGRESS, 1)
    assert ticket.supervisor == cast.supervisor
    assert Event.objects.get(ticket=ticket, code="sent_back").facts["reason"] == ANGRY.verbatim
    assert Notice.objects.filter(staff=cast.supervisor, code="to_supervise").exists()


def test_the_second_round_is_drawn_for_certain(cast: Cast) -> None:
    ticket, _ = unsatisfied_twice(cast)
    rounds = list(Invitation.objects.filter(ticket=ticket).order_by("round"))
    assert [one.round for one in rounds] == [1, 2]
    assert rounds[1].is_drawn and rounds[1].exclusion == ""


def test_the_second_time_a_supervisor_decides(cast: Cast) -> None:
    ticket, _ = unsatisfied_twice(cast)
    assert (ticket.state, ticket.redo_count) == (State.CALLBACK, 1)
    answer = Answer.objects.waiting_for_decision().get()
    assert answer.invitation.round == 2
    assert Notice.objects.filter(staff=cast.supervisor, code="to_decide").count() == 1
    assert draw(ticket).round == 2


def test_the_final_response_closes_it(cast: Cast) -> None:
    ticket, at = unsatisfied_twice(cast)
    decisions.decide(
        ticket=ticket, choice=Choice.FINAL_ANSWER, grounds="已两次核实。", by=cast.supervisor, at=at
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == (State.CLOSED, Outcome.FINAL_ANSWER)
    assert not Answer.objects.waiting_for_decision().exists()
    with pytest.raises(decisions.NothingToDecide):
        decisions.decide(
            ticket=ticket, choice=Choice.REDO, grounds="再办", by=cast.supervisor, at=at
        )


def test_or_it_is_handled_again_and_whoever_supervises_it_keeps_it(cast: Cast) -> None:
    ticket, at = unsatisfied_twice(cast)
    decisions.decide(
        ticket=ticket, choice=Choice.REDO, grounds="换班组再办。", by=cast.executive, at=at
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.redo_count, ticket.supervisor) == (
        State.IN_PROGRESS, 2, cast.supervisor,
    )  # fmt: skip


def test_nobody_but_its_supervisor_gives_the_final_response(cast: Cast) -> None:
    ticket, at = unsatisfied_twice(cast)
    with pytest.raises(supervision.NotTheSupervisor):
        decisions.decide(
            ticket=ticket, choice=Choice.FINAL_ANSWER, grounds="已核实。", by=cast.executive, at=at
        )
    assert Answer.objects.waiting_for_decision().count() == 1


@pytest.mark.parametrize("name", ["handler", "leader", "callback_agent", "outsider", "stranger"])
def test_only_a_supervisor_decides(cast: Cast, name: str) -> None:
    ticket, at = unsatisfied_twice(cast)
    with pytest.raises(NotYours):
        decisions.decide(
            ticket=ticket, choice=Choice.REDO, grounds="x", by=cast.everyone()[name], at=at
        )


def test_a_decision_needs_grounds(cast: Cast) -> None:
    ticket, at = unsatisfied_twice(cast)
    with pytest.raises(decisions.GroundsMissing):
        decisions.decide(
            ticket=ticket, choice=Choice.REDO, grounds=" ", by=cast.supervisor, at=at
        )


def test_no_decision_stays_when_the_ticket_cannot_move(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, at = unsatisfied_twice(cast)
    monkeypatch.setattr("tickets.lifecycle.redo", _refuse)
    with pytest.raises(RuntimeError):
        decisions.decide(
            ticket=ticket, choice=Choice.REDO, grounds="x", by=cast.supervisor, at=at
        )
    assert not Decision.objects.exists()


def test_a_link_answers_once(cast: Cast) -> None:
    invitation, token, at = a_link(cast)
    answer = answers.record_by_link(token=token, reply=CONTENT, by=None, at=at)
    assert (answer.mode, answer.by, answer.consequence) == (Mode.LINK, None, Consequence.NONE)
    with pytest.raises(answers.LinkDead):
        answers.record_by_link(token=token, reply=ANGRY, by=None, at=at)
    assert Answer.objects.get().satisfied == Satisfied.SATISFIED
    invitation.refresh_from_db()
    assert (invitation.used_at, invitation.ending) == (at, Ending.BY_LINK)


def test_a_link_that_ran_out_is_dead(cast: Cast) -> None:
    invitation, token, _ = a_link(cast)
    with pytest.raises(answers.LinkDead):
        answers.record_by_link(
            token=token, reply=CONTENT, by=None, at=invitation.link_expires_at
        )
    assert not Answer.objects.exists()


@pytest.mark.parametrize("token", ["", "x" * 22, "é" * 22, "x" * 5000])
def test_a_wrong_token_is_dead(cast: Cast, token: str) -> None:
    a_link(cast)
    with pytest.raises(answers.LinkDead):
        answers.record_by_link(token=token, reply=CONTENT, by=None, at=cast.at)


def test_discontent_behind_a_link_reopens_the_ticket(cast: Cast) -> None:
    invitation, token, at = a_link(cast)
    answer = answers.record_by_link(token=token, reply=ANGRY, by=None, at=at)
    ticket = Ticket.objects.get(pk=invitation.ticket_id)
    assert answer.consequence == Consequence.SENT_BACK
    assert (ticket.state, ticket.reopen_count, ticket.supervisor) == (
        State.IN_PROGRESS, 1, cast.supervisor,
    )  # fmt: skip


def test_discontent_while_the_unit_is_at_work_again_changes_no_state(cast: Cast) -> None:
    invitation, token, at = a_link(cast)
    ticket = Ticket.objects.get(pk=invitation.ticket_id)
    lifecycle.reopen(
        ticket=ticket, reason="客户来电", supervisor=None, by=cast.supervisor, at=at
    )
    answer = answers.record_by_link(token=token, reply=ANGRY, by=None, at=at)
    assert answer.consequence == Consequence.NONE


def test_discontent_after_the_window_for_reopening_is_a_supervisors_matter(cast: Cast) -> None:
    invitation, token, at = a_link(cast)
    closed_at = at - lifecycle.REOPEN_WINDOW - timedelta(days=1)
    Ticket.objects.filter(pk=invitation.ticket_id).update(closed_at=closed_at)
    answer = answers.record_by_link(token=token, reply=ANGRY, by=None, at=at)
    assert answer.consequence == Consequence.TO_DECIDE


def test_an_answer_seconds_after_sending_is_kept_and_not_counted(cast: Cast) -> None:
    invitation, token, _ = a_link(cast)
    soon = invitation.link_sent_at + timedelta(seconds=9)
    answer = answers.record_by_link(token=token, reply=CONTENT, by=None, at=soon)
    assert answer.doubt == Doubt.TOO_FAST
    assert not Answer.objects.counted().exists()


def test_a_link_after_three_attempts_is_answered_like_any(cast: Cast) -> None:
    invitation = a_callback(cast)
    at = cast.at + timedelta(hours=1)
    for hours in (0, 2, 5):
        at = cast.at + timedelta(hours=1 + hours)
        callbacks.take(invitation=invitation, by=cast.callback_agent, at=at)
        callbacks.record_attempt(
            invitation=invitation, result="no_answer", note="", by=cast.callback_agent, at=at
        )
    token = token_of(invitation)
    answer = answers.record_by_link(
        token=token, reply=CONTENT, by=None, at=at + timedelta(minutes=5)
    )
    assert answer.mode == Mode.LINK
    with pytest.raises(callbacks.TaskOver):
        callbacks.take(invitation=invitation, by=cast.callback_agent, at=at)


def test_nothing_of_an_answer_stays_when_the_ticket_cannot_move(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation, token, at = a_link(cast)
    monkeypatch.setattr("tickets.lifecycle.reopen", _refuse)
    with pytest.raises(RuntimeError):
        answers.record_by_link(token=token, reply=ANGRY, by=None, at=at)
    invitation.refresh_from_db()
    assert (invitation.used_at, Answer.objects.count()) == (None, 0)
    monkeypatch.undo()
    assert answers.record_by_link(token=token, reply=ANGRY, by=None, at=at)


def test_a_call_stays_open_when_its_answer_cannot_be_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation, at = a_taken_callback(cast)
    monkeypatch.setattr("tickets.history.event", _refuse)
    with pytest.raises(RuntimeError):
        answers.record_by_phone(
            invitation=invitation, reply=CONTENT, by=cast.callback_agent, at=at
        )
    invitation.refresh_from_db()
    assert invitation.is_open and not invitation.attempts.exists()
    assert not Answer.objects.exists()


def _refuse(**_: object) -> None:
    raise RuntimeError("no room")


def test_the_database_binds_a_phone_answer_to_its_caller(cast: Cast) -> None:
    answer = by_phone(cast, CONTENT)
    with pytest.raises(IntegrityError, match="phone_answer"), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(by=None)


def test_twenty_wrong_links_an_hour_hold_an_address_back(cast: Cast) -> None:
    for _ in range(guessing.MOST_WRONG):
        guessing.check(address="10.0.0.1", by=None, at=cast.at)
        guessing.count(address="10.0.0.1", by=None, at=cast.at)
    with pytest.raises(guessing.TriedTooOften):
        guessing.check(address="10.0.0.1", by=None, at=cast.at)
    guessing.check(address="10.0.0.2", by=None, at=cast.at)
    guessing.check(address="10.0.0.1", by=None, at=cast.at + timedelta(hours=1))
    assert guessing.forget(by=None, at=cast.at + timedelta(hours=4)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_wins(cast: Cast) -> None:
    _, token, at = a_link(cast)
    start, results = threading.Barrier(4), []

    def send(reply: answers.Reply, when: datetime) -> None:
        start.wait()
        try:
            results.append(
                answers.record_by_link(token=token, reply=reply, by=None, at=when).pk
            )
        except answers.LinkDead:
            results.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(one, at)) for one in (CONTENT, ANGRY) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in results if one]) == 1
    assert len(results) == 4 and Answer.objects.count() == 1
