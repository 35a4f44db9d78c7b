"""Load the categories, ladders, limits and special periods the desk ships with (verb)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from organisation.models import Staff
from tickets import preset_book
from tickets.models import Category, Ladder, Limit, Policy, Rung, SpecialPeriod
from tickets.models.policy import LimitUnit
from tickets.preset_book import Book

PRESETS = preset_book.PRESETS
_COLUMNS = (
    *preset_book.SELECTORS, *preset_book.TEXTS, "level", "company_id", "is_withdrawn",
    *preset_book.ALLOWANCES,
)  # fmt: skip
_LIMIT_COLUMNS = (
    "clock", "amount", "unit", "counting", "ends", "measure", "starts_on", "stops_on",
    "calendar_code", "is_internal", "reminder_percents", "reminder_minutes", "procedure_en",
    "procedure_zh", "cut_off", "next_opening", "ladder_id",
)  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """How many rows of each sort were new."""

    categories: int
    ladders: int
    policies: int
    periods: int = 0


def load(*, by: Staff | None, at: datetime, folder: Path = PRESETS) -> Loaded:
    """Write every shipped category, ladder, policy and special period of which no version says the
    same yet.

    Loading again changes nothing. A shipped ladder or policy that was edited becomes a new
    version in force from `at`, and so does one that came with a later edition of the desk; what an
    administrator made of an earlier one is left alone. The library is not put into force.
    """
    with transaction.atomic():
        categories = _categories(_read(folder, "categories.json"))
        ladders, new_ladders = _ladders(_read(folder, "ladders.json"))
        policies = _policies(preset_book.read(folder), ladders, at)
        periods = _periods(_read(folder, "special_periods.json"), at)
    return Loaded(categories, new_ladders, policies, periods)


def _read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def _categories(shipped: list[dict[str, Any]]) -> int:
    """Write the groups and their leaves where missing; a renamed one keeps its name."""
    known = dict(Category.objects.values_list("code", "pk"))
    groups = [_category(entry, entry, None) for entry in shipped if entry["code"] not in known]
    known |= {row.code: row.pk for row in Category.objects.bulk_create(groups)}
    leaves = [
        _category(leaf, entry, known[entry["code"]])
        for entry in shipped
        for leaf in entry["leaves"]
        if leaf["code"] not in known
    ]
    return len(groups) + len(Category.objects.bulk_create(leaves))


def _category(entry: dict[str, Any], group: dict[str, Any], parent_id: int | None) -> Category:
    return Category(
        code=entry["code"], name_en=entry["en"], name_zh=entry["zh"], parent_id=parent_id,
        utility=group["utility"], kind=group["kind"], is_safety=entry.get("is_safety", False),
    )  # fmt: skip


def _ladders(shipped: list[dict[str, Any]]) -> tuple[dict[str, Ladder], int]:
    """By code the version of each ladder that says what was shipped, and how many are new."""
    found: dict[str, Ladder] = {}
    written = 0
    for entry in shipped:
        versions = list(
            Ladder.objects.filter(code=entry["code"]).order_by("version").prefetch_related("rungs")
        )
        same = next((row for row in versions if _says_of_ladder(row) == _wanted_ladder(entry)), None)
        if same is None and versions and versions[-1].made_by_id:
            same = versions[-1]
        if same is None:
            same = _write_ladder(entry, versions[-1].version + 1 if versions else 1)
            written += 1
        found[entry["code"]] = same
    return found, written


def _wanted_ladder(entry: dict[str, Any]) -> tuple[Any, ...]:
    rungs = [
        (order, Decimal(rung["after"]), rung["unit"], rung["role"], *_repeats(rung.get("repeat")))
        for order, rung in enumerate(entry["rungs"], start=1)
    ]
    return entry["name_en"], entry["name_zh"], rungs


def _repeats(shipped: dict[str, Any] | None) -> tuple[Decimal | None, str, int]:
    """How often, in which unit and how many times at the most a rung is said again."""
    if shipped is None:
        return None, LimitUnit.MINUTES, 0
    return Decimal(shipped["every"]), shipped["unit"], shipped["most"]


def _says_of_ladder(row: Ladder) -> tuple[Any, ...]:
    rungs = [
        (r.order, r.after_amount, r.after_unit, r.role, r.repeat_amount, r.repeat_unit, r.most_repeats)
        for r in sorted(row.rungs.all(), key=lambda one: one.order)
    ]
    return row.name_en, row.name_zh, rungs


def _write_ladder(entry: dict[str, Any], version: int) -> Ladder:
    name_en, name_zh, rungs = _wanted_ladder(entry)
    ladder = Ladder.objects.create(
        code=entry["code"], version=version, name_en=name_en, name_zh=name_zh
    )
    Rung.objects.bulk_create(
        Rung(
            ladder=ladder, order=order, after_amount=after, after_unit=unit, role=role,
            repeat_amount=every, repeat_unit=every_unit, most_repeats=most,
        )
        for order, after, unit, role, every, every_unit, most in rungs
    )
    return ladder


def _policies(book: Book, ladders: dict[str, Ladder], at: datetime) -> int:
    standing: dict[str, list[Policy]] = {}
    for row in Policy.objects.order_by("version").prefetch_related("limits"):
        standing.setdefault(row.code, []).append(row)
    # Only on a new desk do they hold for what was received before.
    since = at if standing else book.effective_at
    written = 0
    for preset in book.in_force:
        columns: dict[str, Any] = dict(preset.columns) | {"company_id": None, "is_withdrawn": False}
        limits = [_limit_columns(limit, ladders) for limit in preset.limits]
        versions = standing.get(preset.code, [])
        if versions and versions[-1].made_by_id:
            continue
        if any(_says_of_policy(row) == (columns, limits) for row in versions):
            continue
        policy = Policy.objects.create(
            code=preset.code, version=versions[-1].version + 1 if versions else 1,
            effective_at=since, created_at=at, **columns,
        )  # fmt: skip
        Limit.objects.bulk_create(Limit(policy=policy, **limit) for limit in limits)
        written += 1
    return written


def _periods(shipped: list[dict[str, Any]], at: datetime) -> int:
    """Write each special period that was never there; one that was changed or ended stays so."""
    known = set(SpecialPeriod.objects.values_list("code", flat=True))
    missing = [SpecialPeriod(created_at=at, **one) for one in shipped if one["code"] not in known]
    return len(SpecialPeriod.objects.bulk_create(missing))


def _limit_columns(limit: Mapping[str, Any], ladders: dict[str, Ladder]) -> dict[str, Any]:
    columns = dict(limit)
    ladder = columns.pop("ladder")
    return columns | {"ladder_id": ladders[ladder].pk if ladder else None}


def _says_of_policy(row: Policy) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    limits = sorted(row.limits.all(), key=lambda limit: limit.pk)
    return (
        {name: getattr(row, name) for name in _COLUMNS},
        [{name: getattr(limit, name) for name in _LIMIT_COLUMNS} for limit in limits],
    )
