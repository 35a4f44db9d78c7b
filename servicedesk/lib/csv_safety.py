"""Cells that a spreadsheet cannot take for a formula."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

_STARTERS = frozenset("=+-@")


def safe_cell(value: object) -> object:
    """The value for a cell: numbers and dates as they are, None as empty, a text that starts a
    formula quoted."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | date | datetime):
        return value
    text = str(value)
    return f"'{text}" if starts_formula(text) else text


def safe_row(values: Iterable[object]) -> list[object]:
    """A row of safe cells."""
    return [safe_cell(value) for value in values]


def starts_formula(text: str) -> bool:
    """Whether some spreadsheet could run this: = + - @ in any width, also behind tabs, line ends
    and blanks."""
    for character in text:
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
            if character in "\t\r\n":
                return True
            continue
        return unicodedata.normalize("NFKC", character)[:1] in _STARTERS
    return False
