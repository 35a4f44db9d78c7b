"""Two cities' published target times, an independent truth for the arithmetic (skipped where the
files are absent)."""

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from organisation import working_time
from organisation.working_time import Limit

DATA = Path(os.environ.get("REAL_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
CITY = ZoneInfo("America/New_York")
WEEKDAYS = {day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDAR = working_time.calendar_from_data(
    "city", 1, CITY.key, WEEKDAYS, {}, None, holidays_observed=False
)

pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the folder of real data (REAL_DATA) is not here"
)


def rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def fitted(name: str, key: str) -> dict[str, dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return {row[key]: row for row in csv.DictReader(lines)}


def moment(text: str, pattern: str) -> datetime:
    # One published due time lies in a skipped hour: compared as instants, it names the one an hour
    # later.
    return datetime.strptime(text, pattern).replace(tzinfo=CITY).astimezone(UTC)


def due(opened: datetime, limit: Limit) -> datetime:
    return working_time.add(CALENDAR, opened, limit).due_at


def test_boston_targets_are_met_within_two_minutes() -> None:
    limits = {
        kind: Limit(int(row["n_days"]), "calendar_days", "same_clock_time")
        if row["calendar_kind"] == "calendar"
        else Limit(
            int(row["n_days"]),
            "working_days",
            "same_clock_time",
            cut_off=time(17),
            next_opening=time(8, 30),
        )
        for kind, row in fitted("boston311_sla_inferred.csv", "type").items()
    }
    pattern, judged, matched = "%Y-%m-%d %H:%M:%S", 0, 0
    for row in rows("boston311_2011_jul-oct.csv.gz"):
        if row["type"] in limits and row["target_dt"]:
            found = due(moment(row["open_dt"], pattern), limits[row["type"]])
            judged += 1
            matched += abs(found - moment(row["target_dt"], pattern)) <= timedelta(minutes=2)
    assert judged > 35_000
    # The rest are targets typed by hand, years out, or of a limit that changed: the rule explains
    # 99.26 %.
    assert matched / judged >= 0.9925


def test_baltimore_due_dates_are_met_to_the_second() -> None:
    days = {
        kind: row["days"] for kind, row in fitted("baltimore311_sla_inferred.csv", "SRType").items()
    }
    distinct = {
        kind: row["distinct"]
        for kind, row in fitted("baltimore311_sla_inferred.csv", "SRType").items()
    }
    pattern, judged, missed = "%m/%d/%Y %I:%M:%S %p", 0, []
    for row in rows("baltimore311_sample.csv.gz"):
        if row["DueDate"] and distinct.get(row["SRType"]) == "1":
            limit = Limit(int(float(days[row["SRType"]])), "calendar_days", "same_clock_time")
            judged += 1
            if due(moment(row["CreatedDate"], pattern), limit) != moment(row["DueDate"], pattern):
                missed.append(row["CreatedDate"])
    assert judged > 6_000
    assert missed == []
