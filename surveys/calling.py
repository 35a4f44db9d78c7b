"""When to ring, and when enough has been tried (sum)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_NOON = time(12)
_EVENING = time(18)


class DayPart(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True)
class Hours:
    """When customers may be rung: from, until, and the pause at noon, by the wall clock."""

    calls_from: time
    calls_until: time
    pause_from: time
    pause_until: time
    zone: ZoneInfo


def day_part(at: datetime, zone: ZoneInfo) -> DayPart:
    """The part of the local day an instant falls in."""
    local = at.astimezone(zone).time()
    if local < _NOON:
        return DayPart.MORNING
    return DayPart.AFTERNOON if local < _EVENING else DayPart.EVENING


def is_calling_time(at: datetime, hours: Hours) -> bool:
    """Whether one may ring now without waking anybody or their meal."""
    local = at.astimezone(hours.zone).time()
    is_day = hours.calls_from <= local < hours.calls_until
    return is_day and not hours.pause_from <= local < hours.pause_until


def next_calling_time(at: datetime, hours: Hours) -> datetime:
    """The first instant from `at` on at which one may ring, in UTC terms of `at`."""
    local = at.astimezone(hours.zone)
    if is_calling_time(at, hours):
        return at
    wall = local.time()
    if wall < hours.calls_from:
        opening = datetime.combine(local.date(), hours.calls_from, hours.zone)
    elif hours.pause_from <= wall < hours.pause_until:
        opening = datetime.combine(local.date(), hours.pause_until, hours.zone)
    else:
        opening = datetime.combine(local.date() + timedelta(days=1), hours.calls_from, hours.zone)
    return opening.astimezone(at.tzinfo)


def spaced(instants: Iterable[datetime], apart: timedelta) -> list[datetime]:
    """The attempts that count: each at least that long after the one counted before it."""
    counted: list[datetime] = []
    for instant in sorted(instants):
        if not counted or instant - counted[-1] >= apart:
            counted.append(instant)
    return counted


def is_exhausted(
    instants: Iterable[datetime], *, wanted: int, apart: timedelta, zone: ZoneInfo
) -> bool:
    """Whether enough spaced attempts were made, not all in the same part of the day."""
    counted = spaced(instants, apart)
    parts = {day_part(instant, zone) for instant in counted}
    return len(counted) >= wanted and (wanted < 2 or len(parts) >= 2)
