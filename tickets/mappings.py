"""What the columns of a known file mean: mappings kept as data, and a row read by one (sum)."""

import json
import re
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tickets.row_files import Cell, Row

FOLDER = Path(__file__).parent / "presets" / "mappings"
MOST = {"external_number": 60, "address": 240, "contact_name": 120} | dict.fromkeys(
    ("text", "result"), 20_000
)
SUBJECT_CHARACTERS = 60
LABEL_CHARACTERS = 120
FIRST_YEAR, LAST_YEAR = 1950, 2200
# A file written in a zone east of ours may be some hours ahead of our clock.
AHEAD = timedelta(days=1)

_SPACE = re.compile(r"[ \t\r\f\v　]+")


class UnknownMapping(Exception):
    """There is no mapping of that name."""


class Refused(Exception):
    """This row cannot become a ticket; `reason` is a code, `detail` the value at fault."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Mapping:
    """One shape of file: which column is what, in which zone and words."""

    name: str
    source: str
    name_en: str
    name_zh: str
    zone: ZoneInfo
    language: str
    encodings: tuple[str, ...]
    columns: Table[str, tuple[str, ...]]
    date_formats: Table[str, tuple[str, ...]]
    states: Table[str, Table[str, str]]
    channels: Table[str, str]
    defaults: Table[str, str]
    kinds: tuple[tuple[str, str], ...]
    utilities: tuple[tuple[str, str], ...]

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which a file is of another shape."""
        return (self.columns["external_number"][0], self.columns["received_at"][0])

    def label(self, language: str) -> str:
        """What people call the shape, in their language."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Matter:
    """What one row tells, in the desk's own codes and in UTC; `state` is dispatched, in_progress
    or closed."""

    external_number: str
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    replied_at: datetime | None
    state: str
    outcome: str
    kind: str
    utility: str
    channel: str
    category: str
    category_group: str
    unit_key: str
    unit_name: str
    subject: str
    text: str
    address: str
    contact_name: str
    result: str
    facts: tuple[tuple[str, str], ...]


def names() -> list[str]:
    """The mappings that are shipped."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@lru_cache(maxsize=32)
