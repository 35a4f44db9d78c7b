"""Are the offices open at this instant? (question)"""

from datetime import datetime
from functools import lru_cache

from organisation import working_time
from organisation.models import Calendar

# The calendar of those who work by day; what runs round the clock has calendars of its own.
OFFICE = "working-days-cn"


def is_open(at: datetime) -> bool:
    """Whether it is office hours by the newest office calendar, holidays and make-up days (调休)
    included; always, where there is no such calendar."""
    row = Calendar.objects.filter(code=OFFICE).order_by("-version").first()
    return row is None or working_time.is_open(_calendar(_Plain(row)), at)


class _Plain:
    """A version of the calendar as a key: equal where everything the arithmetic reads is equal."""

    def __init__(self, row: Calendar) -> None:
        self.row = row
        self.told = (
            row.version, row.time_zone, repr(sorted(row.week.items())),
            repr(sorted(row.days.items())), row.known_until, row.is_round_the_clock,
            row.holidays_observed,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Plain) and self.told == other.told

    def __hash__(self) -> int:
        return hash(self.told)


@lru_cache(maxsize=8)
def _calendar(plain: _Plain) -> working_time.WorkingCalendar:
    row = plain.row
    return working_time.calendar_from_data(
        code=row.code, version=row.version, zone=row.time_zone, week=row.week, days=row.days,
        known_until=row.known_until, is_round_the_clock=row.is_round_the_clock,
        holidays_observed=row.holidays_observed,
    )  # fmt: skip
