"""When every clock of a ticket is due and what fires on the way: a pure function of rules, calendars and events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from organisation import working_time
from organisation.working_time import Limit, WorkingCalendar

SUSPENDED, RESUMED, REOPENED, EXTENDED = "suspended", "resumed", "reopened", "extended"


class ClockKind(StrEnum):
    """A maximum is breached by one ticket; an average only warns, for the month's mean alone can break it."""

    MAXIMUM = "max"
    AVERAGE = "avg"


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the escalation ladder: who hears of it, how long after the due time."""

    order: int
    after: Limit
    role: str


@dataclass(frozen=True)
class ClockRule:
    """One clock of a policy. Raises ValueError where its parts contradict each other.

    A stopped clock runs anew, with a new due time, on `starts_on` or any of `restarts_on` (where None: on
    reopening, if the clock is public). It runs on, its stop undone and its due time kept, on `continues_on`.
    Reminders are percents of the limit (Decimal) or times before the due time (timedelta).
    """

    clock: str
    limit: Limit
    calendar: str
    starts_on: str
    stops_on: tuple[str, ...]
    is_internal: bool = False
    kind: ClockKind = ClockKind.MAXIMUM
    reminders: tuple[Decimal | timedelta, ...] = ()
    rungs: tuple[Rung, ...] = ()
    restarts_on: tuple[str, ...] | None = None
    continues_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", ClockKind(self.kind))
        if self.starts_on in self.stops_on:
            raise ValueError(f"Clock {self.clock}: {self.starts_on} cannot both start and stop it.")
        orders = [rung.order for rung in self.rungs]
        if len(set(orders)) != len(orders) or any(order < 1 for order in orders):
            raise ValueError(f"Clock {self.clock}: rungs are numbered from 1, each number once.")
        if self.kind == ClockKind.AVERAGE and (self.rungs or self.reminders):
            raise ValueError(f"Clock {self.clock}: an average is never breached, so it has no reminders and no rungs.")
        for reminder in self.reminders:
            is_share = not isinstance(reminder, timedelta) and 0 < reminder < 100
            if not is_share and not (isinstance(reminder, timedelta) and reminder > timedelta(0)):
                raise ValueError(f"Clock {self.clock}: a reminder comes before the due time.")

    @property
    def starts_again_on(self) -> frozenset[str]:
        further = self.restarts_on
        if further is None:
            further = () if self.is_internal else (REOPENED,)
        return frozenset((self.starts_on, *further))


@dataclass(frozen=True, slots=True)
class EventFact:
    """Something that happened to the ticket. `clock` and `until` belong to an extension and name its new due time."""

    code: str
    at: datetime
    clock: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """What fires when: remind-50, before-2880 (minutes), due, warn, rung-1. A stage fires at most once in each run."""

    stage: str
    fires_at: datetime
    role: str = ""


@dataclass(frozen=True, slots=True)
class PlannedClock:
    """One clock in its latest run. `due_at` is None while it is paused; `first_due_at` is what run 1 promised.

    `stages` holds what has fired or will: nothing after the stop, nothing that a pause still holds back.
    `breached` tells of stops that came too late; for a clock still running ask `is_breached_at`.
    """

    clock: str
    kind: ClockKind
    run: int
    started_at: datetime
    due_at: datetime | None
    first_due_at: datetime
    stopped_at: datetime | None
    paused_at: datetime | None
    is_provisional: bool
    breached: bool
    stages: tuple[PlannedStage, ...]

    def is_breached_at(self, at: datetime) -> bool:
        """Whether the clock has been missed by this moment; never so for an average."""
        if self.breached:
            return True
        is_running_late = self.stopped_at is None and self.due_at is not None and at > self.due_at
        return self.kind == ClockKind.MAXIMUM and is_running_late


@dataclass(slots=True)
class _Run:
    started_at: datetime
    stopped_at: datetime | None = None


@dataclass(frozen=True)
class _Pause:
    begin: datetime
    end: datetime | None


@dataclass(frozen=True)
class _Due:
    """The due time of one run: as first counted, and after pauses and extensions (None while paused)."""

    first: datetime
    at: datetime | None
    held_from: datetime | None = None
    extensions: tuple[EventFact, ...] = field(default=())


def plan(
    rules: Iterable[ClockRule], calendars: Mapping[str, WorkingCalendar], events: Iterable[EventFact]
) -> tuple[PlannedClock, ...]:
    """Each clock that has started, in the order of the rules; raises ValueError for an unknown calendar."""
    history = sorted(events, key=lambda event: event.at)
    pauses = _pauses(history)
    planned: list[PlannedClock] = []
    seen: set[tuple[str, ClockKind]] = set()
    for rule in rules:
        if (rule.clock, rule.kind) in seen:
            raise ValueError(f"Clock {rule.clock}: one maximum and one average at the most.")
        seen.add((rule.clock, rule.kind))
        if rule.calendar not in calendars:
            raise ValueError(f"Clock {rule.clock}: there is no calendar {rule.calendar}.")
        runs = _runs(rule, history)
        if runs:
            planned.append(_planned_clock(_Reckoning(rule, calendars[rule.calendar], pauses, history), runs))
    return tuple(planned)


def _pauses(history: list[EventFact]) -> tuple[_Pause, ...]:
    """The suspensions, none of them overlapping; the last one may still be open."""
    pauses: list[_Pause] = []
    begin: datetime | None = None
    for event in history:
        if event.code == SUSPENDED and begin is None:
            begin = event.at
        elif event.code == RESUMED and begin is not None:
            pauses.append(_Pause(begin, event.at))
            begin = None
    if begin is not None:
        pauses.append(_Pause(begin, None))
    return tuple(pauses)


def _runs(rule: ClockRule, history: list[EventFact]) -> list[_Run]:
    runs: list[_Run] = []
    for event in history:
        is_running = bool(runs) and runs[-1].stopped_at is None
        if is_running and event.code in rule.stops_on:
            runs[-1].stopped_at = event.at
        elif not runs and event.code == rule.starts_on:
            runs.append(_Run(event.at))
        elif runs and not is_running and event.code in rule.continues_on:
            runs[-1].stopped_at = None
        elif runs and not is_running and event.code in rule.starts_again_on:
            runs.append(_Run(event.at))
    return runs


@dataclass(frozen=True)
class _Reckoning:
    """One rule over one ticket's events."""

    rule: ClockRule
    calendar: WorkingCalendar
    pauses: tuple[_Pause, ...]
    history: list[EventFact]

    def pauses_of(self, run: _Run) -> tuple[_Pause, ...]:
        """The suspensions that hold this run: none for a public clock, none after the stop."""
        if not self.rule.is_internal:
            return ()
        return tuple(
            pause
            for pause in self.pauses
            if (pause.end is None or pause.end > run.started_at)
            and (run.stopped_at is None or pause.begin < run.stopped_at)
        )

    def displaced(self, run: _Run, moment: datetime, since: datetime | None = None) -> datetime | None:
        """A moment moved on by the suspensions before it (that began at `since` or later); None while held back."""
        for pause in self.pauses_of(run):
            begin = max(pause.begin, run.started_at)
            if begin >= moment:
                break
            if since is not None and begin < since:
                continue
            if pause.end is None:
                return None
            left = working_time.elapsed(self.calendar, begin, moment, self.rule.limit.unit)
            moment = working_time.shift(self.calendar, pause.end, left, self.rule.limit.unit)
        return moment

    def due_of(self, run: _Run) -> _Due:
        first = working_time.add(self.calendar, run.started_at, self.rule.limit).due_at
        due, granted = self.displaced(run, first), []
        for event in self.history:
            if event.code != EXTENDED or event.clock != self.rule.clock or event.until is None:
                continue
            # An extension asked for after the due time does not undo the breach.
            is_in_time = due is None or event.at <= due
            if run.started_at <= event.at and is_in_time and (run.stopped_at is None or event.at <= run.stopped_at):
                due = None if due is None else max(due, event.until)
                granted.append(event)
        held_from = self.pauses_of(run)[-1].begin if due is None else None
        return _Due(first, due, held_from, tuple(granted))

    def is_breached(self, run: _Run) -> bool:
        due = self.due_of(run).at
        return (
            self.rule.kind == ClockKind.MAXIMUM
            and due is not None
            and run.stopped_at is not None
            and run.stopped_at > due
        )


def _planned_clock(reckoning: _Reckoning, runs: list[_Run]) -> PlannedClock:
    run, rule = runs[-1], reckoning.rule
    due = reckoning.due_of(run)
    provisional = working_time.add(reckoning.calendar, run.started_at, rule.limit).is_provisional
    return PlannedClock(
        clock=rule.clock,
        kind=rule.kind,
        run=len(runs),
        started_at=run.started_at,
        due_at=due.at,
        first_due_at=reckoning.due_of(runs[0]).first,
        stopped_at=run.stopped_at,
        paused_at=due.held_from if run.stopped_at is None else None,
        is_provisional=provisional,
        breached=any(reckoning.is_breached(each) for each in runs),
        stages=_stages(reckoning, run, due),
    )
