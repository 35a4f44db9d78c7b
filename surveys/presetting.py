"""Load the questionnaires and the sampling plan the desk ships with (verb)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from organisation.models import Staff
from surveys import questionnaire
from surveys.models import Instrument, SamplingPlan

PRESETS = Path(__file__).parent / "presets"
_COLUMNS = ("name_en", "name_zh", "mode", "kinds", "opening", "questions", "source")


def load(*, by: Staff | None, at: datetime, folder: Path = PRESETS) -> int:
    """Write each shipped questionnaire of which no version says the same yet, and the first
    sampling plan; the number of rows written. Raises ValueError where a file is wrong."""
    shipped = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    with transaction.atomic():
        return sum(_load(entry, at) for entry in shipped) + _load_plan(at)


def _load(entry: dict[str, Any], at: datetime) -> int:
    questionnaire.check(entry["questions"])
    wanted = {name: entry[name] for name in _COLUMNS}
    versions = list(Instrument.objects.filter(code=entry["code"]).order_by("version"))
    if any({name: getattr(row, name) for name in _COLUMNS} == wanted for row in versions):
        return 0
    version = versions[-1].version + 1 if versions else 1
    Instrument.objects.create(code=entry["code"], version=version, created_at=at, **wanted)
    return 1


def _load_plan(at: datetime) -> int:
    if SamplingPlan.objects.exists():
        return 0
    SamplingPlan.objects.create(version=1, created_at=at)
    return 1
