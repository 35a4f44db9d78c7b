"""Joint handling: other units help, the lead stays lead and answers."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from notifications.models import Notice
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import (
    co_handling,
    contact,
    ending,
    lifecycle,
    merging,
    owed,
    permissions,
    task_firing,
    tasks,
)
from tickets.kinds import Kind
from tickets.models import Event, Holding, Task, Ticket
from tickets.states import State


def helped(cast: Cast, ticket: Ticket | None = None, **changes: Any) -> Task:
    at = cast.at + 6 * STEP
    asked: dict[str, Any] = {
        "ticket": ticket or a_ticket(cast, state=State.IN_PROGRESS),
        "unit": cast.other_unit,
        "text": "请配合查线路",
        "due_at": at + timedelta(days=1),
        "by": cast.leader,
        "at": at,
    }
    return co_handling.invite(**asked | changes)


def reported(cast: Cast, ticket: Ticket, **changes: Any) -> Ticket:
    said: dict[str, Any] = {
        "result": "已修复",
        "is_customer_told": True,
        "by": cast.handler,
        "at": cast.at + 9 * STEP,
    }
    return lifecycle.report_done(ticket=ticket, **said | changes)


@pytest.mark.parametrize("who", ["leader", "dispatcher", "supervisor"])
def test_whoever_steers_it_asks_another_unit(cast: Cast, who: str) -> None:
    task = helped(cast, by=getattr(cast, who))
    assert (task.kind, task.unit, task.staff) == ("co_handling", cast.other_unit, None)
    ticket = Ticket.objects.get(pk=task.ticket_id)
    assert (ticket.lead_unit, ticket.lead_handler) == (cast.unit, cast.handler)
    assert Holding.objects.filter(ticket=ticket).latest("id").unit == cast.unit


@pytest.mark.parametrize("who", ["handler", "operator", "outsider", "callback_agent", "reviewer"])
def test_nobody_else_does(cast: Cast, who: str) -> None:
    with pytest.raises(owed.NotYoursToInvite):
        helped(cast, by=getattr(cast, who))


def test_only_a_handling_unit_of_the_company_other_than_the_lead_helps(cast: Cast) -> None:
    for unit in (cast.unit, cast.branch, cast.centre, cast.other_company):
        with pytest.raises(co_handling.NoHelper):
            helped(cast, unit=unit)
    with pytest.raises(co_handling.NobodyLeads):
        helped(cast, a_ticket(cast), by=cast.dispatcher)


def test_the_same_form_sent_twice_asks_once(cast: Cast) -> None:
    task = helped(cast)
    with pytest.raises(co_handling.HelpsAlready):
        helped(cast, task.ticket)
    tasks.finish(task=task, result="线路正常", by=cast.outsider, at=cast.at + 8 * STEP)
    assert helped(cast, task.ticket, at=cast.at + 9 * STEP).pk != task.pk


def test_the_helping_unit_sees_the_ticket_names_its_handler_and_reports(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    assert not Ticket.objects.visible_to(cast.outsider).filter(pk=ticket.pk).exists()
    task = helped(cast, ticket)
    assert Ticket.objects.visible_to(cast.outsider).filter(pk=ticket.pk).exists()
    assert not Ticket.objects.visible_to(cast.stranger).filter(pk=ticket.pk).exists()
    task = tasks.sign(task=task, by=cast.outsider, at=cast.at + 7 * STEP)
    tasks.finish(task=task, result="线路正常", by=cast.outsider, at=cast.at + 8 * STEP)
    told = Notice.objects.filter(code="task_done").values_list("staff", flat=True)
    assert set(told) == {cast.leader.pk, cast.operator.pk, cast.handler.pk}


def test_only_the_lead_unit_answers_the_customer(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    helped(cast, ticket)
    with pytest.raises(permissions.NotYours):
        reported(cast, ticket, by=cast.outsider)
    with pytest.raises(owed.OnlyTheLeadAnswers):
        owed.check_lead_answers(cast.outsider, ticket)
    owed.check_lead_answers(cast.handler, ticket)
    owed.check_lead_answers(cast.operator, ticket)


def test_a_helper_s_contact_is_logged_as_such(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    helped(cast, ticket)
    for person in (cast.outsider, cast.handler):
        contact.record(
            ticket=ticket, means=contact.Means.PHONE, is_reached=True, note="约时间", by=person,
            at=cast.at + 8 * STEP,
        )  # fmt: skip
    said = Event.objects.filter(ticket=ticket, code="contacted").order_by("id")
    assert [event.facts.get("helping_unit_id") for event in said] == [cast.other_unit.pk, None]


def test_the_lead_waits_for_its_helpers_or_says_why_not(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    task = helped(cast, ticket)
    with pytest.raises(ending.CoTasksOpen):
        reported(cast, ticket)
    reported(cast, ticket, unfinished_reason="对方部分不影响送电")
    event = Event.objects.filter(ticket=ticket, code="done").latest("id")
    assert event.facts["unfinished"] == [task.pk]
    assert event.facts["unfinished_reason"] == "对方部分不影响送电"


def test_the_lead_reports_done_once_its_helpers_have(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    task = helped(cast, ticket)
    tasks.finish(task=task, result="线路正常", by=cast.outsider, at=cast.at + 8 * STEP)
    assert reported(cast, ticket).state == State.DONE_PENDING_REVIEW


def test_a_part_that_is_late_is_recorded_and_both_sides_hear(cast: Cast) -> None:
    task = helped(cast)
    task_firing.fire_due(by=None, at=task.due_at)
    assert Task.objects.get(pk=task.pk).missed_at == task.due_at
    told = set(Notice.objects.filter(code="task_missed").values_list("staff", flat=True))
    assert {cast.leader.pk, cast.operator.pk} <= told


def test_the_lead_unit_s_leader_takes_a_request_back_and_no_helper_does(cast: Cast) -> None:
    task = helped(cast)
    for person in (cast.outsider, cast.handler):
        with pytest.raises((tasks.OwnDebt, permissions.NotYours)):
            tasks.drop(task=task, reason="不需要", by=person, at=cast.at + 8 * STEP)
    dropped = tasks.drop(task=task, reason="不需要", by=cast.leader, at=cast.at + 8 * STEP)
    assert not dropped.is_open


def test_a_merged_ticket_asks_for_help_through_the_other(cast: Cast) -> None:
    parent, child = (a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS) for _ in range(2))
    merging.merge(
        child=child, parent=parent, reason="同一故障", by=cast.dispatcher, at=cast.at + 5 * STEP
    )
    with pytest.raises(co_handling.NobodyLeads):
        helped(cast, child)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_the_same_unit_at_once_ask_once(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    outcomes: list[str] = []
    start = Barrier(2)

    def ask(who: str) -> None:
        start.wait(10)
        try:
            helped(cast, ticket, by=getattr(cast, who))
            outcomes.append("asked")
        except co_handling.HelpsAlready:
            outcomes.append("helps already")
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(who,)) for who in ("leader", "dispatcher")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["asked", "helps already"]
