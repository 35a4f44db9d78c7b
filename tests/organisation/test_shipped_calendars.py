"""The shipped calendars: loaded once, versioned when edited."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from organisation import presetting
from organisation.models import Calendar

AT = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_loading_again_changes_nothing() -> None:
    assert presetting.load_calendars(by=None, at=AT) == 9
    assert presetting.load_calendars(by=None, at=AT) == 0
    assert Calendar.objects.count() == 9


def test_working_days_know_holidays_and_make_up_workdays_of_2026() -> None:
    presetting.load_calendars(by=None, at=AT)
    days = Calendar.objects.get(code="working-days-cn")
    assert days.days["2026-02-17"]["rule"] == "off"
    assert days.days["2026-02-14"]["rule"] == "work"
    assert (days.known_from, days.known_until) == (date(2026, 1, 1), date(2026, 12, 31))


def test_a_holiday_moved_in_the_table_makes_a_new_version(tmp_path: Path) -> None:
    presetting.load_calendars(by=None, at=AT)
    folder = tmp_path / "presets"
    shutil.copytree(presetting.PRESETS, folder)
    table = json.loads((folder / "china_2026.json").read_text("utf-8"))
    table["days"] = [day for day in table["days"] if day["date"] != "2026-10-10"]
    (folder / "china_2026.json").write_text(json.dumps(table), "utf-8")
    assert presetting.load_calendars(by=None, at=AT, folder=folder) == 1
    newest = Calendar.objects.filter(code="working-days-cn").latest("version")
    assert (newest.version, "2026-10-10" in newest.days) == (2, False)


def test_working_days_of_lands_without_a_table_are_provisional() -> None:
    presetting.load_calendars(by=None, at=AT)
    for code, zone in (
        ("working-days-gb", "Europe/London"), ("working-days-nz", "Pacific/Auckland"),
        ("working-days-pt", "Europe/Lisbon"),
    ):  # fmt: skip
        row = Calendar.objects.get(code=code)
        assert (row.time_zone, row.known_until) == (zone, date(2025, 12, 31))
