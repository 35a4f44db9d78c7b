"""The week of a unit's roster, day by day (question)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from assignment.models import Duty
from assignment.on_duty import LEADING
from organisation.models import Unit

DAYS = 7


@dataclass(frozen=True)
class Shift:
    """What one day has of a turn."""

    turn: Duty
    from_at: datetime
    to_at: datetime
    is_all_day: bool
    is_running: bool
    is_over: bool


@dataclass(frozen=True)
class Day:
    """A day of the roster with its shifts, in the order of roles and times."""

    date: date
    begins_at: datetime
    is_today: bool
    shifts: tuple[Shift, ...]


def monday_of(day: date) -> datetime:
    """When the week of the day begins, on the desk's own clock."""
    first = day - timedelta(days=day.weekday())
    return datetime.combine(first, time(), tzinfo=timezone.get_current_timezone())


def of(unit: Unit, monday: datetime, at: datetime) -> list[Day]:
    """The seven days of the unit's own turns; one statement."""
    return _days(Duty.objects.filter(unit=unit), monday, at)


def leading_above(unit: Unit, monday: datetime, at: datetime) -> list[Duty]:
    """The turns of leaders on duty (带班) in the units above, which count for this unit too."""
    above = [path for path in unit.paths_to_root if path != unit.path]
    turns = Duty.objects.between(monday, monday + timedelta(days=DAYS))
    turns = turns.filter(unit__path__in=above, role__in=LEADING).select_related("unit", "staff")
    return list(turns.order_by("from_at", "unit__path"))


def _days(turns, monday: datetime, at: datetime) -> list[Day]:  # type: ignore[no-untyped-def]
    until = monday + timedelta(days=DAYS)
    found = list(
        turns.between(monday, until)
        .select_related("staff", "unit")
        .order_by("role", "from_at", "staff__staff_number")
    )
    return [_day(found, monday + timedelta(days=n), at) for n in range(DAYS)]


def _day(turns: list[Duty], begins: datetime, at: datetime) -> Day:
    ends = begins + timedelta(days=1)
    shifts = tuple(
        _shift(turn, begins, ends, at)
        for turn in turns
        if turn.from_at < ends and turn.to_at > begins
    )
    return Day(begins.date(), begins, begins <= at < ends, shifts)


def _shift(turn: Duty, begins: datetime, ends: datetime, at: datetime) -> Shift:
    from_at, to_at = max(turn.from_at, begins), min(turn.to_at, ends)
    return Shift(
        turn=turn, from_at=from_at, to_at=to_at, is_all_day=(from_at, to_at) == (begins, ends),
        is_running=from_at <= at < to_at, is_over=turn.to_at <= at,
    )  # fmt: skip
