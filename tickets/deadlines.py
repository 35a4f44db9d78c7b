"""When every clock of a ticket is due and what fires on the way: a pure function of rules,
calendars and events."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from organisation import working_time
from organisation.working_time import Counting, Ending, Limit, Unit, WorkingCalendar

SUSPENDED, RESUMED, REOPENED, EXTENDED = "suspended", "resumed", "reopened", "extended"
# Stops that a rejected result or a reopening takes back. That somebody arrived, or spoke with the
# customer, stays true whatever becomes of the result.
END_OF_WORK = frozenset({"resolved_on_the_spot", "done", "approved", "closed"})


class ClockKind(StrEnum):
    """A maximum is breached by one ticket; an average only warns, for the month's mean alone can
    break it."""

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

    A stopped clock runs anew, with a new due time, on `starts_on`. One that the end of the work
    stopped (END_OF_WORK) runs anew on any of `restarts_on` as well (where None: on reopening, if
    the clock is public), and runs on, its stop undone and its due time kept, on `continues_on`.
    On `also_starts_on` a clock that has run already runs anew whatever stopped it, even if the very
    event stops it: what is passed on to another unit is to be signed for by that one.
    `begins_on` are other names of the event it starts on.
    On `renews_on` a clock that runs begins anew: each unit has its own time in each stage.
    Reminders and rungs belong to a maximum; beside an average they are left out.
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
    also_starts_on: tuple[str, ...] = ()
    renews_on: tuple[str, ...] = ()
    begins_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", ClockKind(self.kind))
        if {self.starts_on, *self.begins_on} & set(self.stops_on):
            raise ValueError(f"Clock {self.clock}: {self.starts_on} cannot both start and stop it.")
        orders = [rung.order for rung in self.rungs]
        if len(set(orders)) != len(orders) or any(order < 1 for order in orders):
            raise ValueError(f"Clock {self.clock}: rungs are numbered from 1, each number once.")
        if len({_stage_name(reminder) for reminder in self.reminders}) != len(self.reminders):
            raise ValueError(f"Clock {self.clock}: the same reminder is given twice.")
        for reminder in self.reminders:
            is_share = not isinstance(reminder, timedelta) and 0 < reminder < 100
            if not is_share and not (isinstance(reminder, timedelta) and reminder > timedelta(0)):
                raise ValueError(f"Clock {self.clock}: a reminder comes before the due time.")

    @property
    def starts_again_on(self) -> frozenset[str]:
        if self.restarts_on is not None:
            return frozenset(self.restarts_on)
        return frozenset() if self.is_internal else frozenset({REOPENED})


@dataclass(frozen=True, slots=True)
class EventFact:
    """Something that happened to the ticket. `clock` and `until` belong to an extension and name
    its new due time; `reason` is the code of why a ticket rests."""

    code: str
    at: datetime
    clock: str = ""
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """What fires when: remind-50, before-2880 (minutes), due, warn, rung-1. A stage fires at most
    once in each run."""

    stage: str
    fires_at: datetime
    role: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """A run that stopped too late."""

    due_at: datetime
    stopped_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedClock:
    """One clock in its latest run. `due_at` is None while it is paused; `first_due_at` is what run
    1 promised.

    `stages` holds what has fired or will: nothing after the stop, nothing that a pause still holds
    back. `breaches` are the runs that stopped too late, oldest first; see also `is_breached_at`.
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
    breaches: tuple[Breach, ...]
    stages: tuple[PlannedStage, ...]

    @property
    def breached(self) -> bool:
        return bool(self.breaches)

    def is_breached_at(self, at: datetime) -> bool:
        """Whether the clock has been missed by this moment; never so for an average."""
        if self.breached:
            return True
        is_running_late = self.stopped_at is None and self.due_at is not None and at > self.due_at
        return self.kind == ClockKind.MAXIMUM and is_running_late


@dataclass(slots=True)
class Run:
    """One stretch of a clock from start to stop. `undone` keeps the stops that were taken back: by
    what and when it had stopped, and what undid it. `is_settled` once its result stays."""

    started_at: datetime
    started_by: str
    stopped_at: datetime | None = None
    stopped_by: str = ""
    undone: tuple[tuple[str, datetime, EventFact], ...] = ()
    is_settled: bool = False


