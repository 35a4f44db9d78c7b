"""The pure plan of a ticket's clocks against properties that must hold for every history."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from organisation import working_time
from organisation.working_time import Counting, Ending, Limit, Unit
from tests.factories.plans import (
    CALENDARS,
    FOUR_DAYS,
    OFFICE,
    TWO_HOURS,
    only,
    rule,
)
from tickets import deadlines
from tickets.deadlines import ClockRule, EventFact

BASE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
LIMITS = [
    FOUR_DAYS,
    TWO_HOURS,
    Limit(10, Unit.WORKING_HOURS),
    Limit(Decimal("0.5"), Unit.WORKING_DAYS),
    Limit(7, Unit.CALENDAR_DAYS, Counting.FROM_NEXT_DAY, Ending.MIDNIGHT_24),
    Limit(15, Unit.CALENDAR_DAYS),
]
codes = st.sampled_from(
    ["received", "dispatched", "suspended", "resumed", "done", "rejected", "closed", "reopened"]
)
moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: BASE + timedelta(minutes=minutes))
histories = st.lists(st.builds(EventFact, codes, moments), max_size=12)
rules = st.builds(
    lambda limit, calendar, internal: rule(
        limit=limit,
        calendar=calendar,
        is_internal=internal,
        continues_on=("rejected",),
        restarts_on=("reopened",),
    ),
    st.sampled_from(LIMITS),
    st.sampled_from(sorted(CALENDARS)),
    st.booleans(),
)


@given(rules, histories)
def test_the_plan_does_not_depend_on_the_order_in_which_facts_are_given(
    one: ClockRule, history: list[EventFact]
) -> None:
    assume(len({event.at for event in history}) == len(history))
    assert deadlines.plan([one], CALENDARS, history) == deadlines.plan(
        [one], CALENDARS, history[::-1]
    )


@given(rules, histories)
def test_stages_are_unique_ordered_within_the_run_and_end_with_it(
    one: ClockRule, history: list[EventFact]
) -> None:
    for clock in deadlines.plan([one], CALENDARS, history):
        moments_of = [stage.fires_at for stage in clock.stages]
        assert moments_of == sorted(moments_of)
        assert len({stage.stage for stage in clock.stages}) == len(moments_of)
        assert all(moment >= clock.started_at for moment in moments_of)
        assert clock.stopped_at is None or all(moment < clock.stopped_at for moment in moments_of)
        assert (clock.due_at is None) <= (clock.paused_at is not None)
        due = [stage.fires_at for stage in clock.stages if stage.stage == "due"]
        assert due in ([], [clock.due_at])
        assert (
            bool(due)
            or clock.due_at is None
            or (clock.stopped_at is not None and clock.stopped_at <= clock.due_at)
        )
        if clock.run == 1 and clock.stopped_at is not None:
            assert clock.breached == (clock.due_at is not None and clock.stopped_at > clock.due_at)


@given(rules, histories)
def test_suspensions_change_nothing_for_a_public_clock_and_never_shorten_an_internal_one(
    one: ClockRule, history: list[EventFact]
) -> None:
    steady = [event for event in history if event.code not in ("suspended", "resumed")]
    for held, unheld in zip(
        deadlines.plan([one], CALENDARS, history),
        deadlines.plan([one], CALENDARS, steady),
        strict=True,
    ):
        if not one.is_internal:
            assert held == unheld
        elif held.due_at is not None and unheld.due_at is not None:
            assert held.due_at >= unheld.due_at


@given(rules, histories, codes, st.integers(0, 10_000))
def test_what_has_fired_is_never_unsaid_by_what_happens_later(
    one: ClockRule, history: list[EventFact], code: str, minutes: int
) -> None:
    latest = max((event.at for event in history), default=BASE)
    later = EventFact(code, latest + timedelta(minutes=minutes + 1))
    before = {clock.clock: clock for clock in deadlines.plan([one], CALENDARS, history)}
    for clock in deadlines.plan([one], CALENDARS, [*history, later]):
        known = before.get(clock.clock)
        # A stop that is undone brings back what it had cut off; everything else only adds.
        if known is None or known.run != clock.run or known.stopped_at != clock.stopped_at:
            continue
        fired = {stage for stage in known.stages if stage.fires_at < later.at}
        assert fired <= set(clock.stages)


@given(st.sampled_from(LIMITS[:4]), moments, st.integers(1, 5000), st.integers(1, 20_000))
def test_a_suspension_gives_back_exactly_the_time_it_took(
    limit: Limit, start: datetime, wait: int, span: int
) -> None:
    one = rule(limit=limit)
    begin, end = start + timedelta(minutes=wait), start + timedelta(minutes=wait + span)
    plain = only(deadlines.plan([one], CALENDARS, [EventFact("received", start)]))
    assert plain.due_at is not None
    assume(begin < plain.due_at)
    held = only(
        deadlines.plan(
            [one],
            CALENDARS,
            [
                EventFact("received", start),
                EventFact("suspended", begin),
                EventFact("resumed", end),
            ],
        )
    )
    assert held.due_at is not None
    left = working_time.elapsed(OFFICE, begin, plain.due_at, limit.unit)
    given_back = working_time.elapsed(OFFICE, end, held.due_at, limit.unit)
    assert abs(left - given_back) < Fraction(1, 10**6)
