"""What is doubtful in a set of limits before it is in force: codes and facts (sum).

Limits count in different units on different calendars, so no figure is converted: each is counted
from many moments of a year, and the findings say from how many of them, and from which worst, it
goes wrong (domain §6 row 25: internal limit plus callback within the public promise).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from organisation import working_time
from organisation.working_time import WorkingCalendar
from tickets.limit_wording import LimitWording
from tickets.states import Happening as H

# The way of a matter. Who keeps every internal limit to its last second gets here by then.
_WAY = (H.RECEIVED, H.DISPATCHED, H.SIGNED, H.ARRIVED, H.DONE, H.APPROVED, H.CALLED_BACK, H.CLOSED)
_PLACE = {event: place for place, event in enumerate(_WAY)}
_LAST_WORDS = {H.TOLD_CONFIRMED: H.CALLED_BACK, H.CONTACTED: H.SIGNED}
_PROMISES = ("reply", "restore", "arrive", "total")
_TIMES = (time(0, 30), time(9, 0), time(16, 50), time(23, 0))


class Severity(IntEnum):
    """An error promises what cannot be kept or holds for nobody; a warning may be meant so."""

    ERROR = 1
    WARNING = 2
    HINT = 3


class Code(StrEnum):
    """What was found, each with its facts.

    steps_exceed {clock, steps, tried, times, start, reached, due}: the limits of the steps on the
    way reach past the limit of the clock. contact_after_promise {clock, tried, times, start, ...}:
    the first contact may come after the answer. reminder_before_start {clock, minutes, tried,
    times}; reminder_after_due {clock, percent}; average_alone {clock}; no_promise {};
    promise_not_from_receipt {clock, event}; nobody_holds {clock, ladder, name, role};
    year_unknown {clock, calendar, known_until}; no_such_calendar {clock, calendar};
    never_due {clock, calendar}; unknown_category {category}; other_matter {category, utility,
    kind}; unknown_period {period}; same_weight {policy, name}; both_may_fit {policy, name}.
    """

    STEPS_EXCEED = "steps_exceed"
    CONTACT_AFTER_PROMISE = "contact_after_promise"
    REMINDER_BEFORE_START = "reminder_before_start"
    REMINDER_AFTER_DUE = "reminder_after_due"
    AVERAGE_ALONE = "average_alone"
    NO_PROMISE = "no_promise"
    PROMISE_NOT_FROM_RECEIPT = "promise_not_from_receipt"
    NOBODY_HOLDS = "nobody_holds"
    YEAR_UNKNOWN = "year_unknown"
    NO_SUCH_CALENDAR = "no_such_calendar"
    NEVER_DUE = "never_due"
    UNKNOWN_CATEGORY = "unknown_category"
    OTHER_MATTER = "other_matter"
    UNKNOWN_PERIOD = "unknown_period"
    SAME_WEIGHT = "same_weight"
    BOTH_MAY_FIT = "both_may_fit"


@dataclass(frozen=True)
class Finding:
    """One thing found, how grave, and what its sentence needs."""

    code: Code
    severity: Severity
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Breach:
    """From which start a limit goes worst, when its steps are over and when it is due."""

    start: datetime
    reached: datetime
    due: datetime
    steps: tuple[str, ...]

    @property
    def by(self) -> timedelta:
        return self.reached - self.due


def starts(first: datetime, zone: str, days: int = 366) -> tuple[datetime, ...]:
    """Four moments of each day of a year from `first` on, in the zone: by night, in the morning,
    shortly before the close, late in the evening."""
    tz = ZoneInfo(zone)
    day = first.astimezone(tz).date()
    return tuple(
        datetime.combine(day + timedelta(days=n), at, tz).astimezone(UTC)
        for n in range(days)
        for at in _TIMES
    )


def of_limits(
    limits: Sequence[LimitWording],
    calendars: Mapping[str, WorkingCalendar],
    tried: Sequence[datetime],
) -> Iterator[Finding]:
    """Everything doubtful within one policy, counted from each of the moments."""
    sound = []
    for limit in limits:
        problem = _uncountable(limit, calendars, tried[0])
        if problem is not None:
            yield problem
        else:
            sound.append(limit)
    counted = _Counted(sound, calendars)
    yield from _of_shape(sound)
    yield from _of_years(sound, calendars, counted, tried)
    yield from _of_reminders(sound, counted, tried)
    yield from _of_steps(sound, counted, tried)


def _uncountable(
    limit: LimitWording, calendars: Mapping[str, WorkingCalendar], start: datetime
) -> Finding | None:
    facts = {"clock": limit.clock, "calendar": limit.calendar_code}
    if limit.calendar_code not in calendars:
        return Finding(Code.NO_SUCH_CALENDAR, Severity.ERROR, facts)
    try:
        working_time.add(calendars[limit.calendar_code], start, _arithmetic(limit))
    except (working_time.NoWorkingTime, OverflowError, ValueError):
        return Finding(Code.NEVER_DUE, Severity.ERROR, facts)
    return None


def _arithmetic(limit: LimitWording) -> working_time.Limit:
    return working_time.Limit(
        amount=limit.amount, unit=working_time.Unit(limit.unit),
        counting=working_time.Counting(limit.counting), ends=working_time.Ending(limit.ends),
        cut_off=limit.cut_off, next_opening=limit.next_opening,
    )  # fmt: skip


class _Counted:
    """When limits are due, each counted once from each moment."""

    def __init__(
        self, limits: Sequence[LimitWording], calendars: Mapping[str, WorkingCalendar]
    ) -> None:
        self._counting = {
            id(limit): (calendars[limit.calendar_code], _arithmetic(limit)) for limit in limits
        }
        self._found: dict[tuple[int, datetime], datetime] = {}

    def due(self, limit: LimitWording, start: datetime) -> datetime:
        """When the limit ends that began at the moment."""
        key = (id(limit), start)
        if key not in self._found:
            calendar, arithmetic = self._counting[id(limit)]
            self._found[key] = working_time.add(calendar, start, arithmetic).due_at
        return self._found[key]


def _of_shape(limits: Sequence[LimitWording]) -> Iterator[Finding]:
    """What can be seen without counting."""
    maxima = {limit.clock for limit in limits if limit.measure == "max"}
    promised = {one.clock for one in limits if not one.is_internal and one.clock in _PROMISES}
    if not promised:
        yield Finding(Code.NO_PROMISE, Severity.WARNING)
    for limit in limits:
        facts = {"clock": limit.clock}
        if limit.measure == "avg" and limit.clock not in maxima:
            yield Finding(Code.AVERAGE_ALONE, Severity.WARNING, facts)
        is_total = limit.clock in ("reply", "total") and not limit.is_internal
        if is_total and limit.measure == "max" and limit.starts_on != H.RECEIVED:
            facts_too = facts | {"event": limit.starts_on}
            yield Finding(Code.PROMISE_NOT_FROM_RECEIPT, Severity.WARNING, facts_too)
        for percent in limit.reminder_percents:
            if percent >= 100:
                said = facts | {"percent": percent}
                yield Finding(Code.REMINDER_AFTER_DUE, Severity.ERROR, said)


def _of_years(
    limits: Sequence[LimitWording],
    calendars: Mapping[str, WorkingCalendar],
    counted: _Counted,
    tried: Sequence[datetime],
) -> Iterator[Finding]:
    """Limits that what is received today would carry into days no table is loaded for."""
    told = set()
    for limit in limits:
        calendar = calendars[limit.calendar_code]
        is_plain = limit.unit not in working_time.CALENDAR_UNITS
        if is_plain and limit.counting != "from_next_day":
            continue
        if working_time.is_provisional(calendar, tried[0], counted.due(limit, tried[0])):
            if calendar.code not in told:
                facts = {
                    "clock": limit.clock, "calendar": calendar.code,
                    "known_until": calendar.known_until,
                }  # fmt: skip
                yield Finding(Code.YEAR_UNKNOWN, Severity.WARNING, facts)
            told.add(calendar.code)


def _of_reminders(
    limits: Sequence[LimitWording], counted: _Counted, tried: Sequence[datetime]
) -> Iterator[Finding]:
    """Times before the due time that lie before the start: such a reminder never comes."""
    for limit in limits:
        for minutes in limit.reminder_minutes:
            before = timedelta(minutes=minutes)
            times = sum(counted.due(limit, start) - before < start for start in tried)
            if times:
                facts = {
                    "clock": limit.clock, "minutes": minutes, "times": times, "tried": len(tried),
                }  # fmt: skip
                is_always = times == len(tried)
                grave = Severity.ERROR if is_always else Severity.HINT
                yield Finding(Code.REMINDER_BEFORE_START, grave, facts)


def _of_steps(
    limits: Sequence[LimitWording], counted: _Counted, tried: Sequence[datetime]
) -> Iterator[Finding]:
    """Limits that the steps before them, each kept to its last second, reach past."""
    maxima = [limit for limit in limits if limit.measure == "max"]
    for limit in maxima:
        if limit.starts_on != H.RECEIVED or limit.clock not in _PROMISES:
            continue
        breaches = [one for start in tried if (one := _breach(limit, maxima, counted, start))]
        if breaches:
            yield _exceeded(Code.STEPS_EXCEED, limit, breaches, tried)
    yield from _of_contact(maxima, counted, tried)


def _breach(
    limit: LimitWording, maxima: Sequence[LimitWording], counted: _Counted, start: datetime
) -> _Breach | None:
    """The steps that are over only after the limit is due, if there are any."""
    due, end = counted.due(limit, start), _place(limit)
    reached: dict[H, tuple[datetime, tuple[str, ...]]] = {H.RECEIVED: (start, ())}
    for step in sorted(maxima, key=_place):
        if step is limit or H(step.starts_on) not in reached or _place(step) > end:
            continue
        began, before = reached[H(step.starts_on)]
        over = (counted.due(step, began), (*before, step.clock))
        event = _event(step)
        reached[event] = min(reached.get(event, over), over)
    on_the_way = [found for event, found in reached.items() if _PLACE.get(event, 0) <= end]
    worst = max(on_the_way)
    if worst[0] <= due:
        return None
    return _Breach(start, worst[0], due, worst[1])


def _event(limit: LimitWording) -> H:
    """The event that the limit is about: of those that stop it the first on the way."""
    stops = [_LAST_WORDS.get(H(one), H(one)) for one in limit.stops_on]
    return min(stops, key=lambda one: _PLACE.get(one, len(_WAY)), default=H.CLOSED)


def _place(limit: LimitWording) -> int:
    # What does not lie on the way (a first contact) holds up nothing.
    if limit.clock == "first_contact":
        return len(_WAY)
    return _PLACE.get(_event(limit), len(_WAY))


def _of_contact(
    maxima: Sequence[LimitWording], counted: _Counted, tried: Sequence[datetime]
) -> Iterator[Finding]:
    contact = next((one for one in maxima if one.clock == "first_contact"), None)
    reply = next((one for one in maxima if one.clock in ("reply", "restore", "total")), None)
    if contact is None or reply is None:
        return
    if contact.starts_on != H.RECEIVED or reply.starts_on != H.RECEIVED:
        return
    breaches = [
        _Breach(start, counted.due(contact, start), counted.due(reply, start), (contact.clock,))
        for start in tried
        if counted.due(contact, start) > counted.due(reply, start)
    ]
    if breaches:
        yield _exceeded(Code.CONTACT_AFTER_PROMISE, reply, breaches, tried)


def _exceeded(
    code: Code, limit: LimitWording, breaches: Sequence[_Breach], tried: Sequence[datetime]
) -> Finding:
    """Wrong from every start: an error; from some of them: a warning."""
    worst = max(breaches, key=lambda one: one.by)
    is_always = len(breaches) == len(tried)
    facts = {
        "clock": limit.clock, "is_internal": limit.is_internal, "steps": worst.steps,
        "times": len(breaches), "tried": len(tried), "start": worst.start,
        "reached": worst.reached, "due": worst.due,
    }  # fmt: skip
    return Finding(code, Severity.ERROR if is_always else Severity.WARNING, facts)


def sorted_by_weight(found: Iterable[Finding]) -> list[Finding]:
    """The gravest first, otherwise as they were found."""
    return sorted(found, key=lambda one: one.severity)
