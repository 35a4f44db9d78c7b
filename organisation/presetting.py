"""Load the calendars the desk ships with (verb)."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from organisation import calendar_changes, calendar_data, calendar_writing
from organisation.models import Calendar, Staff

PRESETS = Path(__file__).parent / "presets"


def load_calendars(*, by: Staff | None, at: datetime, folder: Path = PRESETS) -> int:
    """Write each shipped calendar of which no version says the same yet; the number written.

    A shipped calendar that was edited becomes a new version. Once somebody of the house has made a
    version, theirs is left alone: what they loaded would be gone with ours.
    """
    shipped = json.loads((folder / "calendars.json").read_text("utf-8"))
    with transaction.atomic():
        return sum(_load(entry, folder, by, at) for entry in shipped)


def _load(entry: dict[str, Any], folder: Path, by: Staff | None, at: datetime) -> int:
    code, wanted = entry["code"], _columns(entry, folder)
    calendar_writing.hold(code=code, by=by, at=at)
    versions = list(Calendar.objects.general().filter(code=code).order_by("version"))
    if any(row.wording == wanted for row in versions):
        return 0
    if versions and versions[-1].origin != Calendar.Origin.SHIPPED:
        return 0
    row = Calendar(code=code, origin=Calendar.Origin.SHIPPED, created_by=by, **wanted)
    calendar_writing.write(row=row, by=by, at=at)
    return 1


def _columns(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    known = _published(entry.get("holidays", []), folder)
    # Where no table of holidays is shipped, the entry itself says how far the calendar is certain.
    until = entry.get("known_until")
    return {
        "name_en": entry["name_en"], "name_zh": entry["name_zh"],
        "time_zone": entry["time_zone"], "week": entry.get("week", {}),
        "seasons": entry.get("seasons", []), "days": known.days, "known_from": known.known_from,
        "known_until": date.fromisoformat(until) if until else known.known_until,
        "is_round_the_clock": entry.get("is_round_the_clock", False),
        "holidays_observed": entry.get("holidays_observed", True),
    }  # fmt: skip


def _published(names: list[str], folder: Path) -> calendar_changes.Known:
    """Days off and make-up workdays of the named tables, and the dates they cover."""
    known = calendar_changes.Known({}, None, None)
    for name in names:
        table = calendar_data.holiday_table(json.loads((folder / name).read_text("utf-8")))
        known = calendar_changes.with_table(known, table)
    return known
