"""What is not ours to do, and what cannot be granted, ends with an answer all the same."""

from datetime import datetime, timedelta

import pytest

from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import (
    co_handling,
    ending,
    lifecycle,
    permissions,
    referring,
    refusal_wording,
    refusing,
    transition,
)
from tickets.kinds import Kind, Outcome
from tickets.models import Clock, Event, Referral, Task, Ticket
from tickets.states import State

TOLD = ending.Told("路灯不归我公司，已转城管局，由其抢修。", is_customer_told=True)


def handed(at: datetime, **changes: object) -> referring.Handed:
    said: dict[str, object] = {
        "body": "城市管理局", "contact": "12345", "their_number": "CG-2026-0310",
        "taken_over_by": "值班员王工", "taken_over_at": at,
    }  # fmt: skip
    return referring.Handed(**said | changes)  # type: ignore[arg-type]


def test_a_referral_says_who_took_it_over_and_goes_through_review(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    done = referring.refer(ticket=ticket, handed=handed(at), told=TOLD, by=cast.handler, at=at)
    assert (done.state, done.outcome) == (State.DONE_PENDING_REVIEW, Outcome.REFERRED)
    row = Referral.objects.get(ticket=ticket)
    assert (row.body, row.their_number, row.taken_over_at) == ("城市管理局", "CG-2026-0310", at)
    event = Event.objects.filter(ticket=ticket).latest("id")
    assert event.code == "referred"
    assert event.facts["taken_over_by"] == "值班员王工"
    done = lifecycle.approve(ticket=done, by=cast.reviewer, at=at + STEP)
    assert done.state == State.CALLBACK


@pytest.mark.parametrize(
    "missing", ["body", "contact", "their_number", "taken_over_by", "taken_over_at"]
)
def test_not_ours_alone_is_refused(cast: Cast, missing: str) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    said = handed(at, **{missing: None if missing == "taken_over_at" else "  "})
    with pytest.raises(referring.NotOursIsNoAnswer) as refusal:
        referring.refer(ticket=ticket, handed=said, told=TOLD, by=cast.handler, at=at)
    assert refusal.value.field == missing
    assert Ticket.objects.get(pk=ticket.pk).state == State.IN_PROGRESS
    assert not Referral.objects.exists()


def test_nobody_takes_over_tomorrow_what_is_referred_today(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    with pytest.raises(referring.NotTakenOverYet):
        referring.refer(
            ticket=ticket, handed=handed(at + STEP), told=TOLD, by=cast.handler, at=at
        )


def test_the_customer_is_told_of_a_referral_or_it_is_said_why_not(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    silent = ending.Told("Handed on", is_customer_told=False)
    with pytest.raises(ending.NothingTold):
        referring.refer(ticket=ticket, handed=handed(at), told=silent, by=cast.handler, at=at)
    said = ending.Told("Handed on", is_customer_told=False, no_reply_reason="Number is dead")
    done = referring.refer(ticket=ticket, handed=handed(at), told=said, by=cast.handler, at=at)
    assert (done.replied_at, done.no_reply_reason) == (None, "Number is dead")


def test_a_referral_stops_the_promise_to_the_customer_as_finished_work_does(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    referring.refer(ticket=ticket, handed=handed(at), told=TOLD, by=cast.handler, at=at)
    reply = Clock.objects.get(ticket=ticket, name="reply", measure="max")
    assert reply.stopped_at == at
    done = Ticket.objects.get(pk=ticket.pk)
    lifecycle.reject(ticket=done, reason="Not theirs", by=cast.reviewer, at=at + STEP)
    reply.refresh_from_db()
    assert reply.stopped_at is None, "sent back, the promise runs on"


def test_the_promise_to_check_with_them_is_a_task_of_who_made_it(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    referring.refer(
        ticket=ticket, handed=handed(at), told=TOLD, check_at=at + timedelta(days=3),
        by=cast.handler, at=at,
    )  # fmt: skip
    task = Task.objects.get(ticket=ticket)
    assert (task.kind, task.staff, task.due_at) == (
        "follow_up", cast.handler, at + timedelta(days=3)
    )  # fmt: skip
    assert "CG-2026-0310" in task.text


def test_the_front_desk_refers_at_once_what_was_never_dispatched(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.NEW)
    at = cast.at + STEP
    done = referring.refer(ticket=ticket, handed=handed(at), told=TOLD, by=cast.operator, at=at)
    assert (done.lead_unit, done.lead_handler) == (cast.centre, cast.operator)
    with pytest.raises(permissions.OwnWork):
        lifecycle.close(ticket=_at_callback(done, cast), reason="x", by=_caller_of(cast), at=at)


def _at_callback(ticket: Ticket, cast: Cast) -> Ticket:
    return lifecycle.approve(ticket=ticket, by=cast.reviewer, at=cast.at + 2 * STEP)


def _caller_of(cast: Cast):  # type: ignore[no-untyped-def]
    cast.callback_agent.unit = cast.centre
    cast.callback_agent.save()
    return cast.callback_agent


@pytest.mark.parametrize("who", ["outsider", "clerk", "callback_agent", "reviewer"])
def test_only_the_unit_that_holds_it_refers_it(cast: Cast, who: str) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    with pytest.raises(permissions.NotYours):
        referring.refer(
            ticket=ticket, handed=handed(at), told=TOLD, by=getattr(cast, who), at=at
        )


def test_the_same_referral_sent_twice_is_refused(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 5 * STEP
    sent = {"handed": handed(at), "told": TOLD, "by": cast.handler, "at": at}
    referring.refer(ticket=ticket, version=ticket.version, **sent)
    with pytest.raises((transition.ChangedMeanwhile, permissions.NotAllowedNow)):
        referring.refer(ticket=ticket, version=ticket.version, **sent)
    assert Referral.objects.count() == 1


def test_a_refusal_tells_reason_and_basis_in_the_customers_language(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.REQUEST)
    done = refusing.refuse(
        ticket=ticket, reason="该费用已于3月1日退还", basis="《供电营业规则》第八十条",
        is_customer_told=True, by=cast.handler, at=cast.at + 5 * STEP,
    )  # fmt: skip
    assert (done.state, done.outcome) == (State.DONE_PENDING_REVIEW, Outcome.REFUSED)
    assert "该费用已于3月1日退还。" in done.result
    assert "《供电营业规则》第八十条。" in done.result
    assert "不予办理" in done.result, "Chinese, as the customer speaks it"
    english = refusal_wording.reply("en", "It was paid back", "Clause 80")
    assert english.startswith("We cannot do what you asked. Reason: It was paid back. Basis:")


@pytest.mark.parametrize("missing", ["reason", "basis"])
def test_a_bare_refusal_is_refused(cast: Cast, missing: str) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.REQUEST)
    said = {"reason": "It was paid back", "basis": "Clause 80"} | {missing: " "}
    with pytest.raises(refusing.NoBareRefusal) as refusal:
        refusing.refuse(
            ticket=ticket, is_customer_told=True, by=cast.handler, at=cast.at + 5 * STEP, **said
        )
    assert refusal.value.field == missing
    assert Ticket.objects.get(pk=ticket.pk).outcome == ""


def test_a_refusal_is_looked_at_by_a_reviewer_from_outside(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.REQUEST)
    done = refusing.refuse(
        ticket=ticket, reason="Paid back", basis="Clause 80", is_customer_told=True,
        by=cast.handler, at=cast.at + 5 * STEP,
    )  # fmt: skip
    cast.reviewer.unit = cast.unit
    cast.reviewer.save()
    with pytest.raises(permissions.OwnWork):
        lifecycle.approve(ticket=done, by=cast.reviewer, at=cast.at + 6 * STEP)


@pytest.mark.parametrize("end", ["refer", "refuse"])
def test_while_another_unit_owes_its_part_it_is_said_why_nobody_waits(cast: Cast, end: str) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + 7 * STEP
    task = co_handling.invite(
        ticket=ticket, unit=cast.other_unit, text="请配合查线路", due_at=at + timedelta(days=1),
        by=cast.leader, at=at - STEP,
    )  # fmt: skip

    def ended(**said: str) -> Ticket:
        if end == "refer":
            return referring.refer(
                ticket=ticket, handed=handed(at), told=TOLD, by=cast.handler, at=at, **said
            )
        return refusing.refuse(
            ticket=ticket, reason="不具备条件", basis="规则", is_customer_told=True,
            by=cast.handler, at=at, **said,
        )  # fmt: skip

    with pytest.raises(ending.CoTasksOpen):
        ended()
    assert Ticket.objects.get(pk=ticket.pk).state == State.IN_PROGRESS
    assert ended(unfinished_reason="不归我方").state == State.DONE_PENDING_REVIEW
    facts = Event.objects.filter(ticket=ticket).latest("id").facts
    assert (facts["unfinished"], facts["unfinished_reason"]) == ([task.pk], "不归我方")
