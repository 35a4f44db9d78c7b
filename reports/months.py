"""Months in the organisation's own time zone, as instants (sum)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_FORM = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month of the years 2000 to 2099."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def before(self) -> "Month":
        return Month(self.year, self.number - 1) if self.number > 1 else Month(self.year - 1, 12)

    @property
    def after(self) -> "Month":
        return Month(self.year, self.number + 1) if self.number < 12 else Month(self.year + 1, 1)

    def start(self, zone: str) -> datetime:
        """Its first instant, local midnight, in UTC."""
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def end(self, zone: str) -> datetime:
        """The first instant that no longer belongs to it, in UTC."""
        return self.after.start(zone)


@dataclass(frozen=True)
class Span:
    """From `start` until just before `end`, looked at from `at`: what lies after is not known."""

    start: datetime
    end: datetime
    at: datetime

    @property
    def past_end(self) -> datetime:
        """The end, or the present where the month still runs."""
        return min(self.end, self.at)


def of(instant: datetime, zone: str) -> Month:
    """The month in which an instant falls there."""
    local = instant.astimezone(ZoneInfo(zone))
    return Month(local.year, local.month)


def read(typed: str) -> Month | None:
    """2026-10 as a month, or None for anything else."""
    found = _FORM.fullmatch(typed.strip()) if len(typed) < 20 and typed.isascii() else None
    return Month(int(found[1]), int(found[2])) if found else None


def span(month: Month, zone: str, at: datetime) -> Span:
    """The month's instants, seen from `at`."""
    return Span(month.start(zone), month.end(zone), at)
