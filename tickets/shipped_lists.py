"""Load the checklists and the outside bodies the desk ships with (verb)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from organisation.models import Staff
from tickets.models import Checklist, OutsideBody

PRESETS = Path(__file__).parent / "presets"


def load(*, by: Staff | None, at: datetime, folder: Path = PRESETS) -> tuple[int, int]:
    """Write every shipped checklist and outside body whose code is not there yet; how many of
    each. What an administrator made of one is left alone."""
    lists = _missing(Checklist, _read(folder, "checklists.json"))
    bodies = _missing(OutsideBody, _read(folder, "outside_bodies.json"))
    new_lists = Checklist.objects.bulk_create(map(_checklist, lists), ignore_conflicts=True)
    new_bodies = OutsideBody.objects.bulk_create(
        (OutsideBody(**entry) for entry in bodies), ignore_conflicts=True
    )
    return len(new_lists), len(new_bodies)


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    shipped: list[dict[str, Any]] = json.loads((folder / name).read_text("utf-8"))
    return shipped


def _missing(
    model: type[Checklist] | type[OutsideBody], shipped: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    known = set(model._default_manager.values_list("code", flat=True))
    return [entry for entry in shipped if entry["code"] not in known]


def _checklist(entry: dict[str, Any]) -> Checklist:
    return Checklist(
        code=entry["code"], name_en=entry["name_en"], name_zh=entry["name_zh"],
        utility=entry["utility"], kind=entry["kind"], category_code=entry["category"],
        items_en=[item["en"] for item in entry["items"]],
        items_zh=[item["zh"] for item in entry["items"]],
    )  # fmt: skip
