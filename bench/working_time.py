"""Working-time arithmetic: additions, subtractions and counts a second, on one core, no database."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from organisation import presetting, working_time
from organisation.working_time import Counting, Ending, Limit, Unit

_TIMES = 100_000
_MORNING, _AFTERNOON = ["08:30", "12:00"], ["14:00", "17:30"]


def figures(folder: Path) -> Iterator[dict[str, object]]:
    """Each sort of limit on the shipped office calendar with its holidays."""
    calendar = _office()
    starts = [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * step) for step in range(_TIMES)
    ]
    for name, run in _runs(calendar).items():
        run(starts[-1])
        begun = time.process_time()
        for start in starts:
            run(start)
        seconds = time.process_time() - begun
        yield {
            "figure": "working time", "of": name, "times": _TIMES, "cpu_seconds": round(seconds, 2),
            "per_second": round(_TIMES / seconds),
        }  # fmt: skip


def _runs(calendar: working_time.WorkingCalendar) -> dict[str, Callable[[datetime], object]]:
    days = Limit(4, Unit.WORKING_DAYS, Counting.FROM_NEXT_DAY, Ending.BUSINESS_CLOSE)
    kept = Limit(4, Unit.WORKING_DAYS, Counting.SAME_CLOCK_TIME)
    hours, plain = Limit(16, Unit.WORKING_HOURS), Limit(24, Unit.HOURS)
    week = timedelta(days=9)
    return {
        "add 4 working days from the next day": lambda at: working_time.add(calendar, at, days),
        "add 4 working days at the same clock time": lambda at: working_time.add(
            calendar, at, kept
        ),
        "add 16 working hours": lambda at: working_time.add(calendar, at, hours),
        "add 24 hours": lambda at: working_time.add(calendar, at, plain),
        "subtract 16 working hours": lambda at: working_time.subtract(
            calendar, at, 16, Unit.WORKING_HOURS
        ),
        "count working hours": lambda at: working_time.elapsed(
            calendar, at, at + week, Unit.WORKING_HOURS
        ),
    }


def _office() -> working_time.WorkingCalendar:
    table = working_time.holiday_table(
        json.loads((presetting.PRESETS / "china_2026.json").read_text("utf-8"))
    )
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), [_MORNING, _AFTERNOON])
    days = {day.isoformat(): str(rule.kind) for day, rule in table.days.items()}
    return working_time.calendar_from_data(
        "office", 1, "Asia/Shanghai", week, days, table.known_until
    )
