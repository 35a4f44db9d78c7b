"""The pure plan of a ticket's clocks, by example."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from organisation.working_time import Counting, Ending, Limit, Unit
from tests.factories.plans import (
    CALENDARS,
    LADDER,
    NEXT_DAY,
    TWO_HOURS,
    at,
    fires,
    happened,
    local,
    only,
    planned,
    rule,
    total,
)
from tickets import deadlines
from tickets.deadlines import ClockKind, ClockRule, EventFact, PlannedClock, Rung


def test_a_clock_that_has_not_started_is_not_planned() -> None:
    assert (
        deadlines.plan([rule(starts_on="dispatched")], CALENDARS, happened("received 03-02T10:00"))
        == ()
    )


def test_it_plans_reminders_due_and_rungs_in_order_of_time() -> None:
    clock = planned(rule(), "received 03-02T10:30")
    assert fires(clock) == {
        "remind-50": "03-04T14:45",
        "remind-80": "03-06T08:54",
        "due": "03-06T17:30",
        "rung-1": "03-09T17:30",
        "rung-2": "03-13T17:30",
    }
    assert [stage.role for stage in clock.stages] == ["", "", "", "unit_leader", "supervisor"]
    assert (clock.run, clock.breached, clock.stopped_at, clock.first_due_at) == (
        1,
        False,
        None,
        clock.due_at,
    )


def test_a_reminder_may_be_a_time_before_the_due_time() -> None:
    clock = planned(
        rule(reminders=(timedelta(days=2), timedelta(days=30)), rungs=()), "received 03-02T10:30"
    )
    assert fires(clock) == {"before-2880": "03-04T17:30", "due": "03-06T17:30"}


def test_the_clock_runs_from_receipt_whenever_the_unit_signs() -> None:
    early = planned(total(), "received 03-02T10:30", "dispatched 03-02T10:40", "signed 03-02T10:50")
    late = planned(total(), "received 03-02T10:30", "dispatched 03-03T10:40", "signed 03-05T10:50")
    assert early.due_at == late.due_at == at("03-06T17:30")


@pytest.mark.parametrize(("done", "is_late"), [("03-06T17:30", False), ("03-06T17:31", True)])
def test_a_stop_after_the_due_time_is_a_breach_and_ends_the_ladder(
    done: str, is_late: bool
) -> None:
    clock = planned(rule(), "received 03-02T10:30", f"done {done}")
    assert (clock.breached, local(clock.stopped_at)) == (is_late, done)
    assert list(fires(clock)) == ["remind-50", "remind-80", *(["due"] if is_late else [])]
    assert clock.is_breached_at(at("12-01T00:00")) == is_late


def signing(*pairs: str) -> PlannedClock:
    return planned(
        rule(
            clock="sign", limit=TWO_HOURS, calendar="always", starts_on="dispatched",
            stops_on=("signed", "returned", "transferred"), also_starts_on=("transferred",),
            reminders=(), rungs=(),
        ),
        *pairs,
    )  # fmt: skip


def test_what_is_passed_on_is_to_be_signed_for_anew_whether_it_was_signed_or_not() -> None:
    unsigned = signing("dispatched 03-02T10:00", "transferred 03-02T11:00")
    signed = signing("dispatched 03-02T10:00", "signed 03-02T10:30", "transferred 03-02T11:00")
    for clock in (unsigned, signed):
        assert (clock.run, clock.stopped_at) == (2, None)
        assert (local(clock.due_at), local(clock.first_due_at)) == ("03-02T13:00", "03-02T12:00")
        assert not clock.breached


def test_a_miss_of_the_first_unit_is_not_undone_by_the_second_signing_in_time() -> None:
    clock = signing(
        "dispatched 03-02T10:00", "transferred 03-02T12:01", "signed 03-02T12:02"
    )  # fmt: skip
    assert (clock.run, clock.breached) == (2, True)


def test_a_clock_that_never_ran_does_not_start_on_what_only_starts_it_again() -> None:
    waiting = rule(starts_on="dispatched", also_starts_on=("returned",))
    assert deadlines.plan([waiting], CALENDARS, happened("returned 03-02T10:00")) == ()


def test_a_running_clock_is_breached_once_its_due_time_is_past() -> None:
    clock = planned(rule(), "received 03-02T10:30")
    assert not clock.is_breached_at(at("03-06T17:30"))
    assert clock.is_breached_at(at("03-06T17:31"))


def test_an_average_warns_at_its_value_and_is_never_breached() -> None:
    average = ClockRule(
        "arrive",
        TWO_HOURS,
        "always",
        "received",
        ("arrived",),
        kind=ClockKind.AVERAGE,
        rungs=LADDER,
        reminders=(Decimal(50),),
    )
    maximum = ClockRule("arrive", Limit(3, Unit.HOURS), "always", "received", ("arrived",))
    history = happened("received 03-02T10:00", "arrived 03-02T20:00")
    warned, breached = deadlines.plan([average, maximum], CALENDARS, history)
    assert (fires(warned), warned.breached) == ({"warn": "03-02T12:00"}, False)
    assert not planned(average, "received 03-02T10:00").is_breached_at(at("03-09T10:00"))
    assert (fires(breached), breached.breached) == ({"due": "03-02T13:00"}, True)


def test_a_suspension_holds_internal_clocks_and_never_the_total() -> None:
    history = ["received 03-02T10:30", "suspended 03-03T10:00"]
    held = planned(rule(), *history)
    assert (held.due_at, local(held.paused_at), fires(held)) == (None, "03-03T10:00", {})
    assert planned(total(), *history).due_at == at("03-06T17:30")
    resumed = planned(rule(), *history, "resumed 03-05T10:00")
    assert (local(resumed.due_at), resumed.paused_at) == ("03-10T17:30", None)
    assert local(resumed.first_due_at) == "03-06T17:30"
    assert fires(resumed)["remind-50"] == "03-06T14:45"
    # The ladder counts from the moved due time; the suspension before it is not given back twice.
    assert fires(resumed)["rung-1"] == "03-11T17:30"


def test_a_reminder_that_has_passed_stays_where_it_was_when_the_clock_is_held() -> None:
    history = ["received 03-02T10:30", "suspended 03-05T10:00"]
    assert fires(planned(rule(), *history)) == {"remind-50": "03-04T14:45"}
    resumed = fires(planned(rule(), *history, "resumed 03-09T10:00"))
    assert (resumed["remind-50"], resumed["remind-80"], resumed["due"]) == (
        "03-04T14:45",
        "03-10T08:54",
        "03-10T17:30",
    )


def test_a_suspension_after_the_due_time_does_not_undo_the_breach_but_holds_the_ladder() -> None:
    history = ["received 03-02T10:30", "suspended 03-09T09:00"]
    held = planned(rule(), *history)
    assert (local(held.due_at), list(fires(held))) == (
        "03-06T17:30",
        ["remind-50", "remind-80", "due"],
    )
    assert fires(planned(rule(), *history, "resumed 03-10T09:00"))["rung-1"] == "03-10T17:30"


def test_a_limit_that_ends_at_midnight_still_does_after_a_suspension() -> None:
    until_midnight = rule(
        limit=Limit(4, Unit.WORKING_DAYS, Counting.FROM_NEXT_DAY, Ending.MIDNIGHT_24)
    )
    history = ["received 03-02T10:30", "suspended 03-03T10:00", "resumed 03-05T10:00"]
    assert local(planned(until_midnight, *history).due_at) == "03-11T00:00"
    assert local(planned(until_midnight, "received 03-02T10:30").due_at) == "03-07T00:00"


def test_a_clock_that_starts_while_suspended_counts_from_the_resumption() -> None:
    late_start = rule(
        clock="arrive", limit=TWO_HOURS, calendar="always", starts_on="dispatched", rungs=()
    )
    history = [
        "received 03-02T10:00",
        "suspended 03-02T11:00",
        "dispatched 03-02T12:00",
        "resumed 03-02T15:00",
    ]
    assert local(planned(late_start, *history).due_at) == "03-02T17:00"


def test_a_stop_while_suspended_ends_the_pause() -> None:
    clock = planned(
        rule(),
        "received 03-02T10:30",
        "suspended 03-05T10:00",
        "done 03-20T10:00",
        "resumed 03-23T10:00",
    )
    assert (clock.breached, clock.paused_at, list(fires(clock))) == (False, None, ["remind-50"])
    assert clock.due_at is not None


def test_reopening_runs_the_total_anew_and_keeps_the_first_due_time() -> None:
    history = ["received 03-02T10:30", "closed 03-05T10:00", "reopened 03-16T10:00"]
    clock = planned(total(), *history)
    assert (clock.run, local(clock.started_at), local(clock.due_at)) == (
        2,
        "03-16T10:00",
        "03-20T17:30",
    )
    assert (local(clock.first_due_at), clock.breached) == ("03-06T17:30", False)
    assert fires(clock)["due"] == "03-20T17:30"
    late_once = planned(
        total(), "received 03-02T10:30", "closed 03-09T10:00", "reopened 03-16T10:00"
    )
    assert late_once.breached


def test_an_internal_clock_runs_anew_only_on_its_own_start_or_where_the_rule_says_so() -> None:
    history = ["received 03-02T10:30", "done 03-04T10:00", "reopened 03-16T10:00"]
    assert planned(rule(), *history).run == 1
    assert planned(rule(restarts_on=("reopened",)), *history).run == 2
    sign = rule(clock="sign", starts_on="dispatched", stops_on=("signed", "returned"))
    again = ["dispatched 03-02T10:30", "returned 03-03T10:00", "dispatched 03-03T11:00"]
    assert local(planned(sign, *again).started_at) == "03-03T11:00"


def test_a_rejected_reply_undoes_the_stop_and_keeps_the_due_time() -> None:
    history = ["received 03-02T10:30", "done 03-04T10:00", "rejected 03-12T10:00"]
    clock = planned(rule(continues_on=("rejected",)), *history)
    assert (clock.run, clock.stopped_at, local(clock.due_at)) == (1, None, "03-06T17:30")
    assert clock.is_breached_at(at("03-12T10:00"))


def test_what_was_accepted_before_a_reopening_is_rejected_no_more() -> None:
    history = ["received 03-02T10:30", "done 03-04T10:00", "reopened 03-16T10:00"]
    later = [*history, "done 03-17T10:00", "rejected 03-17T11:00"]
    clock = planned(rule(continues_on=("rejected",)), *later)
    assert (clock.run, local(clock.stopped_at), clock.breached) == (1, "03-04T10:00", False)


def test_an_arrival_stays_an_arrival_whatever_becomes_of_the_result() -> None:
    arrive = ClockRule(
        "arrive",
        TWO_HOURS,
        "always",
        "received",
        ("arrived", "done", "closed"),
        continues_on=("rejected",),
    )
    seen = ["received 03-02T10:00", "arrived 03-02T11:00", "done 03-02T15:00"]
    for later in (["rejected 03-02T16:00"], ["closed 03-02T16:00", "reopened 03-05T10:00"]):
        clock = planned(arrive, *seen, *later)
        assert (clock.run, local(clock.stopped_at), clock.breached) == (1, "03-02T11:00", False)
    never_there = planned(arrive, seen[0], seen[2], "rejected 03-02T16:00")
    assert never_there.is_breached_at(at("03-02T16:00"))


def extended(moment: str, until: str, clock: str = "resolve") -> EventFact:
    return EventFact("extended", at(moment), clock, at(until))


def test_an_extension_asked_for_in_time_moves_the_due_time_and_what_is_yet_to_come() -> None:
    history = happened("received 03-02T10:30")
    clock = only(
        deadlines.plan([rule()], CALENDARS, [*history, extended("03-05T10:00", "03-13T17:30")])
    )
    assert (local(clock.due_at), local(clock.first_due_at)) == ("03-13T17:30", "03-06T17:30")
    assert fires(clock) == {
        "remind-50": "03-04T14:45",
        "remind-80": "03-12T08:54",
        "due": "03-13T17:30",
        "rung-1": "03-16T17:30",
        "rung-2": "03-20T17:30",
    }


@pytest.mark.parametrize(
    "extension",
    [
        extended("03-06T17:31", "03-13T17:30"),
        extended("03-05T10:00", "03-13T17:30", clock="total"),
        extended("03-05T10:00", "03-06T09:00"),
    ],
)
def test_a_late_foreign_or_shortening_extension_changes_nothing(extension: EventFact) -> None:
    clock = only(
        deadlines.plan([rule()], CALENDARS, [*happened("received 03-02T10:30"), extension])
    )
    assert local(clock.due_at) == "03-06T17:30"


def test_a_due_time_past_the_known_year_is_provisional() -> None:
    assert planned(rule(), "received 12-29T10:00").is_provisional
    assert not planned(rule(), "received 12-15T10:00").is_provisional
    assert planned(
        rule(), "received 12-15T10:00", "suspended 12-16T10:00", "resumed 12-31T10:00"
    ).is_provisional


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: rule(stops_on=("received",)), "both start and stop"),
        (lambda: rule(rungs=(LADDER[0], LADDER[0])), "each number once"),
        (lambda: rule(rungs=(Rung(0, NEXT_DAY, "x"),)), "numbered from 1"),
        (lambda: rule(reminders=(Decimal(100),)), "before the due time"),
        (lambda: rule(reminders=(timedelta(0),)), "before the due time"),
        (lambda: rule(reminders=(Decimal(50), Decimal("50.0"))), "given twice"),
        (lambda: deadlines.plan([rule(), rule()], CALENDARS, []), "one maximum and one average"),
        (lambda: deadlines.plan([rule(calendar="moon")], CALENDARS, []), "no calendar moon"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(
    make: Callable[[], object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()
