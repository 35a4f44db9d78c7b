"""The clocks of a ticket as lanes on one scale: what ran, what rested, what was missed, what was
sent and what is still to come (question)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tickets import clock_facts, clock_story
from tickets.clock_story import ClockStory, RunStory, Span, SpanKind
from tickets.models import Clock, Event, HandOver, Holding, Ticket
from tickets.states import Happening, State

# What the desk says by itself about a clock.
_SAID = frozenset(
    {
        Happening.REMINDED, Happening.OVERDUE, Happening.ESCALATED, Happening.CALLED_AGAIN,
        Happening.LIMIT_WARNED,
    }
)  # fmt: skip
# More stretches than this in one lane would only be grey: closed hours are then left out.
_MOST_STRETCHES = 80
_MOST_MIDNIGHTS = 32
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scale:
    """From `begin` to `end`; places are percents of the width."""

    begin: datetime
    end: datetime

    def at(self, moment: datetime) -> str:
        return f"{self._share(moment):.2f}%"

    def width(self, begin: datetime, end: datetime) -> str:
        return f"{max(0.3, self._share(end) - self._share(begin)):.2f}%"

    def _share(self, moment: datetime) -> float:
        return min(100.0, max(0.0, 100 * ((moment - self.begin) / (self.end - self.begin))))


@dataclass(frozen=True)
class Stretch:
    """A piece of a lane: `look` is ran, closed, not_yet, paused or late."""

    look: str
    x: str
    width: str


@dataclass(frozen=True)
class Mark:
    """An instant on a lane: first (the first due time, where it moved), due, earlier (of an earlier
    run), sent or to_come."""

    look: str
    x: str


@dataclass(frozen=True)
class Alert:
    """A reminder, the due time or a rung: when, and who heard or by role will hear."""

    stage: str
    at: datetime
    is_sent: bool
    role: str = ""
    told_en: Sequence[str] = ()
    told_zh: Sequence[str] = ()
    late_seconds: int = 0
    is_again: bool = False


@dataclass(frozen=True)
class Lane:
    """One clock. `story` is None where limits no longer in use judged it, or a file brought it."""

    clock: Clock
    story: ClockStory | None
    now: datetime
    stretches: Sequence[Stretch]
    marks: Sequence[Mark]
    alerts: Sequence[Alert]

    @property
    def is_average(self) -> bool:
        return self.clock.measure == "avg"

    @property
    def is_running(self) -> bool:
        return self.clock.stopped_at is None

    @property
    def is_paused(self) -> bool:
        return self.is_running and self.clock.due_at is None

    @property
    def is_over(self) -> bool:
        """Past its due time, whether it still runs or was stopped too late."""
        due = self.clock.due_at
        return due is not None and (self.clock.stopped_at or self.now) > due

    @property
    def is_missed(self) -> bool:
        """Missed now or in an earlier run; never so for an average."""
        return not self.is_average and (self.is_over or self.clock.missed_at is not None)

    @property
    def over_by(self) -> timedelta | None:
        due = self.clock.due_at
        return (self.clock.stopped_at or self.now) - due if due and self.is_over else None

    @property
    def has_moved(self) -> bool:
        """Whether it was first due at another time, which stays visible."""
        first, due = self.clock.first_due_at, self.clock.due_at
        return first is not None and due is not None and first != due

    @property
    def is_missed_before(self) -> bool:
        """Missed in a run before the present one, which is not late."""
        return self.is_missed and not self.is_over

    @property
    def run(self) -> int:
        return self.story.latest.number if self.story else 1

    @property
    def next_alert(self) -> Alert | None:
        return next((one for one in self.alerts if not one.is_sent), None)

    @property
    def latest_sent(self) -> Alert | None:
        return next((one for one in reversed(self.alerts) if one.is_sent), None)


@dataclass(frozen=True)
class HandOverLane:
    """A hand-over that waits for its signature, and the alarm that ends the wait."""

    hand_over: HandOver
    duties: Sequence[str]
    stretch: Stretch
    alarm: str | None


@dataclass(frozen=True)
class Timeline:
    """The lanes, and what they share: the scale, midnights and the present."""

    scale: Scale
    now: datetime
    lanes: Sequence[Lane]
    hand_overs: Sequence[HandOverLane]
    midnights: Sequence[str]
    is_open: bool

    @property
    def now_at(self) -> str:
        return self.scale.at(self.now)

    @property
    def has_rests(self) -> bool:
        return any(one.look == "paused" for lane in self.lanes for one in lane.stretches)

    @property
    def has_closed(self) -> bool:
        looks = {one.look for lane in self.lanes for one in lane.stretches}
        return bool(looks & {"closed", "not_yet"})


def of(
    ticket: Ticket, clocks: Sequence[Clock], events: Sequence[Event], holdings: Sequence[Holding],
    waiting: Iterable[Any], now: datetime,
) -> Timeline:  # fmt: skip
    """The lanes of these clocks; `events` are the ticket's, oldest first, `waiting` its hand-over
    items without a signature. No queries."""
    told = {(one.clock, str(one.kind)): one for one in stories(ticket, events, now)}
    matching = {
        (clock.name, clock.measure): _matching(clock, told.get((clock.name, clock.measure)))
        for clock in clocks
    }
    scale = _scale(ticket, clocks, now)
    said = _said(events)
    lanes = [
        _lane(
            clock, matching[clock.name, clock.measure], scale, now,
            said.get((clock.name, clock.measure), []), holdings,
        )
        for clock in clocks
    ]  # fmt: skip
    return Timeline(
        scale=scale, now=now, lanes=lanes, hand_overs=_hand_overs(waiting, scale, now),
        midnights=_midnights(scale), is_open=ticket.is_open,
    )  # fmt: skip


def stories(ticket: Ticket, events: Sequence[Event], now: datetime) -> tuple[ClockStory, ...]:
    """Why each clock is due when it is, by the limits that judge the ticket now."""
    if ticket.policy_id is None:
        return ()
    history = clock_facts.read((event.code, event.at, event.facts) for event in events)
    rules, calendars = clock_facts.judging(ticket, history)
    until = now if ticket.is_open else min(now, ticket.latest_event_at)
    if history.is_one:
        return clock_story.tell(rules, calendars, history.public, until)
    return tuple(
        one
        for rule in rules
        for one in clock_story.tell([rule], calendars, history.of(rule), until)
    )


def _matching(clock: Clock, story: ClockStory | None) -> ClockStory | None:
    """The story of a clock, unless what is written was judged by other limits."""
    if story is None or clock.due_at != story.latest.due_at:
        return None
    return story if clock.stopped_at == story.latest.stopped_at else None


def _scale(ticket: Ticket, clocks: Sequence[Clock], now: datetime) -> Scale:
    ends = [now if ticket.is_open else ticket.latest_event_at]
    ends += [moment for clock in clocks for moment in (clock.due_at, clock.first_due_at) if moment]
    begin = min([ticket.received_at, *(clock.started_at for clock in clocks)])
    return Scale(begin, max(*ends, begin + timedelta(minutes=1)))


def _midnights(scale: Scale) -> list[str]:
    begin = timezone.localtime(scale.begin)
    day = begin.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    if scale.end - scale.begin > _MOST_MIDNIGHTS * _DAY:
        return []
    found = []
    while day < scale.end:
        found.append(scale.at(day))
        day += _DAY
    return found


def _said(events: Sequence[Event]) -> dict[tuple[str, str], list[Alert]]:
    """What was sent about each clock and measure."""
    found: dict[tuple[str, str], list[Alert]] = {}
    for event in events:
        if event.code in _SAID and "clock" in event.facts:
            measure = "avg" if event.code == Happening.LIMIT_WARNED else "max"
            facts = event.facts
            alert = Alert(
                stage=facts.get("stage", ""), at=event.at, is_sent=True,
                role=facts.get("role", ""), told_en=facts.get("told_en", ()),
                told_zh=facts.get("told", ()), late_seconds=facts.get("late_seconds", 0),
                is_again=event.code == Happening.CALLED_AGAIN,
            )  # fmt: skip
            found.setdefault((facts["clock"], measure), []).append(alert)
    return found


def _lane(
    clock: Clock, story: ClockStory | None, scale: Scale, now: datetime, sent: list[Alert],
    holdings: Sequence[Holding],
) -> Lane:  # fmt: skip
    runs = list(story.runs) if story else []
    stretches = [
        piece for run in runs for piece in _stretches(run.spans, scale, run.stopped_at is not None)
    ]
    if story is None:
        stretches = _plain(clock, scale, now, holdings)
    if clock.measure == "max":
        stretches += _late(clock, runs, scale, now)
    to_come = _to_come(story, now) if clock.stopped_at is None else []
    alerts = [*sent, *to_come]
    marks = _marks(clock, runs, scale)
    marks += [
        Mark("sent" if one.is_sent else "to_come", scale.at(one.at))
        for one in alerts
        if one.at <= scale.end
    ]
    return Lane(clock, story, now, stretches, marks, alerts)


def _to_come(story: ClockStory | None, now: datetime) -> list[Alert]:
    stages = story.latest.stages if story else ()
    return [
        Alert(stage=one.stage, at=one.fires_at, is_sent=False, role=one.role)
        for one in stages
        if one.fires_at > now
    ]


def _stretches(spans: Sequence[Span], scale: Scale, is_done: bool) -> list[Stretch]:
    if len(spans) > _MOST_STRETCHES:
        spans = _coarse(spans)
    looks = {SpanKind.RAN: "done" if is_done else "run"}
    return [
        Stretch(looks.get(one.kind, one.kind.value), scale.at(one.begin), scale.width(one.begin, one.end))
        for one in spans
    ]  # fmt: skip


def _coarse(spans: Sequence[Span]) -> list[Span]:
    """The spans without the closed hours between: only rests part them."""
    found: list[Span] = []
    for span in spans:
        kind = SpanKind.PAUSED if span.kind == SpanKind.PAUSED else SpanKind.RAN
        if found and found[-1].kind == kind:
            found[-1] = Span(kind, found[-1].begin, span.end)
        else:
            found.append(Span(kind, span.begin, span.end))
    return found


def _plain(clock: Clock, scale: Scale, now: datetime, holdings: Sequence[Holding]) -> list[Stretch]:
    """A clock without a story: from start to stop, with the rests that held it."""
    begin, end = clock.started_at, clock.stopped_at or now
    look = "run" if clock.stopped_at is None else "done"
    found = [Stretch(look, scale.at(begin), scale.width(begin, end))]
    is_internal = clock.limit is not None and clock.limit.is_internal
    for one in holdings if is_internal else ():
        since, until = max(one.from_at, begin), min(one.to_at or end, end)
        if one.state == State.SUSPENDED and since < until:
            found.append(Stretch("paused", scale.at(since), scale.width(since, until)))
    return found


def _late(clock: Clock, runs: Sequence[RunStory], scale: Scale, now: datetime) -> list[Stretch]:
    """From each due time to the stop that came after it."""
    spent = [(run.due_at, run.stopped_at or now) for run in runs] or [
        (clock.due_at, clock.stopped_at or now)
    ]
    return [
        Stretch("late", scale.at(due), scale.width(due, end))
        for due, end in spent
        if due is not None and end > due
    ]


def _marks(clock: Clock, runs: Sequence[RunStory], scale: Scale) -> list[Mark]:
    marks = [Mark("earlier", scale.at(run.due_at)) for run in runs[:-1] if run.due_at]
    if clock.first_due_at is not None and clock.first_due_at != clock.due_at:
        marks.append(Mark("first", scale.at(clock.first_due_at)))
    if clock.due_at is not None:
        marks.append(Mark("due", scale.at(clock.due_at)))
    return marks


def _hand_overs(waiting: Iterable[Any], scale: Scale, now: datetime) -> list[HandOverLane]:
    """One lane for each hand-over, whatever of the ticket it hands over."""
    items: dict[int, list[Any]] = {}
    for item in waiting:
        items.setdefault(item.hand_over_id, []).append(item)
    found = []
    for one in items.values():
        hand_over = one[0].hand_over
        alarm = hand_over.alarmed_at or hand_over.alarm_at
        begun = scale.at(hand_over.made_at)
        found.append(
            HandOverLane(
                hand_over, [item.get_duty_display() for item in one],
                Stretch("run", begun, scale.width(hand_over.made_at, now)),
                scale.at(alarm) if alarm and alarm <= scale.end else None,
            )
        )  # fmt: skip
    return found
