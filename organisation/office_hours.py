"""Are the offices open at this instant? (question)"""

from datetime import datetime
from functools import lru_cache

from organisation import working_time
from organisation.models import Calendar

# The calendar of those who work by day; what runs round the clock has calendars of its own.
OFFICE = "working-days-cn"


def is_open(at: datetime, company_path: str = "") -> bool:
    """Whether it is office hours by the newest office calendar, holidays, make-up days (调休) and
    the company's own days included; always, where there is no such calendar."""
    row = Calendar.objects.newest_for(company_path).filter(code=OFFICE).first()
    return row is None or working_time.is_open(_calendar(_Version(row)), at)


class _Version:
    """A version of the calendar as a key: equal where everything the arithmetic reads is equal."""

    def __init__(self, row: Calendar) -> None:
        self.row = row
        self.told = (
            row.version, row.time_zone, repr(row.week), repr(row.days), repr(row.local_days),
            repr(row.seasons), row.is_round_the_clock, row.holidays_observed,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and self.told == other.told

    def __hash__(self) -> int:
        return hash(self.told)


@lru_cache(maxsize=8)
def _calendar(version: _Version) -> working_time.WorkingCalendar:
    return version.row.plain()
