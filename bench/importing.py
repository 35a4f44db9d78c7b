"""Import: rows a second of the real command, with history, clocks and words to be found by.

The real file of Boston where REAL_DATA has it, and always made-up rows of the same shape.
"""

import csv
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from servicedesk.processes.places import TREE

_ROWS = 20_000
_REAL = "boston311_2011_jul-oct.csv.gz"
_TYPES = ("Street Light Outages", "Missed Trash", "Sidewalk Repair", "Heat - Excessive", "Inquiry")
_STREETS = ("Made Up Street", "Nowhere Avenue", "Example Road", "Sample Square")


def figures(folder: Path) -> Iterator[dict[str, object]]:
    """The first load and the second, which changes nothing."""
    real = Path(settings.REAL_DATA) / _REAL
    files = {"made up": _made_up(folder / "boston.csv")} | ({"real": real} if real.exists() else {})
    for name, file in files.items():
        for run in ("first", "again"):
            yield _figure(name, run, _load(file))


def _figure(name: str, run: str, counts: dict[str, float]) -> dict[str, object]:
    return {
        "figure": "import", "file": f"boston311, {name}", "run": run, **counts,
        "rows_per_second": round(counts["rows"] / max(counts["seconds"], 0.01)),
    }  # fmt: skip


def _load(file: Path) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", "import_tickets", file, "--mapping", "boston311", "--json"],
        cwd=TREE, check=True, capture_output=True, text=True,
    )  # fmt: skip
    counts: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return counts


def _made_up(path: Path) -> Path:
    dice = random.Random(20110701)  # noqa: S311 - made-up rows
    began = datetime(2011, 7, 1)  # noqa: DTZ001 - files of that shape name no zone
    with path.open("w", newline="", encoding="utf-8") as file:
        writer: csv.DictWriter[str] | None = None
        for number in range(_ROWS):
            row = _row(number, began + timedelta(minutes=8 * number), dice)
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)
    return path


def _row(number: int, opened: datetime, dice: random.Random) -> dict[str, str]:
    due = opened + timedelta(days=dice.choice((1, 2, 14)))
    closed = opened + timedelta(minutes=dice.randrange(60, 30_000))
    is_open, kind = number % 12 == 0, dice.choice(_TYPES)
    return {
        "case_enquiry_id": str(800_000_000_000 + number), "open_dt": str(opened),
        "target_dt": str(due), "closed_dt": "" if is_open else str(closed),
        "ontime": "ONTIME" if closed <= due else "OVERDUE",
        "case_status": "Open" if is_open else "Closed",
        "closure_reason": "" if is_open else f"Case Resolved crew {dice.randrange(40)} went there",
        "case_title": kind, "subject": f"Department {number % 6}", "reason": kind, "type": kind,
        "queue": f"Queue {number % 20}", "department": f"D{number % 6}",
        "location": f"{dice.randrange(1, 400)} {dice.choice(_STREETS)}",
        "neighborhood": "Nowhere", "ward": f"Ward {number % 22}", "latitude": "", "longitude": "",
        "source": dice.choice(("Constituent Call", "Self Service", "Employee Generated")),
    }  # fmt: skip
