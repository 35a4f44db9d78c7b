"""How long something may take: an amount, a unit, and how its days are counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Amount = int | Decimal | Fraction


class Unit(StrEnum):
    """Minutes, hours and calendar days run on every day; the working units only while the calendar
    is open."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_MINUTES = "working_minutes"
    WORKING_HOURS = "working_hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"


class Counting(StrEnum):
    FROM_INSTANT = "from_instant"
    FROM_NEXT_DAY = "from_next_day"
    SAME_CLOCK_TIME = "same_clock_time"


class Ending(StrEnum):
    """Where a day counted from the next day ends. Where calendar days are counted and the last one
    is no working day, the close of business and the midnight of a working day move to the next that
    is (as the Civil Code has it, domain §2b.3); the plain midnight stays."""

    BUSINESS_CLOSE = "business_close"
    MIDNIGHT_24 = "midnight_24"
    WORKING_MIDNIGHT_24 = "working_midnight_24"


PLAIN_UNITS = {Unit.MINUTES: 60_000_000, Unit.HOURS: 3_600_000_000}
WORKING_UNITS = {Unit.WORKING_MINUTES: 60_000_000, Unit.WORKING_HOURS: 3_600_000_000}
DAY_UNITS = frozenset({Unit.CALENDAR_DAYS, Unit.WORKING_DAYS})
CALENDAR_UNITS = frozenset({*WORKING_UNITS, Unit.WORKING_DAYS})


@dataclass(frozen=True)
class Limit:
    """How long something may take. Raises ValueError with a sentence where the parts contradict
    each other.

    `ends` speaks only of days counted from the next day. With `same_clock_time` whatever begins at
    or after `cut_off` counts as begun on the next counted day at `next_opening`.
    """

    amount: Amount
    unit: Unit
    counting: Counting = Counting.FROM_INSTANT
    ends: Ending = Ending.BUSINESS_CLOSE
    cut_off: time | None = None
    next_opening: time | None = None
    numerator: int = field(init=False, repr=False, compare=False)
    denominator: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "unit", Unit(self.unit))
        put(self, "counting", Counting(self.counting))
        put(self, "ends", Ending(self.ends))
        numerator, denominator = Fraction(self.amount).as_integer_ratio()
        put(self, "numerator", numerator)
        put(self, "denominator", denominator)
        if numerator < 0:
            raise ValueError("A limit cannot be negative.")
        if (self.cut_off is None) != (self.next_opening is None):
            raise ValueError(
                "A cut-off needs the opening time that follows it, and the other way round."
            )
        if self.counting == Counting.SAME_CLOCK_TIME:
            if self.unit not in DAY_UNITS or denominator != 1:
                raise ValueError("Only whole days can end at the same clock time.")
        elif self.cut_off is not None:
            raise ValueError("A cut-off belongs to counting at the same clock time.")

    @property
    def depends_on_calendar(self) -> bool:
        """Whether holidays can move its end."""
        if self.unit == Unit.CALENDAR_DAYS:
            is_by_day = self.counting == Counting.FROM_NEXT_DAY
            return is_by_day and self.ends != Ending.MIDNIGHT_24
        return self.unit not in PLAIN_UNITS


def limit_from_data(data: Mapping[str, object]) -> Limit:
    """A limit from plain JSON with the names of Limit: amounts may be texts, clock times HH:MM."""
    unknown = set(data) - {"amount", "unit", "counting", "ends", "cut_off", "next_opening"}
    if unknown or not {"amount", "unit"} <= set(data):
        strange = ", ".join(sorted(unknown)) or "nothing"
        raise ValueError(f"A limit has an amount and a unit; not understood: {strange}.")
    return Limit(
        amount=Decimal(str(data["amount"])),
        unit=Unit(str(data["unit"])),
        counting=Counting(str(data.get("counting") or Counting.FROM_INSTANT)),
        ends=Ending(str(data.get("ends") or Ending.BUSINESS_CLOSE)),
        cut_off=_clock_time(data.get("cut_off")),
        next_opening=_clock_time(data.get("next_opening")),
    )


def _clock_time(value: object) -> time | None:
    return time.fromisoformat(str(value)) if value else None
