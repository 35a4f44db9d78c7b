"""Rows of a CSV or Excel file, plain or gzipped; one bad row never hides the others (sum)."""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, cast
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

MOST_CELL_CHARACTERS = 1_000_000
MOST_UNPACKED_BYTES = 2_000_000_000
EXCERPT_CHARACTERS = 200
_HEAD_BYTES = 65_536
_GZIP, _ZIP, _UTF16 = b"\x1f\x8b", b"PK\x03\x04", (b"\xff\xfe", b"\xfe\xff")
_BROKEN = (
    OSError, EOFError, zlib.error, zipfile.BadZipFile, InvalidFileException, ParseError, KeyError,
    ValueError, TypeError, IndexError, AttributeError, csv.Error,
)  # fmt: skip

Cell = str | datetime


class Unreadable(Exception):
    """The file as a whole cannot be read; `code` says why: absent, not_a_file, empty, broken,
    too_big, missing_columns (then `detail` names them)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Row:
    """One row by folded column name; `line` is where it starts, counted from 1 as editors do."""

    line: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: the reason as a code, and enough of it to find it again."""

    line: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Survey:
    """How many rows a file has, and where each key that stands in several rows stands last."""

    rows: int
    latest: dict[Cell, int]


def read_rows(
    path: Path, *, required: Iterable[str] = (), encodings: Sequence[str] = ("utf-8",)
) -> Iterator[Row | BadRow]:
    """Every row that is not blank, in order; raises Unreadable. The encoding is the first under
    which the header has the required columns."""
    records = _records(path, tuple(required), encodings)
    _line, header = next(records)
    names = [folded(name) for name in header]
    for line, cells in records:
        yield BadRow(line, cells, "") if isinstance(cells, str) else _checked(line, names, cells)


def survey(
    path: Path, *, key: str, required: Iterable[str] = (), encodings: Sequence[str] = ("utf-8",)
) -> Survey:
    """What read_rows would give; raises Unreadable wherever it would."""
    records = _records(path, tuple(required), encodings)
    _line, header = next(records)
    place = [folded(name) for name in header].index(key)
    rows, seen, latest = 0, set[Cell](), dict[Cell, int]()
    for line, cells in records:
        rows += 1
        if isinstance(cells, str) or len(cells) <= place:
            continue
        found = cells[place]
        if found in seen:
            latest[found] = line
        seen.add(found)
    return Survey(rows, latest)


def folded(header: object) -> str:
    """A column name without case, blanks and signs: 'Unique Key' and 'unique_key' are one."""
    return re.sub(r"\W+", "_", str(header or "").strip().lower()).strip("_")


def excerpt(cells: Iterable[object]) -> str:
    """The start of a row on one line, safe to write anywhere."""
    line = " | ".join(str(cell) for cell in cells)[: EXCERPT_CHARACTERS * 2]
    plain = line.encode("utf-8", "replace").decode().replace("\x00", "␀")
    return " ".join(plain.split())[:EXCERPT_CHARACTERS]


def _start(path: Path) -> bytes:
    if not path.exists():
        raise Unreadable("absent")
    if not path.is_file():
        raise Unreadable("not_a_file")
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Unreadable("empty")
    return start


def _opened(path: Path) -> IO[bytes]:
    if _start(path)[:2] == _GZIP:
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _records(
    path: Path, wanted: tuple[str, ...], encodings: Sequence[str]
) -> Iterator[tuple[int, Sequence[Cell] | str]]:
    """The header and each row that is not blank, with the line it starts on; in place of a row
    that breaks off, a reason code."""
    try:
        is_sheet = _start(path) == _ZIP
        records = _sheet_records(path) if is_sheet else _csv_records(path, wanted, encodings)
        header = next(records, (1, []))
        _need([folded(name) for name in header[1]], wanted)
        yield header
        for line, cells in records:
            if isinstance(cells, str) or any(cells):
                yield line, cells
    except _BROKEN as error:
        raise Unreadable("broken", type(error).__name__) from error


def _csv_records(
    path: Path, wanted: tuple[str, ...], encodings: Sequence[str]
) -> Iterator[tuple[int, list[str] | str]]:
    csv.field_size_limit(max(csv.field_size_limit(), MOST_CELL_CHARACTERS))
    with _opened(path) as raw:
        encoding = _encoding(raw.read(_HEAD_BYTES), wanted, encodings)
    with _opened(path) as raw:
        text = io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")
        reader = csv.reader(text)
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, "broken_row"


def _encoding(head: bytes, wanted: tuple[str, ...], encodings: Sequence[str]) -> str:
    if not head:
        raise Unreadable("empty")
    if head.startswith(_UTF16):
        return "utf-16"
    for encoding in encodings:
        name = "utf-8-sig" if encoding == "utf-8" else encoding
        first = next(csv.reader(io.StringIO(head.decode(name, "surrogateescape"), newline="")), [])
        if set(wanted) <= {folded(cell) for cell in first}:
            return name
    return "utf-8-sig"


def _need(names: list[str], wanted: tuple[str, ...]) -> None:
    missing = [name for name in wanted if name not in names]
    if missing:
        raise Unreadable("missing_columns", ", ".join(missing))


def _sheet_records(path: Path) -> Iterator[tuple[int, list[Cell]]]:
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED_BYTES:
            raise Unreadable("too_big")
    # Given by its handle, for the name of an upload says nothing.
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        width = 0
        for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            width = width or len(values)
            # Empty cells at the end of a row are often not in the file at all.
            yield line, [_cell(value) for value in values] + [""] * (width - len(values))


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return str(int(value)) if is_whole else str(value)  # type: ignore[call-overload]


def _checked(line: int, names: list[str], cells: Sequence[Cell]) -> Row | BadRow:
    reason = _fault(names, cells)
    if reason:
        return BadRow(line, reason, excerpt(cells))
    found: dict[str, Cell] = {}
    for name, cell in zip(names, cells, strict=False):
        found.setdefault(name, cell)
    return Row(line, found)


def _fault(names: list[str], cells: Sequence[Cell]) -> str:
    """What is wrong with the row whatever its columns mean; empty when nothing is."""
    if len(cells) > len(names) and any(cells[len(names) :]):
        return "too_many_cells"
    if len(cells) < len(names):
        return "too_few_cells"
    joined = "\x1f".join(cell for cell in cells if isinstance(cell, str))
    if "\x00" in joined:
        return "nul"
    try:
        joined.encode()
    except UnicodeEncodeError:
        return "bad_encoding"
    return ""
