"""Who held a ticket in which stage for how long, and the limit of such a stay."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.cast import Cast
from tests.factories.resting import ask_rest
from tests.factories.tickets import STEP, a_ticket
from tickets import approvals, dispatching, escalation, lifecycle, policies, stay_limits, stays
from tickets.models import Clock, Event, Holding, Limit, Policy, Ticket
from tickets.states import ENDED, Happening, State

HOUR = timedelta(hours=1)


def limit_stays(starts_on: str = Happening.SIGNED, **changes: Any) -> None:
    """Every stay that begins so may last two hours, by every policy for complaints about power."""
    wanted = {
        "clock": "dwell", "amount": Decimal(2), "unit": "hours", "starts_on": starts_on,
        "stops_on": [Happening.DONE, Happening.CLOSED, Happening.CANCELLED],
        "calendar_code": "round-the-clock", "is_internal": True, "reminder_percents": [50],
    }  # fmt: skip
    for policy in Policy.objects.filter(utility="power", kind="COMPLAINT"):
        Limit.objects.create(policy=policy, **wanted | changes)
    policies.rules.cache_clear()
    policies.heard.cache_clear()
    policies.limit_ids.cache_clear()


def dwell(ticket: Ticket) -> Clock:
    return Clock.objects.get(ticket=ticket, name="dwell", measure="max")


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_stay_past_its_limit_reminds_and_alarms_who_has_the_ticket(cast: Cast) -> None:
    limit_stays()
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    clock = dwell(ticket)
    assert clock.due_at == clock.started_at + 2 * HOUR
    # The first contact of a complaint has a day: only the stay falls due within two hours.
    while escalation.fire_due(by=None, at=clock.due_at):
        pass
    said = Event.objects.filter(ticket=ticket, facts__clock="dwell").order_by("id")
    assert list(said.values_list("code", "facts__stage")) == [
        ("reminded", "remind-50"), ("overdue", "due"),
    ]  # fmt: skip
    late = said.last()
    assert late is not None
    assert set(late.facts["told_en"]) >= {cast.handler.name_en, cast.leader.name_en}
    assert dwell(ticket).missed_at == clock.due_at


def test_each_unit_has_its_own_time_and_the_miss_of_the_first_stays(cast: Cast) -> None:
    limit_stays()
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    left_at = dwell(ticket).due_at + STEP  # type: ignore[operator]
    dispatching.transfer(
        ticket=ticket, to=cast.other_unit, reason="Their street.", by=cast.dispatcher, at=left_at
    )
    between = dwell(ticket)
    assert (between.stopped_at, between.missed_at) == (left_at, left_at - STEP)
    signed_at = left_at + 3 * HOUR
    dispatching.accept(ticket=fresh(ticket), by=cast.outsider, at=signed_at)
    anew = dwell(ticket)
    assert (anew.started_at, anew.due_at) == (signed_at, signed_at + 2 * HOUR)
    assert (anew.stopped_at, anew.missed_at) == (None, left_at - STEP)


def test_handing_it_round_within_the_unit_gains_no_time(cast: Cast) -> None:
    limit_stays()
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    due = dwell(ticket).due_at
    dispatching.reassign(
        ticket=ticket, to=cast.field_worker, reason="His turn.", by=cast.leader,
        at=ticket.latest_event_at + HOUR,
    )  # fmt: skip
    assert dwell(ticket).due_at == due


def test_a_rest_pauses_the_stay_and_a_result_sent_back_begins_another(cast: Cast) -> None:
    limit_stays()
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    asked = ask_rest(cast, ticket)
    rested = approvals.grant(approval=asked, by=cast.supervisor, at=asked.asked_at + STEP)
    assert dwell(rested).due_at is None
    other = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    assert dwell(other).stopped_at is not None
    back_at = other.latest_event_at + HOUR
    lifecycle.reject(ticket=other, reason="No photo", by=cast.reviewer, at=back_at)
    assert (dwell(other).started_at, dwell(other).stopped_at) == (back_at, None)


def test_from_receipt_on_each_stage_has_its_time(cast: Cast) -> None:
    limit_stays(Happening.RECEIVED, stops_on=[Happening.CLOSED, Happening.CANCELLED])
    for state in (State.NEW, State.DISPATCHED, State.IN_PROGRESS, State.CALLBACK):
        ticket = a_ticket(cast, state=state)
        open_stay = Holding.objects.get(ticket=ticket, to_at=None)
        assert dwell(ticket).started_at == open_stay.from_at
    assert dwell(a_ticket(cast, state=State.CLOSED)).stopped_at is not None


def test_what_the_desk_signs_for_begins_a_stay_too(cast: Cast) -> None:
    rule = next(
        policies._rule(limit)
        for limit in [Limit(
            policy_id=1, clock="dwell", amount=Decimal(2), unit="hours", starts_on="signed",
            stops_on=["done", "rejected"], calendar_code="round-the-clock",
        )]
    )  # fmt: skip
    assert {"auto_signed", "sent_back", "reopened"} <= set(rule.begins_on)
    assert "rejected" not in rule.begins_on
    assert {"returned", "transferred", "merged", "closed"} <= set(rule.stops_on)


@pytest.mark.parametrize("starts_on", sorted(set(stay_limits.ENTERS) - {"received"}))
def test_no_event_both_begins_and_ends_a_stay(starts_on: str) -> None:
    begins = {starts_on, *stay_limits.begins_on(starts_on)}
    assert not begins & set(stay_limits.ends_on(starts_on, ()))
    is_ended = stay_limits.ENTERS[starts_on] in ENDED
    assert is_ended or "closed" in stay_limits.ends_on(starts_on, ())


def test_the_stays_add_up_to_the_life_in_elapsed_and_in_working_time(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED, step=timedelta(hours=5))
    holdings = list(
        Holding.objects.filter(ticket=ticket).select_related("unit", "staff").order_by("from_at")
    )
    found = stays.of(fresh(ticket), holdings, cast.at + timedelta(days=30))
    assert found.life == ticket.closed_at - ticket.received_at  # type: ignore[operator]
    assert sum((one.elapsed for one in found.by_unit), timedelta()) == found.life
    # Monday 10:00 to 12:00 and 14:00 to 17:30, Tuesday 8:30 to 11:00.
    assert found.worked == 8 * HOUR
    names = {(one.unit.code if one.unit else one.state): one.elapsed for one in found.by_unit}
    assert names[cast.unit.code] == 10 * HOUR
    assert names[State.NEW] == names[State.CALLBACK] == 5 * HOUR


def test_a_ticket_still_open_counts_to_the_present(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    holdings = list(Holding.objects.filter(ticket=ticket).order_by("from_at"))
    now = ticket.received_at + timedelta(days=1)
    found = stays.of(ticket, holdings, now)
    assert (found.life, found.each[-1].is_running) == (timedelta(days=1), True)
    assert found.each[-1].elapsed == now - holdings[-1].from_at