@dataclass(frozen=True)
class Pause:
    """One suspension; open where `end` is None."""

    begin: datetime
    end: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a suspension or an extension made of a due time; `after` is None while it rests."""

    by: Pause | EventFact
    before: datetime
    after: datetime | None


def plan(
    rules: Iterable[ClockRule], calendars: Mapping[str, WorkingCalendar], events: Iterable[EventFact]
) -> tuple[PlannedClock, ...]:
    """Each clock that has started, in the order of the rules; raises ValueError for an unknown
    calendar."""
    history = sorted(events, key=lambda event: event.at)
    pauses = suspensions(history)
    planned: list[PlannedClock] = []
    seen: set[tuple[str, ClockKind]] = set()
    for rule in rules:
        if (rule.clock, rule.kind) in seen:
            raise ValueError(f"Clock {rule.clock}: one maximum and one average at the most.")
        seen.add((rule.clock, rule.kind))
        if rule.calendar not in calendars:
            raise ValueError(f"Clock {rule.clock}: there is no calendar {rule.calendar}.")
        clock = _planned_clock(rule, calendars[rule.calendar], pauses, history)
        if clock is not None:
            planned.append(clock)
    return tuple(planned)


def suspensions(history: list[EventFact]) -> tuple[Pause, ...]:
    """The suspensions of a history in order, none of them overlapping; the last one may still be
    open."""
    pauses: list[Pause] = []
    begun: EventFact | None = None
    for event in history:
        if event.code == SUSPENDED and begun is None:
            begun = event
        elif event.code == RESUMED and begun is not None:
            pauses.append(Pause(begun.at, event.at, begun.reason))
            begun = None
    if begun is not None:
        pauses.append(Pause(begun.at, None, begun.reason))
    return tuple(pauses)


def _runs(rule: ClockRule, history: list[EventFact]) -> list[Run]:
    runs: list[Run] = []
    for event in history:
        if not runs or runs[-1].stopped_at is not None:
            _start(rule, runs, event)
        elif event.code in rule.stops_on:
            runs[-1].stopped_at, runs[-1].stopped_by = event.at, event.code
            if event.code in rule.also_starts_on:
                runs.append(Run(event.at, event.code))
        elif event.code in rule.renews_on:
            runs[-1].stopped_at, runs[-1].stopped_by = event.at, event.code
            runs.append(Run(event.at, event.code))
    return runs


def _start(rule: ClockRule, runs: list[Run], event: EventFact) -> None:
    has_result = bool(runs) and runs[-1].stopped_by in END_OF_WORK
    if has_result and not runs[-1].is_settled and event.code in rule.continues_on:
        _undo_stop(runs[-1], event)
    elif (
        event.code == rule.starts_on
        or event.code in rule.begins_on
        or (has_result and event.code in rule.starts_again_on)
        or (runs and event.code in rule.also_starts_on)
    ):
        runs.append(Run(event.at, event.code))
    elif has_result and event.code == REOPENED:
        # That result was accepted once: what is rejected from now on is another one.
        runs[-1].is_settled = True


def _undo_stop(run: Run, event: EventFact) -> None:
    assert run.stopped_at is not None
    run.undone = (*run.undone, (run.stopped_by, run.stopped_at, event))
    run.stopped_at, run.stopped_by = None, ""


@dataclass(frozen=True)
class Reckoning:
    """One run of one rule, with the suspensions that hold it and the extensions asked for in it."""

    rule: ClockRule
    calendar: WorkingCalendar
    run: Run
    pauses: tuple[Pause, ...]
    extensions: tuple[EventFact, ...]

    def first_due(self) -> datetime:
        return working_time.add(self.calendar, self.run.started_at, self.rule.limit).due_at

    def moved(self, moment: datetime, pause: Pause) -> datetime | None:
        """The moment after a suspension; None while it lasts. A moment already past when it began
        stays."""
        if pause.begin >= moment:
            return moment
        if pause.end is None:
            return None
        unit = self.rule.limit.unit
        left = working_time.elapsed(self.calendar, pause.begin, moment, unit)
        return working_time.shift(self.calendar, pause.end, left, unit)

    def moved_by_all(self, moment: datetime, since: datetime | None = None) -> datetime | None:
        for pause in self.pauses:
            if since is None or pause.begin >= since:
                later = self.moved(moment, pause)
                if later is None:
                    return None
                moment = later
        return moment

    def due_at(self) -> datetime | None:
        """The due time after suspensions and extensions in the order they came; None while
        suspended before it."""
        due: datetime | None = self.first_due()
        if self.pauses or self.extensions:
            for moved in self.moves():
                due = moved.after
        return due

    def moves(self) -> Iterator[Moved]:
        """What the suspensions and extensions made of the due time, in the order they came."""
        due = self.first_due()
        changes: list[Pause | EventFact] = [*self.pauses, *self.extensions]
        for change in sorted(changes, key=_began):
            before = due
            if isinstance(change, EventFact):
                # An extension asked for after the due time does not undo the breach.
                if change.until is not None and change.at <= due:
                    due = max(due, change.until)
            else:
                later = self.moved(due, change)
                if later is None:
                    yield Moved(change, before, None)
                    return
                due = due if later == due else self._at_day_end(later)
            yield Moved(change, before, due)

    def _at_day_end(self, due: datetime) -> datetime:
        limit = self.rule.limit
        is_by_midnight = (
            limit.counting == Counting.FROM_NEXT_DAY and limit.ends != Ending.BUSINESS_CLOSE
        )
        if not is_by_midnight or limit.unit not in working_time.DAY_UNITS:
            return due
        today = Limit(0, Unit.CALENDAR_DAYS, Counting.FROM_NEXT_DAY, limit.ends)
        return working_time.add(self.calendar, due - timedelta(microseconds=1), today).due_at

    def is_provisional(self, due: datetime | None) -> bool:
        found = working_time.add(self.calendar, self.run.started_at, self.rule.limit)
        is_moved_on_calendar = (
            due not in (None, found.due_at) and self.rule.limit.unit in working_time.CALENDAR_UNITS
        )
        if found.is_provisional or due is None or not is_moved_on_calendar:
            return found.is_provisional
        return working_time.is_provisional(self.calendar, self.run.started_at, due)

    def is_breached(self) -> bool:
        return self.breach() is not None

    def breach(self) -> Breach | None:
        due, stopped_at = self.due_at(), self.run.stopped_at
        if self.rule.kind != ClockKind.MAXIMUM or due is None or stopped_at is None:
            return None
        return Breach(due, stopped_at) if stopped_at > due else None

    def stages(self) -> tuple[PlannedStage, ...]:
        """What has fired and will, in order of time; nothing from the stop on."""
        due, stopped_at = self.due_at(), self.run.stopped_at
        found = self._warning(due) if self.rule.kind == ClockKind.AVERAGE else self._ladder(due)
        kept = [stage for stage in found if stopped_at is None or stage.fires_at < stopped_at]
        return tuple(sorted(kept, key=lambda stage: stage.fires_at))

    def _warning(self, due: datetime | None) -> list[PlannedStage]:
        return [] if due is None else [PlannedStage("warn", due)]

    def _ladder(self, due: datetime | None) -> list[PlannedStage]:
        found = [
            PlannedStage(_stage_name(each), at)
            for each in self.rule.reminders
            if (at := self._reminder(each, due))
        ]
        if due is not None:
            found.append(PlannedStage("due", due))
            for rung in self.rule.rungs:
                fires_at = self.moved_by_all(
                    working_time.add(self.calendar, due, rung.after).due_at, since=due
                )
                if fires_at is not None:
                    found.append(PlannedStage(f"rung-{rung.order}", fires_at, rung.role))
        return found

    def _reminder(self, reminder: Decimal | timedelta, due: datetime | None) -> datetime | None:
        started_at, unit = self.run.started_at, self.rule.limit.unit
        if isinstance(reminder, timedelta):
            fires_at = None if due is None else due - reminder
            return fires_at if fires_at is not None and fires_at >= started_at else None
        share = Fraction(reminder) / 100
        fires_at = self.moved_by_all(
            working_time.point_between(self.calendar, started_at, self.first_due(), share, unit)
        )
        latest_extension = max((event.at for event in self.extensions), default=None)
        if (
            latest_extension is None
            or due is None
            or (fires_at is not None and fires_at <= latest_extension)
        ):
            return fires_at
        # What had not yet been reminded of when more time was granted keeps to the new due time.
        return working_time.point_between(self.calendar, started_at, due, share, unit)


def _began(change: Pause | EventFact) -> datetime:
    return change.at if isinstance(change, EventFact) else change.begin


def _stage_name(reminder: Decimal | timedelta) -> str:
    if isinstance(reminder, timedelta):
        return f"before-{reminder // timedelta(minutes=1)}"
    return f"remind-{reminder.normalize():f}"


def _reckoning(
    rule: ClockRule, calendar: WorkingCalendar, run: Run, pauses: tuple[Pause, ...],
    history: list[EventFact],
) -> Reckoning:  # fmt: skip
    stopped_at = run.stopped_at
    holding = [
        Pause(
            max(pause.begin, run.started_at),
            pause.end if stopped_at is None else min(pause.end or stopped_at, stopped_at),
            pause.reason,
        )
        for pause in pauses
        if rule.is_internal
        and (pause.end is None or pause.end > run.started_at)
        and (stopped_at is None or pause.begin < stopped_at)
    ]
    extensions = [
        event
        for event in history
        if event.code == EXTENDED
        and event.clock == rule.clock
        and run.started_at <= event.at
        and (stopped_at is None or event.at <= stopped_at)
    ]
    return Reckoning(rule, calendar, run, tuple(holding), tuple(extensions))


def reckonings(
    rule: ClockRule, calendar: WorkingCalendar, pauses: tuple[Pause, ...], history: list[EventFact]
) -> list[Reckoning]:
    """Every run of one clock in a history that is in order of time."""
    return [_reckoning(rule, calendar, run, pauses, history) for run in _runs(rule, history)]


def _planned_clock(
    rule: ClockRule, calendar: WorkingCalendar, pauses: tuple[Pause, ...], history: list[EventFact]
) -> PlannedClock | None:
    found = reckonings(rule, calendar, pauses, history)
    if not found:
        return None
    latest = found[-1]
    due = latest.due_at()
    open_pause = next((pause for pause in latest.pauses if pause.end is None), None)
    return PlannedClock(
        clock=rule.clock, kind=rule.kind, run=len(found), started_at=latest.run.started_at,
        due_at=due, first_due_at=found[0].first_due(), stopped_at=latest.run.stopped_at,
        paused_at=open_pause.begin if open_pause else None,
        is_provisional=latest.is_provisional(due), stages=latest.stages(),
        breaches=tuple(late for reckoning in found if (late := reckoning.breach())),
    )  # fmt: skip
