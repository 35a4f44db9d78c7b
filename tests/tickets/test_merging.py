"""Merging tickets about one matter, undoing it, and answering each merged one."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers import registration
from customers.models import Customer
from notifications.models import Notice
from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tests.cast import Cast, assemble
from tests.factories.tickets import STEP, a_ticket
from tests.fixtures import MONDAY
from tests.tickets.test_escalation import fire, make_due
from tickets import (
    contact,
    dispatching,
    family,
    lifecycle,
    merging,
    permissions,
    supervision,
    telling,
)
from tickets.kinds import Kind, Priority
from tickets.models import Clock, Event, Holding, Ticket
from tickets.states import State
from tickets.transition import ChangedMeanwhile, ChildrenWait

WHY = "同一次停电"


def another_customer(cast: Cast, number: int = 2) -> Customer:
    return registration.register(
        name=f"王邻居{number}", phone=f"1380000{number:04}", email="", by=None, at=cast.at
    )


def a_fault(cast: Cast, *, state: State = State.IN_PROGRESS, **changes: Any) -> Ticket:
    changes.setdefault("customer", another_customer(cast, Ticket.objects.count() + 2))
    return a_ticket(cast, kind=Kind.FAULT, state=state, **changes)


def merged(cast: Cast, child: Ticket, parent: Ticket, **changes: Any) -> Ticket:
    asked: dict[str, Any] = {"reason": WHY, "by": cast.dispatcher, "at": cast.at + 9 * STEP}
    return merging.merge(child=child, parent=parent, **asked | changes)


def done(cast: Cast, parent: Ticket) -> Ticket:
    return lifecycle.report_done(
        ticket=parent, result="换了熔丝，已恢复供电", is_customer_told=True, by=cast.handler,
        at=cast.at + 12 * STEP,
    )  # fmt: skip


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_merged_ticket_is_with_whoever_has_the_other(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=State.NEW)
    merged(cast, child, parent)
    child = fresh(child)
    assert (child.state, child.state_before_merge) == (State.MERGED, State.NEW)
    assert child.merged_into == parent
    assert (child.lead_unit, child.lead_handler) == (cast.unit, cast.handler)
    assert child.is_open
    event = Event.objects.filter(ticket=child).latest("id")
    assert (event.code, event.facts["into"], event.by_id) == (
        "merged",
        parent.number,
        cast.dispatcher.pk,
    )
    taken = Event.objects.filter(ticket=parent).latest("id")
    assert (taken.code, taken.facts["child"]) == ("child_taken", child.number)
    assert list(family.children_of(parent)) == [child]
    told = Notice.objects.filter(code="child_merged").values_list("staff", flat=True)
    assert list(told) == [cast.handler.pk]


def test_its_customer_s_clocks_run_on_and_only_sending_it_is_over(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=State.NEW)
    before = {c.name: c.due_at for c in Clock.objects.filter(ticket=child, measure="max")}
    merged(cast, child, parent)
    after = {c.name: c for c in Clock.objects.filter(ticket=child, measure="max")}
    assert {name: clock.due_at for name, clock in after.items()} == before
    running = {name for name, clock in after.items() if clock.stopped_at is None}
    assert running == set(before) - {"dispatch"}
    assert fresh(child).next_due_at is not None


def test_nobody_s_clock_is_shared(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast, at=cast.at + 3 * STEP)
    merged(cast, child, parent)
    done(cast, parent)
    reply = {c.ticket_id: c for c in Clock.objects.filter(name="restore", measure="max")}
    assert reply[parent.pk].stopped_at is not None
    assert reply[child.pk].stopped_at is None
    assert reply[child.pk].due_at - reply[parent.pk].due_at == 3 * STEP


def test_holdings_abut_through_merge_and_undoing(cast: Cast) -> None:
    parent, child = a_fault(cast, state=State.DISPATCHED), a_fault(cast)
    merged(cast, child, parent)
    dispatching.accept(ticket=parent, by=cast.handler, at=cast.at + 10 * STEP)
    merging.unmerge(child=child, reason="不是一回事", by=cast.supervisor, at=cast.at + 11 * STEP)
    held = list(Holding.objects.filter(ticket=child).order_by("from_at", "id"))
    assert [one.state for one in held][-1] == State.IN_PROGRESS
    assert all(a.to_at == b.from_at for a, b in zip(held, held[1:], strict=False))
    assert held[-1].to_at is None
    assert (held[0].from_at, State.MERGED in {one.state for one in held}) == (
        child.received_at,
        True,
    )


@pytest.mark.parametrize("state", [State.NEW, State.DISPATCHED, State.IN_PROGRESS])
def test_undoing_leads_back_to_where_it_was(cast: Cast, state: State) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=state)
    before = (child.state, child.lead_unit_id, child.lead_handler_id)
    merged(cast, child, parent)
    merging.unmerge(child=child, reason="不是一回事", by=cast.supervisor, at=cast.at + 11 * STEP)
    child = fresh(child)
    assert (child.state, child.lead_unit_id, child.lead_handler_id) == before
    assert (child.merged_into, child.state_before_merge) == (None, "")
    codes = list(Event.objects.filter(ticket=parent).values_list("code", flat=True))
    assert "unmerged" in codes
    running = Clock.objects.filter(ticket=child, stopped_at=None).values_list("name", flat=True)
    waits_for = {State.NEW: "dispatch", State.DISPATCHED: "sign"}.get(state)
    assert waits_for is None or waits_for in running
    assert "dispatch" not in set(running) - {waits_for}


def test_undoing_after_its_unit_was_closed_leads_to_the_dispatchers(cast: Cast) -> None:
    parent = a_fault(cast)
    child = a_fault(cast)
    merged(cast, child, parent)
    cast.unit.is_active = False
    cast.unit.save()
    merging.unmerge(child=child, reason="不是一回事", by=cast.supervisor, at=cast.at + 11 * STEP)
    assert (fresh(child).state, fresh(child).lead_unit) == (State.NEW, None)


def test_it_goes_along_when_the_other_changes_hands(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=State.NEW)
    merged(cast, child, parent)
    dispatching.reassign(
        ticket=parent, to=cast.field_worker, reason="值班", by=cast.leader, at=cast.at + 10 * STEP
    )
    assert fresh(child).lead_handler == cast.field_worker
    event = Event.objects.filter(ticket=child).latest("id")
    assert (event.code, event.facts["staff_id"]) == ("followed", cast.field_worker.pk)


def test_the_crew_arrives_for_all_of_them(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=State.NEW)
    merged(cast, child, parent)
    contact.arrive(ticket=parent, arrived_at=None, by=cast.handler, at=cast.at + 10 * STEP)
    event = Event.objects.filter(ticket=child).latest("id")
    assert (event.code, event.facts["with"]) == ("arrived", parent.number)
    assert not Clock.objects.filter(ticket=child, name="arrive", stopped_at=None).exists()


def test_each_is_answered_by_itself_and_goes_its_own_way(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    merged(cast, child, parent)
    with pytest.raises(merging.ParentNotDone):
        answered(cast, child)
    done(cast, parent)
    assert fresh(child).state == State.MERGED, "never silently"
    answered(cast, child)
    child = fresh(child)
    assert (child.state, child.outcome, child.reviewer) == (State.DONE_PENDING_REVIEW, "done", None)
    assert child.replied_at is None
    assert child.no_reply_reason == "三次未接"
    with pytest.raises(permissions.OwnWork):
        lifecycle.approve(ticket=child, by=reviewer_of(cast), at=cast.at + 14 * STEP)
    child = lifecycle.approve(ticket=child, by=cast.reviewer, at=cast.at + 14 * STEP)
    assert child.state == State.CALLBACK
    assert fresh(parent).state == State.DONE_PENDING_REVIEW
    telling.confirm(
        ticket=child, means=contact.Means.PHONE, by=cast.operator, at=cast.at + 14 * STEP
    )
    closed = lifecycle.close(
        ticket=child, reason="answered", by=cast.callback_agent, at=cast.at + 15 * STEP
    )
    assert closed.state == State.CLOSED


def answered(cast: Cast, child: Ticket, **changes: Any) -> Ticket:
    asked: dict[str, Any] = {
        "result": "已恢复供电",
        "is_customer_told": False,
        "no_reply_reason": "三次未接",
        "by": cast.handler,
        "at": cast.at + 13 * STEP,
    }
    return merging.answer(child=child, **asked | changes)


def reviewer_of(cast: Cast) -> Staff:
    cast.liaison.roles = [*cast.liaison.roles, "quality_reviewer"]
    cast.liaison.save()
    return Staff.objects.select_related("unit").get(pk=cast.liaison.pk)


def test_an_answer_says_something_and_comes_from_the_lead_unit(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    merged(cast, child, parent)
    done(cast, parent)
    for said in ({"result": " "}, {"no_reply_reason": " "}):
        with pytest.raises(merging.NothingSaid):
            answered(cast, child, **said)
    with pytest.raises(permissions.NotYours):
        answered(cast, child, by=cast.outsider)
    answered(cast, child)
    with pytest.raises(permissions.NotAllowedNow):
        answered(cast, child)


def test_one_never_answered_keeps_escalating_to_the_lead_unit(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=State.NEW)
    merged(cast, child, parent)
    done(cast, parent)
    row = make_due(child, clock="restore")
    assert fire(row.due_at) == 1
    told = set(Notice.objects.filter(code="overdue").values_list("staff", flat=True))
    assert {cast.handler.pk, cast.leader.pk} <= told


def test_what_its_customer_asks_and_hears_reaches_the_lead_handler(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast, state=State.NEW)
    merged(cast, child, parent)
    supervision.urge(ticket=child, note="还没电", by=cast.clerk, at=cast.at + 10 * STEP)
    contact.record(
        ticket=child, means=contact.Means.PHONE, is_reached=True, note="已说明", by=cast.clerk,
        at=cast.at + 11 * STEP,
    )  # fmt: skip
    told = dict(Notice.objects.filter(staff=cast.handler).values_list("code", "subject"))
    assert (told["urged"], told["child_contacted"]) == (child.number, child.number)


def test_what_is_merged_moves_along_and_stays_one_level_deep(cast: Cast) -> None:
    grandchild, child, parent = (a_fault(cast) for _ in range(3))
    merged(cast, grandchild, child)
    merged(cast, child, parent, at=cast.at + 10 * STEP)
    assert fresh(grandchild).merged_into == parent
    assert fresh(grandchild).state_before_merge == State.IN_PROGRESS
    latest = Event.objects.filter(ticket=grandchild).latest("id")
    assert (latest.code, latest.facts["along_with"]) == ("merged", child.number)
    with pytest.raises(merging.IsMergedItself):
        merged(cast, a_fault(cast), child, at=cast.at + 11 * STEP)
    merging.unmerge(child=grandchild, reason="不同", by=cast.dispatcher, at=cast.at + 12 * STEP)
    assert fresh(grandchild).lead_handler == cast.handler


def test_it_refuses_what_is_not_one_matter(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    for reason in ("", "  "):
        with pytest.raises(merging.WhyMerge):
            merged(cast, child, parent, reason=reason)
    with pytest.raises(merging.ItsOwnParent):
        merged(cast, parent, parent)
    elsewhere = a_fault(cast, premises=None, territory=cast.other_territory)
    with pytest.raises(merging.NotOneMatter):
        merged(cast, elsewhere, parent)
    old = a_fault(cast, at=cast.at - timedelta(days=15))
    with pytest.raises(merging.NotOneMatter):
        merged(cast, old, parent)
    ended = a_fault(cast, state=State.CLOSED)
    with pytest.raises(merging.NotThere):
        merged(cast, child, ended)
    merged(cast, child, parent)
    with pytest.raises(merging.MergedAlready):
        merged(cast, child, parent)


def test_safety_and_confidential_matters_stand_alone(cast: Cast) -> None:
    parent = a_fault(cast)
    danger = a_fault(cast, priority=Priority.EMERGENCY)
    for child, into in ((danger, parent), (parent, danger)):
        with pytest.raises(merging.StandsAlone):
            merged(cast, child, into)
    reports = [a_ticket(cast, kind=Kind.REPORT) for _ in range(2)]
    with pytest.raises(merging.StandsAlone):
        merged(cast, reports[0], reports[1], by=cast.supervisor)


def test_a_complaint_never_disappears_in_a_fault(cast: Cast) -> None:
    fault = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    complaint = a_ticket(cast, kind=Kind.COMPLAINT, state=State.IN_PROGRESS)
    for child, into in ((complaint, fault), (fault, complaint)):
        with pytest.raises(merging.ComplaintApart):
            merged(cast, child, into)


@pytest.mark.parametrize("who", ["handler", "outsider", "reviewer", "callback_agent", "executive"])
def test_whose_office_it_is_not_may_not_undo(cast: Cast, who: str) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    merged(cast, child, parent)
    if who != "executive":
        with pytest.raises(permissions.NotYours):
            merging.unmerge(child=child, reason="x", by=getattr(cast, who), at=cast.at + 10 * STEP)
    if who in ("handler", "outsider"):
        with pytest.raises(permissions.NotYours):
            merged(cast, parent, a_fault(cast), by=getattr(cast, who))


def test_a_ticket_others_are_merged_into_is_not_cancelled(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    merged(cast, child, parent)
    with pytest.raises(ChildrenWait):
        lifecycle.cancel(ticket=parent, reason="录重", by=cast.supervisor, at=cast.at + 10 * STEP)
    assert fresh(parent).state == State.IN_PROGRESS


def test_the_same_form_sent_twice_merges_once(cast: Cast) -> None:
    parent, child = a_fault(cast), a_fault(cast)
    merged(cast, child, parent, version=child.version)
    with pytest.raises((ChangedMeanwhile, merging.MergedAlready)):
        merged(cast, child, parent, version=child.version)
    assert Event.objects.filter(code="child_taken").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_that_cross_one_goes_through(cast: Cast) -> None:
    one, other = a_fault(cast), a_fault(cast)
    outcomes: list[str] = []
    start = Barrier(2)

    def merge(child: Ticket, parent: Ticket) -> None:
        start.wait(10)
        try:
            merged(cast, child, parent)
            outcomes.append("merged")
        except DeskError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=merge, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["IsMergedItself", "merged"]
    assert Ticket.objects.filter(state=State.MERGED).count() == 1


class TestTrees(TestCase):
    """Whatever is merged and undone in whatever order, no merge leads back to itself."""

    @settings(max_examples=25)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["merge", "undo", "done", "answer", "reject"]),
                      st.integers(0, 4), st.integers(0, 4)),
            max_size=14,
        )
    )  # fmt: skip
    def test_a_tree_is_one_level_deep_and_loses_nobody(
        self, acts: list[tuple[str, int, int]]
    ) -> None:
        cast = assemble(MONDAY)
        tickets = [a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS) for _ in range(5)]
        at = cast.at + 9 * STEP
        for name, one, other in acts:
            at += STEP
            try:
                _do(cast, name, fresh(tickets[one]), fresh(tickets[other]), at)
            except DeskError:
                continue
            _check([fresh(ticket) for ticket in tickets])


def _do(cast: Cast, name: str, one: Ticket, other: Ticket, at: Any) -> None:
    if name == "merge":
        merged(cast, one, other, at=at)
    elif name == "undo":
        merging.unmerge(child=one, reason="不同", by=cast.dispatcher, at=at)
    elif name == "done":
        lifecycle.report_done(
            ticket=one, result="好了", is_customer_told=True, by=cast.handler, at=at
        )
    elif name == "answer":
        answered(cast, one, at=at)
    else:
        lifecycle.reject(ticket=one, reason="不清楚", by=cast.reviewer, at=at)


def _check(tickets: list[Ticket]) -> None:
    by_id = {ticket.pk: ticket for ticket in tickets}
    for ticket in tickets:
        seen, above = {ticket.pk}, ticket.merged_into_id
        while above is not None:
            assert above not in seen, "a merge leads back to itself"
            seen.add(above)
            above = by_id[above].merged_into_id
        if ticket.state == State.MERGED:
            parent = by_id[ticket.merged_into_id]
            assert parent.state != State.MERGED
            assert ticket.lead_handler_id == parent.lead_handler_id
            assert ticket.state_before_merge
        open_ones = Holding.objects.filter(ticket=ticket, to_at=None).count()
        assert open_ones == 1
