"""Why each clock of a ticket is due when it is: its runs, what became of every stretch of their
time, and the reasons in order, as codes and facts (sum)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from organisation import working_time
from organisation.working_time import Counting, WorkingCalendar
from tickets import deadlines, skipped_days
from tickets.deadlines import ClockKind, ClockRule, EventFact, Moved, Pause, Reckoning

RECLASSIFIED = "reclassified"


class SpanKind(StrEnum):
    """What a stretch of time was to a clock: counted; outside the hours of its calendar; the day of
    receipt, where counting begins with the next one; held by a suspension."""

    RAN = "ran"
    CLOSED = "closed"
    NOT_YET = "not_yet"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch from `begin` to `end`; the spans of a run abut, from its start to its stop or to
    the moment the story is told."""

    kind: SpanKind
    begin: datetime
    end: datetime
    reason: str = ""


class StepCode(StrEnum):
    """The reasons, each with the facts it carries.

    started, started_again {event, at, run, first_due_at}; counted {amount, unit, counting, ends,
    cut_off, next_opening, calendar, kind}; waits_for_opening, past_cut_off, from_next_day {at, to};
    weekends {stretches, days}; holiday, closed_days {first, last, name}; make_up {day, name};
    own_hours {day, name, windows}; first_due {at}; paused {begin, end, reason, before, after, by};
    pausing {begin, reason, before}; rested_after_due {begin, end, reason}; ran_on {begin, end,
    reason}; extended {at, before, after, by}; extended_too_late, extended_for_nothing {at, before,
    until}; went_on {event, at, stopped_by, stopped_at}; reclassified {at, since}; provisional
    {known_until}; average {at}; stopped {event, at, is_late, by}.
    """

    STARTED = "started"
    STARTED_AGAIN = "started_again"
    COUNTED = "counted"
    WAITS_FOR_OPENING = "waits_for_opening"
    PAST_CUT_OFF = "past_cut_off"
    FROM_NEXT_DAY = "from_next_day"
    WEEKENDS = "weekends"
    HOLIDAY = "holiday"
    CLOSED_DAYS = "closed_days"
    MAKE_UP = "make_up"
    OWN_HOURS = "own_hours"
    FIRST_DUE = "first_due"
    PAUSED = "paused"
    PAUSING = "pausing"
    RESTED_AFTER_DUE = "rested_after_due"
    RAN_ON = "ran_on"
    EXTENDED = "extended"
    EXTENDED_TOO_LATE = "extended_too_late"
    EXTENDED_FOR_NOTHING = "extended_for_nothing"
    WENT_ON = "went_on"
    RECLASSIFIED = "reclassified"
    PROVISIONAL = "provisional"
    AVERAGE = "average"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """One reason: a code of StepCode and the facts its sentence needs."""

    code: StepCode
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunStory:
    """One run of a clock. `due_at` is None while a suspension holds it; `calculated_at` is what
    the limit alone gave."""

    number: int
    started_at: datetime
    started_by: str
    calculated_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    stopped_by: str
    is_late: bool
    is_provisional: bool
    spans: tuple[Span, ...]
    stages: tuple[deadlines.PlannedStage, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ClockStory:
    """Everything one clock went through; it has at least one run."""

    rule: ClockRule
    runs: tuple[RunStory, ...]

    @property
    def clock(self) -> str:
        return self.rule.clock

    @property
    def kind(self) -> ClockKind:
        return self.rule.kind

    @property
    def latest(self) -> RunStory:
        return self.runs[-1]

    @property
    def first_due_at(self) -> datetime:
        """What the first run promised."""
        return self.runs[0].calculated_at


def tell(
    rules: Iterable[ClockRule],
    calendars: Mapping[str, WorkingCalendar],
    events: Iterable[EventFact],
    at: datetime,
) -> tuple[ClockStory, ...]:
    """The story, told at the moment `at`, of each clock that has started, in the order of the
    rules: the due times are those of deadlines.plan."""
    history = sorted(events, key=lambda event: event.at)
    pauses = deadlines.suspensions(history)
    told: list[ClockStory] = []
    for rule in rules:
        calendar = calendars[rule.calendar]
        runs: list[RunStory] = []
        for found in deadlines.reckonings(rule, calendar, pauses, history):
            first_due = runs[0].calculated_at if runs else None
            runs.append(_run(found, len(runs) + 1, first_due, pauses, history, at))
        if runs:
            told.append(ClockStory(rule, tuple(runs)))
    return tuple(told)


def _run(
    found: Reckoning, number: int, first_due: datetime | None, pauses: tuple[Pause, ...],
    history: list[EventFact], at: datetime,
) -> RunStory:  # fmt: skip
    run, due = found.run, found.due_at()
    calculated_at, is_provisional = found.first_due(), found.is_provisional(due)
    steps = [
        _beginning(found, number, first_due),
        *_counting(found, calculated_at),
        *sorted(_changes(found, pauses, history), key=_moment),
        *_ending(found, due, is_provisional),
    ]
    return RunStory(
        number=number, started_at=run.started_at, started_by=run.started_by,
        calculated_at=calculated_at, due_at=due, stopped_at=run.stopped_at,
        stopped_by=run.stopped_by, is_late=found.is_breached(), is_provisional=is_provisional,
        spans=tuple(_spans(found, at)), stages=found.stages(), steps=tuple(steps),
    )  # fmt: skip


def _step(code: StepCode, **facts: Any) -> Step:
    return Step(code, facts)


def _moment(step: Step) -> datetime:
    moment: datetime = step.facts.get("begin") or step.facts["at"]
    return moment


def _beginning(found: Reckoning, number: int, first_due: datetime | None) -> Step:
    code = StepCode.STARTED if first_due is None else StepCode.STARTED_AGAIN
    run = found.run
    return _step(code, event=run.started_by, at=run.started_at, run=number, first_due_at=first_due)


def _counting(found: Reckoning, calculated_at: datetime) -> Iterator[Step]:
    """How the limit was counted, and which days on the way did not count."""
    rule, limit, started_at = found.rule, found.rule.limit, found.run.started_at
    yield _step(
        StepCode.COUNTED, amount=limit.amount, unit=limit.unit, counting=limit.counting,
        ends=limit.ends, cut_off=limit.cut_off, next_opening=limit.next_opening,
        calendar=found.calendar.code, kind=rule.kind,
    )  # fmt: skip
    yield from _counted_from(found)
    if limit.depends_on_calendar:
        first, last = skipped_days.counted_dates(found.calendar, started_at, calculated_at, limit)
        for skip in skipped_days.between(found.calendar, first, last):
            yield Step(StepCode(skip.code), skip.facts)
    yield _step(StepCode.FIRST_DUE, at=calculated_at)


def _counted_from(found: Reckoning) -> Iterator[Step]:
    """Where counting begins later than the clock."""
    limit, started_at, calendar = found.rule.limit, found.run.started_at, found.calendar
    local = started_at.astimezone(calendar.tz)
    if limit.counting == Counting.FROM_NEXT_DAY:
        yield _step(StepCode.FROM_NEXT_DAY, at=started_at, to=_next_midnight(found))
    elif limit.counting == Counting.SAME_CLOCK_TIME:
        if limit.cut_off is not None and local.time() >= limit.cut_off:
            yield _step(StepCode.PAST_CUT_OFF, at=started_at, to=limit.next_opening)
    elif limit.unit in working_time.CALENDAR_UNITS:
        opening = working_time.next_opening(calendar, started_at)
        if opening > started_at:
            yield _step(StepCode.WAITS_FOR_OPENING, at=started_at, to=opening)


def _changes(
    found: Reckoning, pauses: tuple[Pause, ...], history: list[EventFact]
) -> Iterator[Step]:
    """What moved the due time, what would have and did not, and what else bears on it."""
    for moved in found.moves():
        yield _suspension(moved) if isinstance(moved.by, Pause) else _extension(moved)
    run = found.run
    for stopped_by, stopped_at, event in run.undone:
        yield _step(
            StepCode.WENT_ON, event=event.code, at=event.at, stopped_by=stopped_by,
            stopped_at=stopped_at,
        )  # fmt: skip
    yield from _besides(found, pauses, history)


def _besides(
    found: Reckoning, pauses: tuple[Pause, ...], history: list[EventFact]
) -> Iterator[Step]:
    run = found.run
    for pause in pauses if not found.rule.is_internal else ():
        is_after_start = pause.end is None or pause.end > run.started_at
        if is_after_start and (run.stopped_at is None or pause.begin < run.stopped_at):
            yield _step(StepCode.RAN_ON, begin=pause.begin, end=pause.end, reason=pause.reason)
    for event in history:
        is_within = run.stopped_at is None or event.at <= run.stopped_at
        if event.code == RECLASSIFIED and event.at > run.started_at and is_within:
            yield _step(StepCode.RECLASSIFIED, at=event.at, since=run.started_at)


def _suspension(moved: Moved) -> Step:
    pause = moved.by
    assert isinstance(pause, Pause)
    facts: dict[str, Any] = {"begin": pause.begin, "reason": pause.reason, "before": moved.before}
    if moved.after is None:
        return Step(StepCode.PAUSING, facts)
    if pause.begin >= moved.before:
        return Step(StepCode.RESTED_AFTER_DUE, facts | {"end": pause.end})
    by = moved.after - moved.before
    return Step(StepCode.PAUSED, facts | {"end": pause.end, "after": moved.after, "by": by})


def _extension(moved: Moved) -> Step:
    asked = moved.by
    assert isinstance(asked, EventFact) and moved.after is not None
    facts: dict[str, Any] = {"at": asked.at, "before": moved.before, "until": asked.until}
    if asked.at > moved.before:
        return Step(StepCode.EXTENDED_TOO_LATE, facts)
    if moved.after == moved.before:
        return Step(StepCode.EXTENDED_FOR_NOTHING, facts)
    return Step(StepCode.EXTENDED, facts | {"after": moved.after, "by": moved.after - moved.before})


def _ending(found: Reckoning, due: datetime | None, is_provisional: bool) -> Iterator[Step]:
    if is_provisional:
        first, started_on = found.calendar.known_from, _started_on(found)
        is_early = first is not None and started_on < first
        until = None if is_early else found.calendar.known_until
        yield _step(StepCode.PROVISIONAL, known_until=until)
    if found.rule.kind == ClockKind.AVERAGE:
        yield _step(StepCode.AVERAGE, at=due)
    run = found.run
    if run.stopped_at is not None:
        by = None if due is None else abs(run.stopped_at - due)
        is_past = due is not None and run.stopped_at > due
        yield _step(
            StepCode.STOPPED, event=run.stopped_by, at=run.stopped_at, is_late=found.is_breached(),
            is_past=is_past, by=by,
        )  # fmt: skip


def _started_on(found: Reckoning) -> date:
    return found.run.started_at.astimezone(found.calendar.tz).date()


def _next_midnight(found: Reckoning) -> datetime:
    calendar = found.calendar
    local = found.run.started_at.astimezone(calendar.tz)
    return skipped_days.instant(calendar.midnight(local.toordinal() + 1))


def _spans(found: Reckoning, at: datetime) -> Iterator[Span]:
    """What became of the time from the start to the stop, or to `at` while the clock runs."""
    run = found.run
    end = run.stopped_at or max(at, run.started_at)
    reached = run.started_at
    for pause in found.pauses:
        yield from _unheld(found, reached, min(pause.begin, end))
        until = min(pause.end or end, end)
        if until > pause.begin:
            yield Span(SpanKind.PAUSED, pause.begin, until, pause.reason)
        reached = max(reached, until)
    yield from _unheld(found, reached, end)


def _unheld(found: Reckoning, begin: datetime, end: datetime) -> Iterator[Span]:
    """The time no suspension holds: the day of receipt, and the hours of the calendar."""
    limit = found.rule.limit
    if limit.counting == Counting.FROM_NEXT_DAY and begin < (counts := _next_midnight(found)):
        if begin < end:
            yield Span(SpanKind.NOT_YET, begin, min(counts, end))
        begin = counts
    if begin >= end:
        return
    if limit.unit not in working_time.CALENDAR_UNITS:
        yield Span(SpanKind.RAN, begin, end)
        return
    for opens, closes in skipped_days.open_between(found.calendar, begin, end):
        if begin < opens:
            yield Span(SpanKind.CLOSED, begin, opens)
        yield Span(SpanKind.RAN, opens, closes)
        begin = closes
    if begin < end:
        yield Span(SpanKind.CLOSED, begin, end)


def length(spans: Iterable[Span], kind: SpanKind) -> timedelta:
    """How long the spans of one kind lasted together."""
    return sum((span.end - span.begin for span in spans if span.kind == kind), timedelta())
