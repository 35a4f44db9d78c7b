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
from typing import IO, Any
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


def read_rows(
    path: Path, *, required: Iterable[str] = (), encodings: Sequence[str] = ("utf-8",)
) -> Iterator[Row | BadRow]:
    """Every row that is not blank, in order; raises Unreadable. The encoding is the first under
    which the header has the required columns."""
    wanted = tuple(required)
    try:
        if _start(path) == _ZIP:
            yield from _sheet_rows(path, wanted)
        else:
            yield from _csv_rows(path, wanted, encodings)
    except _BROKEN as error:
        raise Unreadable("broken", type(error).__name__) from error


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
    is_packed = _start(path)[:2] == _GZIP
    return gzip.open(path, "rb") if is_packed else path.open("rb")


def _csv_rows(path: Path, wanted: tuple[str, ...], encodings: Sequence[str]) -> Iterator[Row | BadRow]:
    csv.field_size_limit(max(csv.field_size_limit(), MOST_CELL_CHARACTERS))
    with _opened(path) as raw:
        encoding = _encoding(raw.read(_HEAD_BYTES), wanted, encodings)
    with _opened(path) as raw:
        text = io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")
        reader = csv.reader(text)
        names = [folded(name) for name in next(reader, [])]
        _need(names, wanted)
        for line, cells in _records(reader):
            if isinstance(cells, str):
                yield BadRow(line, cells, "")
            elif any(cells):
                yield _checked(line, names, cells)


def _records(reader: Any) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the line it starts on; a reason code in place of one that breaks off."""
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


def _sheet_rows(path: Path, wanted: tuple[str, ...]) -> Iterator[Row | BadRow]:
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED_BYTES:
            raise Unreadable("too_big")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        names = [folded(name) for name in next(rows, ())]
        _need(names, wanted)
        for line, values in enumerate(rows, start=2):
            if any(value not in (None, "") for value in values):
                # Empty cells at the end of a row are often not in the file at all.
                cells = [_cell(value) for value in values]
                yield _checked(line, names, cells + [""] * (len(names) - len(cells)))
    finally:
        book.close()


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
