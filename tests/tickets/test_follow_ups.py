"""Promises to the customer keep a ticket from closing until they are kept or let go."""

from datetime import timedelta
from typing import Any

import pytest

from notifications.models import Notice
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import follow_ups, lifecycle, owed, permissions, tasks
from tickets.models import Event, Task, Ticket
from tickets.states import State

AT = 7 * STEP


def promised(cast: Cast, ticket: Ticket, **changes: Any) -> Task:
    asked: dict[str, Any] = {
        "text": "三天后复测电压",
        "due_at": cast.at + timedelta(days=3),
        "staff": cast.handler,
        "by": cast.operator,
        "at": cast.at + AT,
    }
    return follow_ups.promise(ticket=ticket, **asked | changes)


def at_callback(cast: Cast) -> Ticket:
    ticket = a_ticket(cast, state=State.CALLBACK)
    Ticket.objects.filter(pk=ticket.pk).update(told_confirmed_at=ticket.latest_event_at)
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize("who", ["operator", "handler", "callback_agent", "dispatcher"])
def test_those_who_speak_with_the_customer_promise(cast: Cast, who: str) -> None:
    assert promised(cast, at_callback(cast), by=getattr(cast, who)).kind == "follow_up"


@pytest.mark.parametrize("who", ["clerk", "outsider", "auditor"])
def test_nobody_else_does(cast: Cast, who: str) -> None:
    with pytest.raises((owed.NotYoursToPromise, permissions.NotYours)):
        promised(cast, at_callback(cast), by=getattr(cast, who))


def test_nothing_is_promised_once_it_is_over(cast: Cast) -> None:
    with pytest.raises(follow_ups.OverAlready):
        promised(cast, a_ticket(cast, state=State.CLOSED))


def test_a_ticket_does_not_close_over_an_open_promise(cast: Cast) -> None:
    ticket = at_callback(cast)
    promised(cast, ticket)
    with pytest.raises(lifecycle.FollowUpsOpen):
        lifecycle.close(
            ticket=ticket, reason="answered", by=cast.callback_agent, at=cast.at + 8 * STEP
        )
    assert Ticket.objects.get(pk=ticket.pk).state == State.CALLBACK


def test_when_the_callback_is_over_it_waits_and_the_tracker_hears_once(cast: Cast) -> None:
    ticket = at_callback(cast)
    promised(cast, ticket)
    waiting = lifecycle.conclude(
        ticket=ticket, reason="window_over", by=None, at=cast.at + 8 * STEP
    )
    assert waiting.state == State.CALLBACK
    told = Notice.objects.filter(code="follow_up_open").values_list("staff", flat=True)
    assert sorted(told) == sorted([cast.operator.pk, cast.handler.pk])


def test_a_customer_not_told_yet_comes_before_the_promise(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK)
    Ticket.objects.filter(pk=ticket.pk).update(told_confirmed_at=None)
    promised(cast, ticket)
    with pytest.raises(lifecycle.NotConfirmed):
        lifecycle.conclude(ticket=ticket, reason="window_over", by=None, at=cast.at + 8 * STEP)


def test_keeping_the_last_promise_closes_what_only_waited_for_it(cast: Cast) -> None:
    ticket = at_callback(cast)
    first, second = promised(cast, ticket), promised(cast, ticket, text="寄送测试报告")
    lifecycle.conclude(
        ticket=ticket, reason="answered", by=cast.callback_agent, at=cast.at + 8 * STEP
    )
    follow_ups.finish(task=first, result="电压正常", by=cast.handler, at=cast.at + 9 * STEP)
    assert Ticket.objects.get(pk=ticket.pk).state == State.CALLBACK
    follow_ups.drop(task=second, reason="客户不再需要", by=cast.supervisor, at=cast.at + 10 * STEP)
    assert Ticket.objects.get(pk=ticket.pk).state == State.CLOSED
    closing = Event.objects.filter(ticket=ticket, code="closed").get()
    assert closing.facts["reason"] == "answered"


def test_keeping_a_promise_early_closes_nothing(cast: Cast) -> None:
    ticket = at_callback(cast)
    follow_ups.finish(
        task=promised(cast, ticket), result="已复测", by=cast.handler, at=cast.at + 9 * STEP
    )
    assert Ticket.objects.get(pk=ticket.pk).state == State.CALLBACK


def test_a_promise_of_an_earlier_round_closes_nothing_in_the_next(cast: Cast) -> None:
    ticket = at_callback(cast)
    task = promised(cast, ticket)
    lifecycle.conclude(ticket=ticket, reason="window_over", by=None, at=cast.at + 8 * STEP)
    lifecycle.redo(
        ticket=ticket,
        reason="又停了",
        supervisor=None,
        by=cast.callback_agent,
        at=cast.at + 9 * STEP,
    )
    follow_ups.finish(task=task, result="已复测", by=cast.handler, at=cast.at + 10 * STEP)
    assert Ticket.objects.get(pk=ticket.pk).state == State.IN_PROGRESS


def test_only_a_supervisor_lets_a_promise_go(cast: Cast) -> None:
    task = promised(cast, at_callback(cast))
    for person in (cast.dispatcher, cast.leader, cast.operator):
        with pytest.raises((tasks.NotYourTask, tasks.OwnDebt, permissions.NotYours)):
            follow_ups.drop(task=task, reason="x", by=person, at=cast.at + 9 * STEP)


def test_a_promise_is_not_finished_like_any_other_task(cast: Cast) -> None:
    ticket = at_callback(cast)
    task = promised(cast, ticket)
    lifecycle.conclude(ticket=ticket, reason="window_over", by=None, at=cast.at + 8 * STEP)
    with pytest.raises(tasks.PromiseToACustomer):
        tasks.finish(task=task, result="已复测", by=cast.handler, at=cast.at + 9 * STEP)
    assert Ticket.objects.get(pk=ticket.pk).state == State.CALLBACK
    follow_ups.finish(task=task, result="已复测", by=cast.handler, at=cast.at + 9 * STEP)
    assert Ticket.objects.get(pk=ticket.pk).state == State.CLOSED
