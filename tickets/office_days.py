"""A due time some working days ahead, by the office calendar (question)."""

from datetime import datetime, timedelta

from organisation import working_time
from organisation.models import Calendar
from tickets import policies

_OFFICE = "working-days-cn"


def after(at: datetime, days: int) -> datetime:
    """The close of business of the day that many working days (调休 included) after the day of
    `at`, which itself is not counted; the same clock time where no calendar is loaded."""
    newest = Calendar.objects.newest().filter(code=_OFFICE)
    version = newest.values_list("version", flat=True).first()
    if version is None:
        return at + timedelta(days=days)
    limit = working_time.Limit(
        amount=days, unit=working_time.Unit.WORKING_DAYS,
        counting=working_time.Counting.FROM_NEXT_DAY,
        ends=working_time.Ending.BUSINESS_CLOSE,
    )  # fmt: skip
    return working_time.add(policies.calendar(_OFFICE, version), at, limit).due_at
