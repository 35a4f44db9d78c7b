"""Load the calendars the desk ships with (verb)."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from organisation import working_time
from organisation.models import Calendar, Staff

PRESETS = Path(__file__).parent / "presets"
_COLUMNS = (
    "name_en", "name_zh", "time_zone", "week", "days", "known_until", "is_round_the_clock",
    "holidays_observed",
)  # fmt: skip


def load_calendars(*, by: Staff | None, at: datetime, folder: Path = PRESETS) -> int:
    """Write each shipped calendar of which no version says the same yet; the number written.

    A shipped calendar that was edited becomes a new version; what an administrator made of the
    earlier one stays on record.
    """
    shipped = json.loads((folder / "calendars.json").read_text("utf-8"))
    with transaction.atomic():
        return sum(_load(entry, folder, at) for entry in shipped)


def _load(entry: dict[str, Any], folder: Path, at: datetime) -> int:
    code, wanted = entry["code"], _columns(entry, folder)
    versions = list(Calendar.objects.filter(code=code).order_by("version"))
    if any({name: getattr(row, name) for name in _COLUMNS} == wanted for row in versions):
        return 0
    version = versions[-1].version + 1 if versions else 1
    # Building the plain value raises ValueError with a sentence where the file is wrong.
    working_time.calendar_from_data(
        code, version, wanted["time_zone"], wanted["week"], wanted["days"], wanted["known_until"],
        is_round_the_clock=wanted["is_round_the_clock"],
        holidays_observed=wanted["holidays_observed"],
    )  # fmt: skip
    Calendar.objects.create(code=code, version=version, created_at=at, **wanted)
    return 1


def _columns(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    days, known_until = _published_days(entry.get("holidays", []), folder)
    if "known_until" in entry:
        # No table of holidays is shipped: what lies behind this day is provisional.
        known_until = date.fromisoformat(entry["known_until"])
    return {
        "name_en": entry["name_en"], "name_zh": entry["name_zh"],
        "time_zone": entry["time_zone"], "week": entry.get("week", {}), "days": days,
        "known_until": known_until, "is_round_the_clock": entry.get("is_round_the_clock", False),
        "holidays_observed": entry.get("holidays_observed", True),
    }  # fmt: skip


def _published_days(names: list[str], folder: Path) -> tuple[dict[str, Any], date | None]:
    """Days off and make-up workdays of the named tables, and the last date they cover."""
    days: dict[str, Any] = {}
    known_until: date | None = None
    for name in names:
        table = working_time.holiday_table(json.loads((folder / name).read_text("utf-8")))
        for day, rule in sorted(table.days.items()):
            days[day.isoformat()] = {"rule": str(rule.kind), "name": rule.name}
        known_until = max(known_until or table.known_until, table.known_until)
    return days, known_until
