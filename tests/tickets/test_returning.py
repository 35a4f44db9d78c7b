"""A unit gives a ticket back, the dispatcher sends it on, and the second time somebody rules."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from notifications.models import Notice
from organisation.models import Staff
from organisation.roles import Role
from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import (
    adjudication,
    allotment,
    approvals,
    dispatching,
    giving_back,
    lifecycle,
    permissions,
    returning,
)
from tickets.kinds import Kind
from tickets.models import Approval, Clock, Event, Holding, Ticket
from tickets.states import Happening, State

WHY = "This street belongs to the West station."


def ask_back(cast: Cast, ticket: Ticket, by: Staff | None = None) -> Approval:
    wanted = approvals.Wanted(
        "return", WHY, reason_code="other_area", proposed_unit=cast.other_unit
    )
    at = ticket.latest_event_at + STEP
    return approvals.ask(ticket=ticket, wanted=wanted, by=by or cast.handler, at=at)


def give_back(cast: Cast, ticket: Ticket, **changes: object) -> Ticket:
    fields: dict[str, object] = {
        "reason_code": "other_area", "reason": WHY, "proposed": cast.other_unit,
        "by": cast.leader, "at": ticket.latest_event_at + STEP,
    }  # fmt: skip
    return returning.give_back(ticket=ticket, **fields | changes)  # type: ignore[arg-type]


def lead_west(cast: Cast) -> Staff:
    """The outsider as leader of the other unit."""
    cast.outsider.roles = [Role.UNIT_LEADER]
    cast.outsider.save()
    cast.other_unit.leader = cast.outsider
    cast.other_unit.save()
    return Staff.objects.select_related("unit").get(pk=cast.outsider.pk)


def thrown_twice(cast: Cast) -> Ticket:
    """East gives it back, the dispatcher sends it to West, West gives it back."""
    west = lead_west(cast)
    ticket = give_back(cast, a_ticket(cast, state=State.DISPATCHED))
    ticket = dispatching.dispatch(
        ticket=ticket, to=cast.other_unit, by=cast.dispatcher, at=ticket.latest_event_at + STEP
    )
    return give_back(cast, ticket, proposed=cast.unit, by=west)


def test_a_handler_asks_and_the_leader_gives_it_back(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_back(cast, ticket)
    assert asked.asked_of == cast.leader
    back = approvals.grant(approval=asked, by=cast.leader, at=asked.asked_at + STEP)
    assert (back.state, back.lead_unit, back.lead_handler) == (State.NEW, None, None)
    assert (back.return_count, back.needs_adjudication) == (1, False)
    event = Event.objects.get(ticket=ticket, code=Happening.RETURNED)
    assert event.facts["unit_id"] == cast.unit.pk
    assert event.facts["proposed_unit_id"] == cast.other_unit.pk
    assert (event.facts["reason_code"], event.facts["reason"]) == ("other_area", WHY)
    assert (event.facts["count"], event.facts["asked_by_id"]) == (1, cast.handler.pk)
    told = Notice.objects.filter(code="returned", subject=ticket.number)
    assert set(told.values_list("staff", flat=True)) == {cast.operator.pk, cast.dispatcher.pk}


def test_nobody_grants_their_own_request(cast: Cast) -> None:
    asked = ask_back(cast, a_ticket(cast, state=State.IN_PROGRESS), by=cast.leader)
    with pytest.raises(approvals.OwnRequest):
        approvals.grant(approval=asked, by=cast.leader, at=asked.asked_at + STEP)
    with pytest.raises(approvals.OwnRequest):
        approvals.refuse(approval=asked, note="No", by=cast.leader, at=asked.asked_at + STEP)
    assert Ticket.objects.get(pk=asked.ticket_id).state == State.IN_PROGRESS


def test_the_clocks_of_the_customer_run_on_as_if_nothing_had_happened(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    public = Clock.objects.filter(ticket=ticket, limit__is_internal=False)
    before = sorted(public.values_list("name", "started_at", "due_at", "stopped_at"))
    back = give_back(cast, ticket)
    dispatching.dispatch(
        ticket=back, to=cast.other_unit, by=cast.dispatcher, at=back.latest_event_at + STEP
    )
    assert before == sorted(public.all().values_list("name", "started_at", "due_at", "stopped_at"))


def test_each_unit_has_its_own_time_to_sign_and_each_wait_its_own_to_dispatch(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    back = give_back(cast, ticket)
    sign = Clock.objects.get(ticket=ticket, name="sign")
    dispatch = Clock.objects.get(ticket=ticket, name="dispatch")
    assert sign.stopped_at == back.latest_event_at
    assert (dispatch.started_at, dispatch.stopped_at) == (back.latest_event_at, None)
    sent = dispatching.dispatch(
        ticket=back, to=cast.other_unit, by=cast.dispatcher, at=back.latest_event_at + STEP
    )
    sign.refresh_from_db()
    assert (sign.started_at, sign.stopped_at) == (sent.latest_event_at, None)
    assert sign.missed_at is None


def test_the_window_for_returning_ends(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for act in (give_back, lambda c, t, **more: ask_back(c, t)):
        Ticket.objects.filter(pk=ticket.pk).update(
            latest_event_at=cast.at + timedelta(days=2)
        )
        ticket.refresh_from_db()
        with pytest.raises(giving_back.TooLateToReturn):
            act(cast, ticket)
    fault = a_ticket(cast, state=State.DISPATCHED, kind=Kind.FAULT)
    with pytest.raises(giving_back.TooLateToReturn):
        give_back(cast, fault, at=fault.latest_event_at + timedelta(hours=2, seconds=1))


def test_a_return_proposes_another_unit_that_handles_work(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    with pytest.raises(giving_back.ProposesItself):
        give_back(cast, ticket, proposed=cast.unit)
    with pytest.raises(allotment.NotAHandlingUnit):
        give_back(cast, ticket, proposed=cast.quality)
    with pytest.raises(lifecycle.ReasonMissing):
        give_back(cast, ticket, reason=" ")


def test_only_the_unit_returns_and_only_what_it_holds(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    for person in (cast.handler, cast.dispatcher, cast.supervisor, cast.outsider):
        with pytest.raises(permissions.NotYours):
            give_back(cast, ticket, by=person)
    with pytest.raises(permissions.NotYours):
        give_back(cast, ticket, by=lead_west(cast))
    with pytest.raises(permissions.NotYours):
        ask_back(cast, ticket, by=cast.outsider)
    done = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    with pytest.raises(permissions.NotAllowedNow):
        give_back(cast, done)


def test_the_same_is_not_asked_for_twice_nor_decided_twice(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_back(cast, ticket)
    with pytest.raises(approvals.AlreadyAsked):
        ask_back(cast, ticket, by=cast.field_worker)
    later = asked.asked_at + STEP
    with pytest.raises(lifecycle.ReasonMissing):
        approvals.refuse(approval=asked, note="", by=cast.leader, at=later)
    kept = approvals.refuse(approval=asked, note="It is ours.", by=cast.leader, at=later)
    assert (kept.state, kept.return_count) == (State.IN_PROGRESS, 0)
    assert Notice.objects.filter(code="request_refused", staff=cast.handler).count() == 1
    with pytest.raises(approvals.AlreadyDecided):
        approvals.grant(approval=asked, by=cast.liaison, at=later)


def test_an_outsider_decides_nothing(cast: Cast) -> None:
    asked = ask_back(cast, a_ticket(cast, state=State.IN_PROGRESS))
    west = lead_west(cast)
    for decide in (approvals.grant, approvals.refuse):
        with pytest.raises(permissions.NotYours):
            decide(approval=asked, note="No", by=west, at=asked.asked_at + STEP)
    asked.refresh_from_db()
    assert asked.is_open


def test_what_moves_on_leaves_its_requests_behind(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_back(cast, ticket)
    dispatching.transfer(
        ticket=ticket, to=cast.other_unit, reason="Plainly theirs.", by=cast.dispatcher,
        at=asked.asked_at + STEP,
    )  # fmt: skip
    asked.refresh_from_db()
    assert (asked.is_open, asked.is_granted, asked.decided_by) == (False, False, None)


def test_the_second_return_waits_for_a_ruling(cast: Cast) -> None:
    ticket = thrown_twice(cast)
    assert (ticket.state, ticket.return_count, ticket.needs_adjudication) == (State.NEW, 2, True)
    later = ticket.latest_event_at + STEP
    for person in (cast.dispatcher, cast.supervisor):
        with pytest.raises(permissions.AwaitsRuling):
            dispatching.dispatch(ticket=ticket, to=cast.unit, by=person, at=later)
    with pytest.raises(permissions.AwaitsRuling):
        dispatching.dispatch(ticket=ticket, to=cast.unit, by=None, at=later)
    assert Notice.objects.filter(code="returned", staff=cast.operator).count() == 2


def test_the_ruling_binds(cast: Cast) -> None:
    ticket = thrown_twice(cast)
    later = ticket.latest_event_at + STEP
    ruled = adjudication.adjudicate(
        ticket=ticket, to=cast.unit, basis="Territory table 2026, line 4", reason="East side.",
        by=cast.supervisor, at=later,
    )  # fmt: skip
    assert (ruled.state, ruled.lead_unit) == (State.DISPATCHED, cast.unit)
    assert (ruled.needs_adjudication, ruled.is_adjudicated) == (False, True)
    event = Event.objects.get(ticket=ticket, code=Happening.ADJUDICATED)
    assert event.facts["unit_id"] == cast.unit.pk
    assert event.facts["basis"] == "Territory table 2026, line 4"
    assert event.facts["reason"] == "East side."
    told = set(Notice.objects.filter(code="adjudicated").values_list("staff", flat=True))
    assert told == {cast.operator.pk, cast.leader.pk, cast.outsider.pk}
    for act in (give_back, lambda c, t: ask_back(c, t)):
        with pytest.raises(permissions.Ruled):
            act(cast, ruled)
    with pytest.raises(permissions.Ruled):
        dispatching.transfer(
            ticket=ruled, to=cast.other_unit, reason="Yet", by=cast.dispatcher, at=later + STEP
        )


def test_who_rules_is_of_neither_side_and_cites_a_basis(cast: Cast) -> None:
    ticket = thrown_twice(cast)
    fields = {"ticket": ticket, "to": cast.unit, "reason": "East", "at": ticket.latest_event_at}
    with pytest.raises(permissions.NotYours):
        adjudication.adjudicate(basis="x", by=cast.dispatcher, **fields)  # type: ignore[arg-type]
    with pytest.raises(lifecycle.ReasonMissing):
        adjudication.adjudicate(basis="", by=cast.supervisor, **fields)  # type: ignore[arg-type]
    cast.supervisor.unit = cast.unit
    cast.supervisor.save()
    with pytest.raises(adjudication.Party):
        adjudication.adjudicate(basis="x", by=cast.supervisor, **fields)  # type: ignore[arg-type]
    fresh = a_ticket(cast)
    with pytest.raises(permissions.NotAllowedNow):
        adjudication.adjudicate(
            ticket=fresh, to=cast.unit, basis="x", reason="x", by=cast.executive, at=cast.at + STEP
        )


def test_who_leads_dispatching_may_rule(cast: Cast) -> None:
    ticket = thrown_twice(cast)
    cast.centre.leader = cast.dispatcher
    cast.centre.save()
    lead = Staff.objects.select_related("unit").get(pk=cast.dispatcher.pk)
    ruled = adjudication.adjudicate(
        ticket=ticket, to=cast.other_unit, basis="x", reason="x", by=lead,
        at=ticket.latest_event_at + STEP,
    )  # fmt: skip
    assert ruled.is_adjudicated


def test_whoever_logged_it_does_not_send_a_returned_ticket_on(cast: Cast) -> None:
    ticket = give_back(cast, a_ticket(cast, state=State.DISPATCHED))
    with pytest.raises(permissions.NotYours):
        dispatching.dispatch(
            ticket=ticket, to=cast.unit, by=cast.operator, at=ticket.latest_event_at + STEP
        )


def test_units_cannot_throw_tickets_at_each_other(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    later = ticket.latest_event_at + STEP
    for person in (cast.leader, cast.handler, cast.liaison, cast.operator):
        with pytest.raises(permissions.NotYours):
            dispatching.transfer(
                ticket=ticket, to=cast.other_unit, reason="Yours", by=person, at=later
            )
    with pytest.raises(dispatching.NotOfTheUnit):
        dispatching.reassign(
            ticket=ticket, to=cast.outsider, reason="Yours", by=cast.leader, at=later
        )
    both = cast.dispatcher
    both.unit = cast.unit
    both.save()
    with pytest.raises(permissions.OwnUnit):
        dispatching.transfer(ticket=ticket, to=cast.other_unit, reason="Mine", by=both, at=later)


def test_the_dispatcher_passes_it_on_and_the_new_unit_signs_anew(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    later = ticket.latest_event_at + STEP
    passed = dispatching.transfer(
        ticket=ticket, to=cast.other_unit, reason="West side.", by=cast.dispatcher, at=later
    )
    assert (passed.state, passed.lead_unit) == (State.DISPATCHED, cast.other_unit)
    assert passed.lead_handler == cast.outsider
    assert passed.tracker == cast.operator
    sign = Clock.objects.get(ticket=ticket, name="sign")
    assert (sign.started_at, sign.stopped_at) == (later, None)
    event = Event.objects.get(ticket=ticket, code=Happening.TRANSFERRED)
    assert event.facts["from_unit_id"] == cast.unit.pk
    assert event.facts["unit_id"] == cast.other_unit.pk
    with pytest.raises(dispatching.SameUnit):
        dispatching.transfer(
            ticket=passed, to=cast.other_unit, reason="x", by=cast.dispatcher, at=later
        )


def test_a_colleague_gets_a_stay_of_their_own(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + timedelta(minutes=7, seconds=3)
    dispatching.reassign(
        ticket=ticket, to=cast.field_worker, reason="Near by", by=cast.leader, at=at
    )
    stays = list(Holding.objects.filter(ticket=ticket).order_by("from_at", "id"))[-2:]
    assert [stay.staff for stay in stays] == [cast.handler, cast.field_worker]
    assert (stays[0].to_at, stays[1].from_at, stays[1].to_at) == (at, at, None)
    assert Ticket.objects.get(pk=ticket.pk).tracker == cast.operator


def test_the_stays_of_both_units_are_right_to_the_second(cast: Cast) -> None:
    ticket = thrown_twice(cast)
    happened = dict(Event.objects.filter(ticket=ticket).values_list("id", "at"))
    codes = list(Event.objects.filter(ticket=ticket).order_by("id").values_list("id", "code"))
    moments = [happened[pk] for pk, code in codes if code in ("dispatched", "returned")]
    stays = Holding.objects.filter(ticket=ticket).order_by("from_at", "id")
    for unit, begin, end in ((cast.unit, 0, 1), (cast.other_unit, 2, 3)):
        stay = stays.get(unit=unit)
        assert (stay.from_at, stay.to_at) == (moments[begin], moments[end])
    rows = list(stays)
    assert rows[0].from_at == ticket.received_at
    assert [one.to_at for one in rows[:-1]] == [one.from_at for one in rows[1:]]


def race(*acts: Callable[[], object]) -> list[object]:
    """What each act came to when all began at once: a value or the refusal."""
    gate, found = Barrier(len(acts)), []

    def go(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            found.append(act())
        except DeskError as error:
            found.append(error)
        finally:
            connection.close()

    threads = [Thread(target=go, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return found


@pytest.mark.django_db(transaction=True)
def test_two_who_return_at_once_return_it_once(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    found = race(
        lambda: give_back(cast, ticket), lambda: give_back(cast, ticket, by=cast.liaison)
    )
    assert sorted(isinstance(one, permissions.NotAllowedNow) for one in found) == [False, True]
    assert Ticket.objects.get(pk=ticket.pk).return_count == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_grant_at_once_grant_it_once(cast: Cast) -> None:
    asked = ask_back(cast, a_ticket(cast, state=State.IN_PROGRESS))
    at = asked.asked_at + STEP
    found = race(
        lambda: approvals.grant(approval=asked, by=cast.leader, at=at),
        lambda: approvals.grant(approval=asked, by=cast.liaison, at=at),
    )
    assert sorted(isinstance(one, DeskError) for one in found) == [False, True]
    assert Event.objects.filter(code=Happening.RETURNED).count() == 1
