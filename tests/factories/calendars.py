"""Calendars to count working time by, and moments and limits as short texts."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from organisation import working_time
from organisation.working_time import Limit, WorkingCalendar

PRESET = Path(__file__).parents[2] / "organisation" / "presets" / "china_2026.json"
OFFICE_DAY = [["08:30", "12:00"], ["13:30", "17:30"]]
OFFICE_WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE_DAY)
SHANGHAI, BOSTON = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def china(**changes: object) -> WorkingCalendar:
    table = working_time.holiday_table(json.loads(PRESET.read_text()))
    values = {
        "code": "china",
        "version": 1,
        "zone": "Asia/Shanghai",
        "week": OFFICE_WEEK,
        "days": {day.isoformat(): str(rule.kind) for day, rule in table.days.items()},
        "known_until": "2026-12-31",
    } | changes
    return working_time.calendar_from_data(**values)  # type: ignore[arg-type]


def office(zone: str = "Asia/Shanghai", **changes: object) -> WorkingCalendar:
    return china(zone=zone, days={}, known_until=None, **changes)


def round_the_clock(zone: str = "Asia/Shanghai") -> WorkingCalendar:
    return office(zone, week={}, is_round_the_clock=True)


def at(text: str, zone: ZoneInfo = SHANGHAI, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def local(moment: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    return moment.astimezone(zone).isoformat(timespec="minutes")[:16]


def due(calendar: WorkingCalendar, start: str, limit: Limit, zone: ZoneInfo = SHANGHAI) -> str:
    return local(working_time.add(calendar, at(start, zone), limit).due_at, zone)


def next_days(amount: object, unit: str = "working_days", ends: str = "business_close") -> Limit:
    return Limit(amount, unit, "from_next_day", ends)  # type: ignore[arg-type]
