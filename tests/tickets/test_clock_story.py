"""The story of a clock: the same due times as the plan, in spans that abut, with reasons."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organisation import working_time
from organisation.working_time import Counting, Ending, Limit, Unit
from tests.factories.plans import CALENDARS, TWO_HOURS, WEEK, ZONE, at, happened, local, rule
from tests.tickets.test_deadlines_of_any_history import BASE, histories, moments, rules
from tickets import clock_story, deadlines
from tickets.clock_story import ClockStory, SpanKind
from tickets.deadlines import ClockKind, ClockRule, EventFact

_OFF = {f"2026-02-{day}": {"rule": "off", "name": "春节"} for day in range(15, 24)}
_WORKED = {day: {"rule": "work", "name": "春节"} for day in ("2026-02-14", "2026-02-28")}
CHINA = working_time.calendar_from_data("china", 1, ZONE.key, WEEK, _OFF | _WORKED, "2026-12-31")
FROM_NEXT_DAY = Limit(4, Unit.WORKING_DAYS, Counting.FROM_NEXT_DAY)
extensions = st.lists(
    st.builds(
        lambda moment, more: EventFact(
            "extended", moment, clock="resolve", until=moment + timedelta(hours=more)
        ),
        moments,
        st.integers(1, 1000),
    ),
    max_size=3,
)


def story(one: ClockRule, *pairs: str, more: tuple[EventFact, ...] = (), now: str = "12-01T00:00"):
    calendars = CALENDARS | {"china": CHINA}
    (told,) = clock_story.tell([one], calendars, [*happened(*pairs), *more], at(now))
    return told


def steps(told: ClockStory, run: int = -1) -> list[str]:
    return [step.code.value for step in told.runs[run].steps]


def facts(told: ClockStory, code: str, run: int = -1) -> dict[str, object]:
    (found,) = [step for step in told.runs[run].steps if step.code == code]
    return dict(found.facts)


@given(rules, histories, extensions, moments)
def test_the_last_due_time_of_the_story_is_that_of_the_plan_and_its_spans_abut(
    one: ClockRule, history: list[EventFact], more: list[EventFact], now: datetime
) -> None:
    events = [*history, *more]
    now = max([now, *(event.at for event in events)])
    told = clock_story.tell([one], CALENDARS, events, now)
    plan = deadlines.plan([one], CALENDARS, events)
    assert len(told) == len(plan)
    for clock, planned in zip(told, plan, strict=True):
        latest = clock.latest
        assert (latest.due_at, latest.stopped_at) == (planned.due_at, planned.stopped_at)
        assert (len(clock.runs), latest.stages) == (planned.run, planned.stages)
        assert clock.first_due_at == planned.first_due_at
        assert any(run.is_late for run in clock.runs) == planned.breached
        for run in clock.runs:
            _spans_abut(run, now)
            _steps_lead_to_the_due_time(run)


def _spans_abut(run: clock_story.RunStory, now: datetime) -> None:
    ends = [run.started_at, *(span.end for span in run.spans)]
    assert [span.begin for span in run.spans] == ends[:-1]
    assert ends[-1] == (run.stopped_at or max(now, run.started_at))
    assert all(span.begin < span.end for span in run.spans)


def _steps_lead_to_the_due_time(run: clock_story.RunStory) -> None:
    """Whoever reads the reasons in order arrives at the time that is shown."""
    due = None
    for step in run.steps:
        if step.code == "first_due":
            due = step.facts["at"]
        if "before" in step.facts:
            assert step.facts["before"] == due
        if step.code in ("paused", "extended"):
            due = step.facts["after"]
            assert step.facts["by"] == due - step.facts["before"]
        if step.code == "pausing":
            due = None
    assert due == run.due_at


@given(rules, histories)
def test_a_working_clock_ran_exactly_while_its_calendar_was_open(
    one: ClockRule, history: list[EventFact]
) -> None:
    now = max((event.at for event in history), default=BASE)
    for clock in clock_story.tell([one], CALENDARS, history, now):
        if one.limit.unit not in working_time.WORKING_UNITS:
            continue
        for run in clock.runs:
            ran = clock_story.length(run.spans, SpanKind.RAN)
            held = clock_story.length(run.spans, SpanKind.PAUSED)
            end = run.stopped_at or now
            worked = working_time.elapsed(
                CALENDARS[one.calendar], run.started_at, end, Unit.WORKING_MINUTES
            )
            assert ran <= timedelta(minutes=float(worked)) + timedelta(microseconds=2)
            if not held:
                assert ran >= timedelta(minutes=float(worked)) - timedelta(microseconds=2)


def test_it_names_the_holiday_the_weekends_and_the_make_up_workday() -> None:
    told = story(rule(limit=FROM_NEXT_DAY, calendar="china"), "received 02-13T10:00")
    assert steps(told) == [
        "started", "counted", "from_next_day", "make_up", "holiday", "first_due",
    ]  # fmt: skip
    assert facts(told, "holiday") == {
        "first": date(2026, 2, 15), "last": date(2026, 2, 23), "name": "春节",
    }  # fmt: skip
    assert facts(told, "make_up") == {"day": date(2026, 2, 14), "name": "春节"}
    assert local(facts(told, "first_due")["at"]) == "02-26T17:30"  # type: ignore[arg-type]


def test_weekends_are_told_together() -> None:
    long = Limit(12, Unit.WORKING_DAYS, Counting.FROM_NEXT_DAY)
    told = story(rule(limit=long), "received 03-02T10:00")
    weekends = facts(told, "weekends")
    assert weekends["days"] == 4
    assert weekends["stretches"] == (
        (date(2026, 3, 7), date(2026, 3, 8)), (date(2026, 3, 14), date(2026, 3, 15)),
    )  # fmt: skip


def test_days_that_bear_on_nothing_are_not_told() -> None:
    hours = rule(limit=Limit(100, Unit.HOURS))
    assert steps(story(hours, "received 03-06T10:00")) == ["started", "counted", "first_due"]
    by_date = rule(limit=Limit(10, Unit.CALENDAR_DAYS, Counting.FROM_NEXT_DAY, Ending.MIDNIGHT_24))
    assert "weekends" not in steps(story(by_date, "received 03-06T10:00"))


def test_working_hours_wait_for_the_opening() -> None:
    told = story(rule(limit=Limit(2, Unit.WORKING_HOURS)), "received 03-02T19:00")
    assert local(facts(told, "waits_for_opening")["to"]) == "03-03T08:30"  # type: ignore[arg-type]
    assert [span.kind for span in told.latest.spans][:2] == ["closed", "ran"]


def test_a_cut_off_is_told_where_it_was_passed() -> None:
    limit = Limit(
        3, Unit.WORKING_DAYS, Counting.SAME_CLOCK_TIME,
        cut_off=at("01-01T17:00").astimezone(ZONE).time(),
        next_opening=at("01-01T08:30").astimezone(ZONE).time(),
    )  # fmt: skip
    assert "past_cut_off" in steps(story(rule(limit=limit), "received 03-02T17:00"))
    assert "past_cut_off" not in steps(story(rule(limit=limit), "received 03-02T16:59"))


def test_a_suspension_is_told_with_its_reason_and_by_how_much_it_moved_the_due_time() -> None:
    held = EventFact("suspended", at("03-02T11:00"), reason="parts")
    one = rule(limit=TWO_HOURS)
    told = story(one, "received 03-02T10:00", "resumed 03-02T14:30", more=(held,))
    paused = facts(told, "paused")
    assert (paused["reason"], paused["by"]) == ("parts", timedelta(hours=3, minutes=30))
    assert [(span.kind, span.reason) for span in told.latest.spans] == [
        ("ran", ""), ("paused", "parts"), ("ran", ""),
    ]  # fmt: skip
    still = story(one, "received 03-02T10:00", more=(held,))
    assert steps(still)[-1] == "pausing"
    assert still.latest.due_at is None


def test_a_rest_that_began_after_the_due_time_moves_nothing() -> None:
    told = story(
        rule(limit=TWO_HOURS),
        "received 03-02T10:00",
        "suspended 03-02T13:00",
        "resumed 03-02T14:00",
    )
    assert "rested_after_due" in steps(told)
    assert local(told.latest.due_at) == "03-02T12:00"


def test_what_was_promised_to_the_customer_ran_on_through_a_suspension() -> None:
    public = rule(limit=TWO_HOURS, is_internal=False)
    told = story(public, "received 03-02T10:00", "suspended 03-02T11:00", "resumed 03-02T14:00")
    assert "ran_on" in steps(told)
    assert [span.kind for span in told.latest.spans] == ["ran"]
    assert local(told.latest.due_at) == "03-02T12:00"


@pytest.mark.parametrize(
    ("asked", "until", "code"),
    [
        ("03-02T11:59", "03-02T18:00", "extended"),
        ("03-02T12:01", "03-02T18:00", "extended_too_late"),
        ("03-02T11:00", "03-02T11:30", "extended_for_nothing"),
    ],
)
def test_an_extension_is_told_as_granted_as_too_late_or_as_giving_nothing(
    asked: str, until: str, code: str
) -> None:
    more = EventFact("extended", at(asked), clock="resolve", until=at(until))
    told = story(rule(limit=TWO_HOURS), "received 03-02T10:00", more=(more,))
    assert steps(told)[-1] == code
    assert local(told.latest.due_at) == ("03-02T18:00" if code == "extended" else "03-02T12:00")


def test_a_reopened_matter_has_a_new_run_and_its_first_due_time_stays() -> None:
    told = story(
        rule(limit=TWO_HOURS, is_internal=False),
        "received 03-02T10:00", "done 03-02T11:00", "reopened 03-04T09:00",
    )  # fmt: skip
    assert [run.started_by for run in told.runs] == ["received", "reopened"]
    assert local(told.first_due_at) == "03-02T12:00"
    assert facts(told, "started_again")["first_due_at"] == told.first_due_at
    assert local(told.latest.due_at) == "03-04T11:00"


def test_a_result_sent_back_is_told_as_a_stop_that_was_undone() -> None:
    one = rule(limit=TWO_HOURS, continues_on=("rejected",))
    told = story(one, "received 03-02T10:00", "done 03-02T11:00", "rejected 03-02T11:30")
    went_on = facts(told, "went_on")
    assert (went_on["stopped_by"], local(went_on["stopped_at"])) == ("done", "03-02T11:00")  # type: ignore[arg-type]
    assert [span.kind for span in told.latest.spans] == ["ran"]


def test_a_reclassified_matter_counts_from_the_same_receipt() -> None:
    told = story(rule(limit=TWO_HOURS), "received 03-02T10:00", "reclassified 03-02T10:30")
    assert local(facts(told, "reclassified")["since"]) == "03-02T10:00"  # type: ignore[arg-type]


def test_a_due_time_past_the_published_year_is_told_as_provisional() -> None:
    told = story(rule(limit=FROM_NEXT_DAY), "received 12-30T10:00", now="12-31T00:00")
    assert told.latest.is_provisional
    assert facts(told, "provisional")["known_until"] == date(2026, 12, 31)


def test_an_average_is_told_as_one_and_a_late_stop_is_no_miss_of_it() -> None:
    average = rule(limit=TWO_HOURS, kind=ClockKind.AVERAGE, reminders=(), rungs=())
    told = story(average, "received 03-02T10:00", "done 03-02T13:00")
    assert steps(told)[-2:] == ["average", "stopped"]
    stopped = facts(told, "stopped")
    assert (stopped["is_late"], stopped["is_past"]) == (False, True)


def test_each_unit_has_its_own_time_where_a_clock_begins_anew_with_every_holder() -> None:
    dwell = rule(
        clock="dwell", limit=TWO_HOURS, starts_on="dispatched", stops_on=("closed",),
        renews_on=("signed", "transferred"), reminders=(Decimal(50),),
    )  # fmt: skip
    told = story(
        dwell, "dispatched 03-02T10:00", "signed 03-02T13:00", "transferred 03-02T14:00",
    )  # fmt: skip
    assert [(local(run.started_at), run.is_late) for run in told.runs] == [
        ("03-02T10:00", True), ("03-02T13:00", False), ("03-02T14:00", False),
    ]  # fmt: skip
    (planned,) = deadlines.plan(
        [dwell], CALENDARS,
        happened("dispatched 03-02T10:00", "signed 03-02T13:00", "transferred 03-02T14:00"),
    )  # fmt: skip
    assert (planned.run, planned.breached, local(planned.due_at)) == (3, True, "03-02T16:00")