def load(name: str) -> Mapping:
    """The mapping of that name; raises UnknownMapping."""
    if name not in names():
        raise UnknownMapping(name)
    return from_data(name, json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def from_data(name: str, data: Table[str, Any]) -> Mapping:
    """A mapping from its JSON form (docs: any of the shipped files)."""
    columns = {field: _listed(found) for field, found in data["columns"].items()}
    return Mapping(
        name=name, source=data["source"], name_en=data["name_en"], name_zh=data["name_zh"],
        zone=ZoneInfo(data["time_zone"]), language=data["language"],
        encodings=tuple(data.get("encodings", ("utf-8",))), columns=columns,
        date_formats={column: _listed(found) for column, found in data["date_formats"].items()},
        states={word: _listed_state(found) for word, found in data["states"].items()},
        channels=data["channels"], defaults=data["defaults"],
        kinds=tuple((code, pattern) for code, pattern in data["kinds"]),
        utilities=tuple((code, pattern) for code, pattern in data["utilities"]),
    )  # fmt: skip


def _listed(found: str | Sequence[str]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found)


def _listed_state(found: str | Table[str, str]) -> Table[str, str]:
    return {"state": found} if isinstance(found, str) else found


def read(mapping: Mapping, row: Row, *, now: datetime) -> Matter:
    """What the row tells; raises Refused."""
    received_at = _instant(mapping, row, "received_at")
    if received_at is None:
        raise Refused("no_date")
    state, outcome, closed_at = _ending(mapping, row)
    _check_order(received_at, closed_at, now)
    category = _first(mapping, row, "category")[:LABEL_CHARACTERS] or mapping.defaults["category"]
    told = " ".join(_texts(mapping, row, "judged"))
    text, subject = _texts(mapping, row, "text"), _texts(mapping, row, "subject")
    return Matter(
        external_number=_number(mapping, row),
        received_at=received_at, due_at=_instant(mapping, row, "due_at"),
        closed_at=closed_at, replied_at=_instant(mapping, row, "replied_at"),
        state=state, outcome=outcome,
        kind=_judged(mapping.kinds, told) or mapping.defaults["kind"],
        utility=_judged(mapping.utilities, told) or mapping.defaults["utility"],
        channel=_channel(mapping, row), category=category,
        category_group=_first(mapping, row, "category_group")[:LABEL_CHARACTERS],
        unit_key=_first(mapping, row, "unit_key")[:LABEL_CHARACTERS],
        unit_name=_first(mapping, row, "unit_name")[:LABEL_CHARACTERS],
        subject=_cut(" · ".join(subject) or category),
        text=_fitting("text", "\n".join(text) or category),
        address=_fitting("address", ", ".join(_texts(mapping, row, "address"))),
        contact_name=_fitting("contact_name", _first(mapping, row, "contact_name")),
        result=_fitting("result", "\n".join(_texts(mapping, row, "result"))),
        facts=_facts(mapping, row),
    )  # fmt: skip


def _number(mapping: Mapping, row: Row) -> str:
    number = _first(mapping, row, "external_number")
    if not number:
        raise Refused("no_number")
    return _fitting("external_number", number)


def _ending(mapping: Mapping, row: Row) -> tuple[str, str, datetime | None]:
    """State, outcome and closing time; a state word nobody mapped is judged by the closing time."""
    closed_at = _instant(mapping, row, "closed_at")
    word = _first(mapping, row, "state").lower()
    told = mapping.states.get(word) or mapping.states["*"]
    state = told["state"]
    if state == "by_closing_time":
        state = "closed" if closed_at else mapping.defaults["open_state"]
    if state != "closed":
        return state, "", None
    if closed_at is None:
        raise Refused("closed_without_time")
    return state, told.get("outcome", "done"), closed_at


def _check_order(received_at: datetime, closed_at: datetime | None, now: datetime) -> None:
    if received_at > now + AHEAD or (closed_at and closed_at > now + AHEAD):
        raise Refused("in_the_future")
    if closed_at is not None and closed_at < received_at:
        raise Refused("closes_before_it_opens", closed_at.isoformat())


def _instant(mapping: Mapping, row: Row, field: str) -> datetime | None:
    """The first filled column of the field as an instant in UTC; raises Refused."""
    for column in mapping.columns.get(field, ()):
        cell = row.cells.get(column, "")
        if isinstance(cell, str):
            cell = cell.strip()
        if cell:
            return _in_utc(_parsed(cell, mapping.date_formats.get(column, ("iso",))), mapping.zone)
    return None


def _parsed(cell: Cell, formats: tuple[str, ...]) -> datetime:
    if isinstance(cell, datetime):
        return cell
    for form in formats:
        try:
            if form == "iso":
                return datetime.fromisoformat(cell)
            return datetime.strptime(cell, form)  # noqa: DTZ007 - the zone is the mapping's
        except ValueError:
            continue
    raise Refused("bad_date", cell[:60])


def _in_utc(instant: datetime, zone: ZoneInfo) -> datetime:
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise Refused("date_out_of_range", instant.isoformat())
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone)
    return instant.astimezone(UTC)


def _first(mapping: Mapping, row: Row, field: str) -> str:
    """The first filled column of the field, on one line."""
    for column in mapping.columns.get(field, ()):
        text = _one_line(row.cells.get(column, ""))
        if text:
            return text
    return ""


def _texts(mapping: Mapping, row: Row, field: str) -> list[str]:
    """Every filled column of the field, each text once."""
    found = (_lines(row.cells.get(column, "")) for column in mapping.columns.get(field, ()))
    return list(dict.fromkeys(text for text in found if text))


def _one_line(cell: Cell) -> str:
    return " ".join(_plain(cell).split())


def _lines(cell: Cell) -> str:
    """The text without blank lines and runs of blanks."""
    text = _plain(cell)
    if "\n" not in text:
        return " ".join(text.split())
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _plain(cell: Cell) -> str:
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell


def _judged(rules: tuple[tuple[str, str], ...], told: str) -> str:
    """The code of the first rule whose pattern the text holds; empty when none does."""
    return next((code for code, pattern in rules if _pattern(pattern).search(told)), "")


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _channel(mapping: Mapping, row: Row) -> str:
    word = _first(mapping, row, "channel").lower()
    return mapping.channels.get(word) or mapping.defaults["channel"]


def _fitting(field: str, text: str) -> str:
    if len(text) > MOST[field]:
        raise Refused(f"{field}_too_long", text[:60])
    return text


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT_CHARACTERS else line[: SUBJECT_CHARACTERS - 1] + "…"


def _facts(mapping: Mapping, row: Row) -> tuple[tuple[str, str], ...]:
    """Other columns worth keeping beside the ticket, as they stand."""
    found = ((column, _one_line(row.cells.get(column, ""))) for column in mapping.columns["facts"])
    return tuple((column, text[:200]) for column, text in found if text)
