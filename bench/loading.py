"""How fast history comes in: a file with due and closing times, loaded with history and clocks."""

import csv
import random
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from servicedesk.lib import clock
from tickets import importing

ROWS = 20_000
_REAL = "boston311_2011_jul-oct.csv.gz"
_COLUMNS = (
    "case_enquiry_id", "open_dt", "target_dt", "closed_dt", "case_status", "closure_reason",
    "case_title", "subject", "reason", "type", "queue", "department", "location", "source",
)  # fmt: skip
_TYPES = ("Lamp out", "Hole in the road", "Missed collection", "Fallen tree", "No hot water")
_STREETS = ("Made Up Street", "Nowhere Avenue", "Example Lane", "Imaginary Square")


def measure() -> dict[str, Any]:
    """Rows per second of the real file where it is at hand, else of a made-up one of its shape. The
    database must hold a company and none of these tickets."""
    real = Path(settings.REAL_DATA) / _REAL
    with tempfile.TemporaryDirectory() as folder:
        path = real if real.is_file() else _made_up(Path(folder) / "made_up.csv")
        begun = time.monotonic()
        counts = importing.load(path=path, mapping="boston311", by=None, at=clock.now())
        seconds = time.monotonic() - begun
    return {
        "job": "import", "file": path.name, "rows": counts.rows, "created": counts.created,
        "seconds": round(seconds, 2), "rows_per_second": round(counts.rows / seconds),
    }  # fmt: skip


def _made_up(path: Path) -> Path:
    dice = random.Random(311)  # noqa: S311 - the same file on every machine
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(_row(number, dice) for number in range(ROWS))
    return path


def _row(number: int, dice: random.Random) -> list[str]:
    opened = datetime(2011, 7, 1) + timedelta(seconds=420 * number)  # noqa: DTZ001 - as in the file
    is_open = dice.random() < 0.06
    closed = "" if is_open else str(opened + timedelta(minutes=dice.randrange(1, 40_000)))
    kind, street = dice.choice(_TYPES), dice.choice(_STREETS)
    return [
        f"bench-{number}", str(opened), str(opened + timedelta(days=dice.randrange(1, 30))), closed,
        "Open" if is_open else "Closed", f"Case closed, {kind.lower()} put right by crew {number}",
        f"{kind} at {street}", "Works Department", kind, kind, "Queue", dice.choice("ABCDE"),
        f"{dice.randrange(900)} {street}", "Constituent Call",
    ]  # fmt: skip
