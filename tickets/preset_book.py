"""The limits the desk ships with, in force and in the library, as plain values (sum).

`rows` name the rows of the published tables (docs/presets.md) that a preset stands for. What is in
force from the first day stands in presets/policies.json; what an administrator may take stands in
presets/library.json, and may name limits of the other file.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

PRESETS = Path(__file__).parent / "presets"
SELECTORS = (
    "utility", "kind", "category_code", "area_class", "channel", "customer_class", "special_period",
)  # fmt: skip
TEXTS = ("name_en", "name_zh", "source_en", "source_zh", "doubt_en", "doubt_zh")
ALLOWANCES = (
    "return_amount", "return_unit", "return_calendar_code", "most_extensions", "suspension_days",
)  # fmt: skip
# Whatever a limit waits for, it waits no longer once the matter has its end.
ENDS = ("resolved_on_the_spot", "closed", "cancelled")


@dataclass(frozen=True)
class Preset:
    """One shipped policy: its own columns, and those of its limits with `ladder` as a code."""

    code: str
    rows: tuple[str, ...]
    is_in_force: bool
    columns: Mapping[str, Any]
    limits: tuple[Mapping[str, Any], ...]

    @property
    def utility(self) -> str:
        return str(self.columns["utility"])


@dataclass(frozen=True)
class Book:
    """All presets, those in force first, and since when these hold on a new desk."""

    effective_at: datetime
    presets: tuple[Preset, ...]

    @property
    def in_force(self) -> tuple[Preset, ...]:
        return tuple(one for one in self.presets if one.is_in_force)

    @property
    def library(self) -> tuple[Preset, ...]:
        return tuple(one for one in self.presets if not one.is_in_force)


def read(folder: Path = PRESETS) -> Book:
    """The shipped presets; raises KeyError for a limit that no file describes."""
    shipped, library = (_file(folder, name) for name in ("policies.json", "library.json"))
    limits = shipped["limits"] | library["limits"]
    presets = [*_presets(shipped, limits, True), *_presets(library, limits, False)]
    return Book(datetime.fromisoformat(shipped["effective_at"]), tuple(presets))


def _file(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def _presets(data: Any, limits: Mapping[str, Any], is_in_force: bool) -> Iterator[Preset]:
    for entry in data["policies"]:
        found = tuple(_limit(limits[name]) for name in entry["limits"])
        rows = tuple(entry.get("rows", ()))
        yield Preset(entry["code"], rows, is_in_force, _policy(entry), found)


def _policy(entry: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: entry.get(name, "") for name in (*SELECTORS, *TEXTS)}
    return columns | {
        "level": entry.get("level"),
        "return_amount": Decimal(entry.get("return_amount", "1")),
        "return_unit": entry.get("return_unit", "working_days"),
        "return_calendar_code": entry.get("return_calendar", "working-days-cn"),
        "most_extensions": entry.get("most_extensions", 1),
        "suspension_days": entry.get("suspension_days", {}),
    }


def _limit(entry: Mapping[str, Any]) -> dict[str, Any]:
    # An end that stops a clock anyhow is not named twice.
    stops_on = list(dict.fromkeys([*entry["stops_on"], *ENDS]))
    return {
        "clock": entry["clock"], "amount": Decimal(entry["amount"]), "unit": entry["unit"],
        "counting": entry.get("counting", "from_instant"),
        "ends": entry.get("ends", "business_close"), "measure": entry.get("measure", "max"),
        "starts_on": entry["starts_on"], "stops_on": stops_on,
        "calendar_code": entry["calendar"], "is_internal": entry.get("is_internal", False),
        "reminder_percents": entry.get("reminders", []),
        "reminder_minutes": entry.get("reminders_before", []),
        "procedure_en": entry.get("procedure_en", ""),
        "procedure_zh": entry.get("procedure_zh", ""),
        "cut_off": _clock_time(entry.get("cut_off")),
        "next_opening": _clock_time(entry.get("next_opening")),
        "ladder": entry.get("ladder", ""),
    }  # fmt: skip


def _clock_time(typed: str | None) -> time | None:
    return time.fromisoformat(typed) if typed else None
