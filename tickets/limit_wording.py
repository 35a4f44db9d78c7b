"""What an administrator writes about limits, as plain values, and what contradicts itself in it
(sum)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation import limits as arithmetic
from tickets.kinds import ClockName
from tickets.states import Happening

# However a ticket ends, its clocks stop; nobody needs to write that.
ENDS = (Happening.RESOLVED_ON_THE_SPOT, Happening.CLOSED, Happening.CANCELLED)

# Where a clock begins and stops when nothing else is written.
USUAL: Mapping[str, tuple[Happening, tuple[Happening, ...]]] = {
    ClockName.DISPATCH: (Happening.RECEIVED, (Happening.DISPATCHED,)),
    ClockName.SIGN: (Happening.DISPATCHED, (Happening.SIGNED,)),
    ClockName.FIRST_CONTACT: (Happening.RECEIVED, (Happening.CONTACTED,)),
    ClockName.ARRIVE: (Happening.RECEIVED, (Happening.ARRIVED, Happening.DONE)),
    ClockName.RESTORE: (Happening.RECEIVED, (Happening.DONE,)),
    ClockName.REPLY: (Happening.RECEIVED, (Happening.DONE,)),
    ClockName.REVIEW: (Happening.DONE, (Happening.APPROVED, Happening.REJECTED)),
    ClockName.CALLBACK: (Happening.APPROVED, (Happening.CALLED_BACK, Happening.SENT_BACK)),
    ClockName.TOTAL: (Happening.RECEIVED, (Happening.CLOSED,)),
    ClockName.DWELL: (Happening.SIGNED, (Happening.DONE,)),
}

# Ten years, or what the column holds.
_MOST = {
    "minutes": 999_999, "working_minutes": 999_999, "hours": 87_600, "working_hours": 87_600,
    "calendar_days": 3_650, "working_days": 3_650,
}  # fmt: skip
MOST_REMINDERS = 6
_MOST_MINUTES_BEFORE = 527_040  # 366 days
_MINUTES = {"minutes": 1, "hours": 60}

_TIME_WORDS = {
    1: ("", "m", "min", "mins", "minute", "minutes", "分", "分钟"),
    60: ("h", "hr", "hrs", "hour", "hours", "时", "小时", "个小时", "钟头"),
    1440: ("d", "day", "days", "天", "日", "个自然日", "自然日"),
}
_FACTOR = {word: factor for factor, words in _TIME_WORDS.items() for word in words}
_PART = re.compile(r"(\d{1,7}(?:\.\d{1,2})?)(?![\d.])\s*([^\W\d_]*)")
_BETWEEN = re.compile(r"[,;、]+")


@dataclass(frozen=True)
class LimitWording:
    """One limit as written; `stops_on` without the ends of the ticket, `ladder` by its code."""

    clock: str
    amount: Decimal
    unit: str
    starts_on: str
    stops_on: tuple[str, ...]
    calendar_code: str
    counting: str = "from_instant"
    ends: str = "business_close"
    cut_off: time | None = None
    next_opening: time | None = None
    measure: str = "max"
    is_internal: bool = True
    reminder_percents: tuple[int, ...] = ()
    reminder_minutes: tuple[int, ...] = ()
    ladder: str = ""
    procedure_en: str = ""
    procedure_zh: str = ""


@dataclass(frozen=True)
class Fault:
    """What contradicts itself, and beside which field that is to be said."""

    field: str
    message: str | Promise
    details: Mapping[str, object] | None = None

    def __str__(self) -> str:
        return str(self.message) % self.details if self.details else str(self.message)


def faults(limit: LimitWording) -> Iterator[Fault]:
    """Everything in one limit that the engine could not follow."""
    yield from _of_amount(limit)
    yield from _of_counting(limit)
    yield from _of_events(limit)
    yield from _of_reminders(limit)


def twice(limits: Iterable[LimitWording]) -> Iterator[int]:
    """The positions of limits whose clock stands there already with the same measure."""
    seen: set[tuple[str, str]] = set()
    for position, limit in enumerate(limits):
        if (limit.clock, limit.measure) in seen:
            yield position
        seen.add((limit.clock, limit.measure))


def _of_amount(limit: LimitWording) -> Iterator[Fault]:
    is_by_day = limit.unit in arithmetic.DAY_UNITS and limit.counting == "from_next_day"
    most = _MOST[limit.unit]
    if limit.amount < 0 or (limit.amount == 0 and not is_by_day):
        yield Fault("amount", _("Give more than nought."))
    elif limit.amount > most:
        yield Fault("amount", _("At most %(most)s: that is ten years."), {"most": most})


def _of_counting(limit: LimitWording) -> Iterator[Fault]:
    is_same_clock = limit.counting == "same_clock_time"
    is_whole_days = limit.unit in arithmetic.DAY_UNITS and limit.amount == int(limit.amount)
    if is_same_clock and not is_whole_days:
        yield Fault("counting", _("Only whole days can end at the same clock time."))
    if (limit.cut_off is None) != (limit.next_opening is None):
        missing = "cut_off" if limit.cut_off is None else "next_opening"
        yield Fault(missing, _("A cut-off and the opening after it belong together: give both."))
    elif limit.cut_off is not None and not is_same_clock:
        yield Fault("cut_off", _("A cut-off goes with counting at the same clock time only."))


def _of_events(limit: LimitWording) -> Iterator[Fault]:
    if limit.starts_on in (*limit.stops_on, *ENDS):
        yield Fault("stops_on", _("The same event cannot both start and stop the clock."))
    if limit.clock == ClockName.TOTAL and limit.starts_on != Happening.RECEIVED:
        yield Fault("starts_on", _("The total time always counts from the receipt."))


def _of_reminders(limit: LimitWording) -> Iterator[Fault]:
    if limit.measure == "avg":
        if limit.reminder_percents or limit.reminder_minutes or limit.ladder:
            said = _("An average only warns when it is passed: leave reminders and ladder empty.")
            yield Fault("measure", said)
        return
    if any(not 0 < percent < 100 for percent in limit.reminder_percents):
        yield Fault("reminder_percents", _("Shares lie between 1 and 99 per cent."))
    if len(limit.reminder_percents) > MOST_REMINDERS:
        yield Fault("reminder_percents", _("At most six."))
    if len(limit.reminder_minutes) > MOST_REMINDERS:
        yield Fault("reminder_minutes", _("At most six."))
    length = limit.amount * _MINUTES[limit.unit] if limit.unit in _MINUTES else None
    if any(
        not 0 < minutes <= _MOST_MINUTES_BEFORE or (length is not None and minutes >= length)
        for minutes in limit.reminder_minutes
    ):
        yield Fault("reminder_minutes", _("A reminder comes before the due time, within the limit."))


def percents(typed: str) -> tuple[int, ...]:
    """“50, 80 %” as numbers, each once; raises ValueError."""
    parts = _BETWEEN.split(unicodedata.normalize("NFKC", typed).replace("%", ""))
    found = [part.strip() for part in parts if part.strip()]
    if any(not re.fullmatch(r"[0-9]{1,3}", part) for part in found):
        raise ValueError(typed)
    return tuple(dict.fromkeys(int(part) for part in found))


def minutes_before(typed: str) -> tuple[int, ...]:
    """“2 h, 30 min” or “2小时、30分钟” as minutes, each once; raises ValueError."""
    parts = _BETWEEN.split(unicodedata.normalize("NFKC", typed).lower())
    return tuple(dict.fromkeys(_minutes(part) for part in parts if part.strip()))


def _minutes(part: str) -> int:
    """“1 h 30 min”: whole minutes; raises ValueError."""
    left = part.strip().removesuffix("before").removesuffix("前").strip()
    total, end = Decimal(0), 0
    for match in _PART.finditer(left):
        if left[end : match.start()].strip() or match[2] not in _FACTOR:
            raise ValueError(part)
        total, end = total + Decimal(match[1]) * _FACTOR[match[2]], match.end()
    if left[end:].strip() or not total or total != int(total):
        raise ValueError(part)
    return int(total)


def as_typed(minutes: int) -> tuple[int, int, int]:
    """Days, hours and minutes of a time before the due time."""
    days, rest = divmod(minutes, 1440)
    return days, *divmod(rest, 60)
