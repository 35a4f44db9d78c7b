"""Which calendars will soon know no more holidays (question)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from organisation.models import Calendar

# Next year's table comes out in November; from then on its absence is worth a warning.
DAYS_AHEAD = 45


@dataclass(frozen=True, slots=True)
class Unknown:
    """A calendar whose published days end on `until`; `year` is the next one to load."""

    calendar: Calendar
    until: date
    is_past: bool

    @property
    def year(self) -> int:
        return (self.until + timedelta(days=1)).year


def unknown_ahead(at: datetime, codes: Collection[str] | None = None) -> list[Unknown]:
    """The calendars, of these codes if any are given, that know no holidays 45 days from now, by
    code; what observes no holidays always knows enough."""
    rows = Calendar.objects.newest().filter(known_until__isnull=False)
    found = []
    for row in rows if codes is None else rows.filter(code__in=codes):
        today = at.astimezone(row.plain().tz).date()
        until = row.known_until
        is_certain = row.is_round_the_clock or not row.holidays_observed
        if until is not None and not is_certain and until < today + timedelta(days=DAYS_AHEAD):
            found.append(Unknown(row, until, until < today))
    return found
