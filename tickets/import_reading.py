"""Read a file by its mapping: is it of that shape, what do its rows tell (question)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from organisation.models import Unit, UnitLevel
from servicedesk.lib.errors import DeskError
from tickets import loaded_history, mappings, row_files
from tickets.loaded_history import Reading
from tickets.mappings import Mapping

BATCH = 1000

Read = Reading | row_files.BadRow
# Where each number that stands in several rows stands last.
Lines = dict[row_files.Cell, int]


class UnknownMapping(DeskError):
    """There is no mapping of that name."""

    message = _("There is no mapping called %(name)s. Known: %(known)s. Nothing was loaded.")
    field = "mapping"


class UnreadableFile(DeskError):
    """The file as a whole cannot be read."""

    http_status = 422
    field = "file"
    message = "%(sentence)s"


_UNREADABLE = {
    "absent": _("There is no file %(file)s. Nothing was loaded."),
    "not_a_file": _("%(file)s is a folder, not a file. Nothing was loaded."),
    "empty": _("%(file)s is empty. Nothing was loaded."),
    "too_big": _("%(file)s unpacks to more than 2 GB. Split it. Nothing was loaded."),
    "missing_columns": _(
        "%(file)s has no column %(detail)s, so it is not of this shape. Choose another mapping. "
        "Nothing was loaded."
    ),
    "broken": _(
        "%(file)s is damaged or not a CSV or Excel file (%(detail)s). Nothing was loaded."
    ),
}


class NoCompany(DeskError):
    """Loaded tickets belong to a company, and there is none yet."""

    message = _("There is no company yet to load tickets for. Set up the organisation first.")


class UnknownUnit(DeskError):
    """There is no unit of that code."""

    message = _("There is no unit with the code %(code)s. Nothing was loaded.")
    field = "unit"


def mapping_of(name: str) -> Mapping:
    """The mapping of that name; raises UnknownMapping."""
    try:
        return mappings.load(name)
    except mappings.UnknownMapping:
        raise UnknownMapping(name=name, known=", ".join(mappings.names())) from None


def unit_of(code: str) -> Unit:
    """The unit of that code, or the first company; raises UnknownUnit, NoCompany."""
    if code:
        found = Unit.objects.filter(code=code, is_active=True).first()
        if found is None:
            raise UnknownUnit(code=code)
        return found
    company = Unit.objects.filter(level=UnitLevel.COMPANY, is_active=True).order_by("path").first()
    if company is None:
        raise NoCompany
    return company


def check(path: Path, name: str, mapping: Mapping) -> None:
    """Nothing where the file's start can be read by the mapping; raises UnreadableFile. `name` is
    what people call the file."""
    with _readable(name):
        next(_rows(path, mapping), None)


def survey(path: Path, name: str, mapping: Mapping) -> row_files.Survey:
    """The number of rows, and what repeats. Reads the file to its end, so that a damaged one is
    found before anything of it is written; raises UnreadableFile."""
    with _readable(name):
        return row_files.survey(
            path, key=mapping.required[0], required=mapping.required, encodings=mapping.encodings
        )


def _rows(path: Path, mapping: Mapping) -> Iterator[row_files.Row | row_files.BadRow]:
    return row_files.read_rows(path, required=mapping.required, encodings=mapping.encodings)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Says in a sentence why the file cannot be read."""
    try:
        yield
    except row_files.Unreadable as error:
        sentence = str(_UNREADABLE[error.code]) % {"file": name, "detail": error.detail}
        raise UnreadableFile(sentence=sentence) from None


def batches(
    path: Path, mapping: Mapping, latest: Lines, now: datetime
) -> Iterator[list[Read]]:
    """What the rows tell, by the thousand, no number twice in a batch."""
    batch: list[Read] = []
    numbers: set[str] = set()
    for row in _rows(path, mapping):
        read = _read(mapping, row, latest, now)
        number = read.matter.external_number if isinstance(read, Reading) else ""
        if len(batch) >= BATCH or number in numbers:
            yield batch
            batch, numbers = [], set()
        batch.append(read)
        if number:
            numbers.add(number)
    yield batch


def _read(
    mapping: Mapping, row: row_files.Row | row_files.BadRow, latest: Lines, now: datetime
) -> Read:
    if isinstance(row, row_files.BadRow):
        return row
    try:
        matter = mappings.read(mapping, row, now=now)
    except mappings.Refused as error:
        excerpt = row_files.excerpt(row.cells.values())
        return row_files.BadRow(row.line, error.reason, excerpt)
    overriding = latest.get(row.cells[mapping.required[0]], 0)
    return Reading(row.line, matter, loaded_history.digest(matter), row.line < overriding)
