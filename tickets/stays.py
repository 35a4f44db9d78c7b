"""Who held a ticket in which stage for how long (环节停留), in elapsed and in working time (question).

The stays abut, so that they add up to the ticket's life (domain §3d.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from organisation import working_time
from organisation.models import Unit
from organisation.working_time import WorkingCalendar
from tickets import policies
from tickets.models import Holding, Ticket
from tickets.states import WITH_UNIT, State

# Where no policy names a calendar for the units' own time.
_USUAL = "working-days-cn"
_LEAST = timedelta(seconds=1)
# Stages in which the unit could work; what rests waits for somebody else.
_WITH_UNIT = WITH_UNIT - {State.SUSPENDED}


@dataclass(frozen=True)
class Stay:
    """One stage with one holder; `working` is None where no calendar is known. `x` and `width` are
    percents of the ticket's life."""

    holding: Holding
    elapsed: timedelta
    working: timedelta | None
    x: str
    width: str

    @property
    def is_running(self) -> bool:
        return self.holding.to_at is None


@dataclass(frozen=True)
class OfUnit:
    """All stays with one unit together; where no unit works on it, `state` says what it waits in:
    for the dispatchers, the end of a rest, the review or the callback."""

    unit: Unit | None
    state: State | None
    elapsed: timedelta
    working: timedelta | None
    times: int


@dataclass(frozen=True)
class Stays:
    """Every stay in order, by unit, and the whole life."""

    each: Sequence[Stay]
    by_unit: Sequence[OfUnit]
    life: timedelta
    calendar: str

    @property
    def worked(self) -> timedelta | None:
        """The working time of all stays together; None where no calendar is known."""
        known = [one.working for one in self.each if one.working is not None]
        return sum(known, timedelta()) if known and len(known) == len(self.each) else None


def of(ticket: Ticket, holdings: Sequence[Holding], now: datetime) -> Stays:
    """The stays of a ticket from its holdings, oldest first. No queries."""
    until = max(now, holdings[-1].from_at) if holdings else now
    begin = holdings[0].from_at if holdings else until
    span = max((holdings[-1].to_at or until) - begin if holdings else _LEAST, _LEAST)
    code = ticket.policy.return_calendar_code if ticket.policy else _USUAL
    calendar = _calendar(ticket, code)
    each = [_stay(one, begin, until, span, calendar) for one in holdings]
    return Stays(each, _by_unit(each), sum((one.elapsed for one in each), timedelta()), code)


def _calendar(ticket: Ticket, code: str) -> WorkingCalendar | None:
    version = ticket.calendar_versions.get(code)
    return policies.calendar(code, version) if version else None


def _stay(
    one: Holding,
    begin: datetime,
    until: datetime,
    span: timedelta,
    calendar: WorkingCalendar | None,
) -> Stay:
    end = one.to_at or until
    return Stay(
        holding=one, elapsed=end - one.from_at, working=_worked(calendar, one.from_at, end),
        x=f"{100 * ((one.from_at - begin) / span):.2f}%",
        width=f"{100 * ((end - one.from_at) / span):.2f}%",
    )  # fmt: skip


def _worked(calendar: WorkingCalendar | None, begin: datetime, end: datetime) -> timedelta | None:
    if calendar is None:
        return None
    minutes = working_time.elapsed(calendar, begin, end, working_time.Unit.WORKING_MINUTES)
    return timedelta(minutes=float(minutes))


def _by_unit(each: Sequence[Stay]) -> list[OfUnit]:
    grouped: dict[tuple[int | None, str], list[Stay]] = {}
    for one in each:
        is_worked_on = one.holding.state in _WITH_UNIT
        key = (one.holding.unit_id, "") if is_worked_on else (None, one.holding.state)
        grouped.setdefault(key, []).append(one)
    found = [_together(theirs, state) for (_, state), theirs in grouped.items()]
    return sorted(found, key=lambda one: one.elapsed, reverse=True)


def _together(theirs: list[Stay], state: str) -> OfUnit:
    worked = [one.working for one in theirs if one.working is not None]
    return OfUnit(
        unit=None if state else theirs[0].holding.unit,
        state=State(state) if state else None,
        elapsed=sum((one.elapsed for one in theirs), timedelta()),
        working=sum(worked, timedelta()) if len(worked) == len(theirs) else None,
        times=len(theirs),
    )
