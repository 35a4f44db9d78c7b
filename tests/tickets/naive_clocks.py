"""The clocks of one ticket kept by hand: what is due and what has fired, event by event.

Written from design.md §4.3 and §8 and domain.md §2b, as somebody with a diary would do it: nothing
is computed from history as a whole, nothing is taken from tickets.deadlines. Only the arithmetic of
working time is the desk's own, which has its own proofs.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from organisation import working_time
from organisation.working_time import Counting, Ending, Unit, WorkingCalendar
from tickets.models import Limit

ENDS_WORK = {"done", "approved", "closed", "resolved_on_the_spot"}
TAKES_RESULT_BACK = {"rejected", "sent_back"}
# A ruling and a transfer are dispatches, the desk's signature is one; what goes back or elsewhere
# is signed for no more, and by the next unit anew.
STOPS_LIKE = {
    "dispatched": {"adjudicated", "merged"},
    "signed": {"auto_signed", "returned", "transferred", "merged"},
}
STARTS_LIKE = {"dispatched": {"returned"}, "signed": {"adjudicated", "transferred"}}


@dataclass(frozen=True)
class Rung:
    order: int
    after: working_time.Limit
    role: str


@dataclass(frozen=True)
class Rule:
    """One limit, read from its row."""

    clock: str
    measure: str
    limit: working_time.Limit
    calendar: WorkingCalendar
    starts_on: str
    stops_on: frozenset[str]
    starts_again_on: frozenset[str]
    is_internal: bool
    percents: tuple[int, ...]
    rungs: tuple[Rung, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.clock, self.measure


def rule_of(row: Limit, calendars: dict[str, WorkingCalendar]) -> Rule:
    """What the row says, with what each way of dispatching and signing has in common."""
    stops = set(row.stops_on)
    rungs = row.ladder.rungs.order_by("order") if row.ladder else []
    return Rule(
        clock=row.clock, measure=row.measure, calendar=calendars[row.calendar_code],
        limit=working_time.Limit(
            amount=row.amount, unit=Unit(row.unit), counting=Counting(row.counting),
            ends=Ending(row.ends),
        ),
        starts_on=row.starts_on,
        stops_on=frozenset(stops.union(*(STOPS_LIKE.get(stop, ()) for stop in stops))),
        starts_again_on=frozenset(set().union(*(STARTS_LIKE.get(stop, ()) for stop in stops))),
        is_internal=row.is_internal, percents=tuple(row.reminder_percents),
        rungs=tuple(
            Rung(one.order, working_time.Limit(one.after_amount, Unit(one.after_unit)), one.role)
            for one in rungs
        ),
    )  # fmt: skip


@dataclass
class NaiveClock:
    """One clock in the diary. A stage that a rest holds back has no instant."""

    rule: Rule
    started_at: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: str = ""
    is_missed: bool = False
    stages: dict[str, datetime | None] = field(default_factory=dict)
    left: dict[str, Fraction] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    fired: set[tuple[str, datetime]] = field(default_factory=set)

    def happen(self, code: str, at: datetime) -> None:
        rule = self.rule
        if self.started_at is None:
            if code == rule.starts_on:
                self._start(at)
        elif self.stopped_at is not None:
            self._when_stopped(code, at)
        elif code in rule.stops_on:
            self._stop(code, at)
            if code in rule.starts_again_on:
                self._start(at)
        elif rule.is_internal and code == "suspended":
            self._hold(at)
        elif rule.is_internal and code == "resumed":
            self._release(at)

    def extend(self, until: datetime, at: datetime) -> None:
        """More time: what has not been reminded of yet keeps to the new due time."""
        assert self.due_at is not None
        self.due_at = max(self.due_at, until)
        for name, instant in self.stages.items():
            if name.startswith("remind") and (instant is None or instant > at):
                self.moved.add(name)
        self._set_stages()

    def waiting(self) -> dict[str, datetime]:
        """What is still to fire, and when."""
        if self.started_at is None or self.stopped_at is not None:
            return {}
        return {
            name: instant
            for name, instant in self.stages.items()
            if instant is not None and (name, instant) not in self.fired
        }

    def fire(self, at: datetime) -> list[str]:
        """The stages whose time has come; each once."""
        due = [name for name, instant in self.waiting().items() if instant <= at]
        for name in due:
            instant = self.stages[name]
            assert instant is not None
            self.fired.add((name, instant))
            self.is_missed |= name == "due"
        return due

    def _start(self, at: datetime) -> None:
        self.started_at, self.stopped_at, self.stopped_by = at, None, ""
        self.due_at = working_time.add(self.rule.calendar, at, self.rule.limit).due_at
        self.stages, self.left, self.moved = {}, {}, set()
        if self.rule.measure == "max":
            for percent in self.rule.percents:
                self.stages[f"remind-{percent}"] = self._share(percent)
        self._set_stages()

    def _when_stopped(self, code: str, at: datetime) -> None:
        had_result = self.stopped_by in ENDS_WORK
        is_undone = "done" in self.rule.stops_on and code in TAKES_RESULT_BACK
        reopened = code == "reopened" and not self.rule.is_internal
        if had_result and is_undone:
            self.stopped_at, self.stopped_by = None, ""
        elif code in {self.rule.starts_on, *self.rule.starts_again_on} or (had_result and reopened):
            self._start(at)
        elif had_result and code == "reopened":
            self.stopped_by = "accepted"

    def _stop(self, code: str, at: datetime) -> None:
        self.stopped_at, self.stopped_by = at, code
        if self.rule.measure == "max" and self.due_at is not None and at > self.due_at:
            self.is_missed = True

    def _hold(self, at: datetime) -> None:
        """A rest begins: what is still to come waits, and keeps the time it had left."""
        if self.due_at is not None and self.due_at > at:
            self.left["due_at"] = self._between(at, self.due_at)
            self.due_at = None
        for name, instant in self.stages.items():
            if instant is not None and instant > at:
                self.left[name] = self._between(at, instant)
                self.stages[name] = None

    def _release(self, at: datetime) -> None:
        left, self.left = self.left, {}
        due = left.pop("due_at", None)
        for name, rest in left.items():
            self.stages[name] = self._after(at, rest)
        if due is not None:
            self.due_at = self._to_day_end(self._after(at, due))
            self._set_stages()

    def _set_stages(self) -> None:
        """What hangs on the due time, reckoned from it."""
        if self.due_at is None:
            return
        if self.rule.measure == "avg":
            self.stages["warn"] = self.due_at
            return
        self.stages["due"] = self.due_at
        for name in self.moved:
            self.stages[name] = self._share(int(name.removeprefix("remind-")))
        for rung in self.rule.rungs:
            instant = working_time.add(self.rule.calendar, self.due_at, rung.after).due_at
            self.stages[f"rung-{rung.order}"] = instant

    def _share(self, percent: int) -> datetime:
        assert self.started_at is not None and self.due_at is not None
        return working_time.point_between(
            self.rule.calendar, self.started_at, self.due_at, Fraction(percent, 100),
            self.rule.limit.unit,
        )  # fmt: skip

    def _between(self, one: datetime, other: datetime) -> Fraction:
        return working_time.elapsed(self.rule.calendar, one, other, self.rule.limit.unit)

    def _after(self, at: datetime, rest: Fraction) -> datetime:
        return working_time.shift(self.rule.calendar, at, rest, self.rule.limit.unit)

    def _to_day_end(self, due: datetime) -> datetime:
        limit = self.rule.limit
        if limit.counting != Counting.FROM_NEXT_DAY or limit.ends != Ending.MIDNIGHT_24:
            return due
        today = working_time.Limit(
            0, Unit.CALENDAR_DAYS, Counting.FROM_NEXT_DAY, Ending.MIDNIGHT_24
        )
        just_before = due - timedelta(microseconds=1)
        return working_time.add(self.rule.calendar, just_before, today).due_at
