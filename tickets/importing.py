"""Load tickets from a file in bulk: the one exception to "every change through transition" (verb).

History loaded is not lived (design §8): nothing here writes a notice, a message or a deadline row.
A limit that was due before the load is judged and kept as past in its clock. An open ticket gets
no waiting deadlines either: its due time comes from a system that reminded its own people, and the
first wrong due times would ring at everybody here; it stands in the lists by its due time, late in
red if it is, and a supervisor who takes it up sees it there.

Rows go in by batches of a thousand, each batch whole or not at all; a row the database does not
accept is refused alone. A row whose told facts are those of the last load is not written at all.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction

from notifications import jobs
from notifications.models import Job
from organisation.models import Staff
from servicedesk.lib import reading_ahead
from servicedesk.lib.errors import DeskError
from tickets import import_reading, import_runs, import_targets, import_writing, row_files
from tickets.import_reading import Read
from tickets.import_refusals import RefusedRows
from tickets.loaded_history import Reading
from tickets.mappings import Mapping
from tickets.models import Ticket

Tell = Callable[[int, int], None]


@dataclass
class Counts:
    """What became of the rows; rows is the sum of the other four."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass
class _Load:
    """One run over one file."""

    name: str
    mapping: Mapping
    targets: import_targets.Targets
    refusals: RefusedRows
    is_dry_run: bool
    by: Staff | None
    at: datetime
    counts: Counts = field(default_factory=Counts)
    seen: dict[str, str] = field(default_factory=dict)


def load(
    *, path: Path, mapping: str, unit: str = "", name: str = "", is_dry_run: bool = False,
    refusals_path: Path | None = None, tell: Tell | None = None, by: Staff | None, at: datetime,
) -> Counts:
    """Counts of a file's rows, all of them loaded or refused; `refusals_path` receives the refused
    ones. Raises UnknownMapping, UnreadableFile, UnknownUnit, NoCompany; then nothing is written."""
    known, name = import_reading.mapping_of(mapping), name or path.name
    targets = import_targets.Targets(known, import_reading.unit_of(unit), by, at)
    survey = import_reading.survey(path, name, known)
    with RefusedRows(refusals_path) as refusals:
        run = _Load(name, known, targets, refusals, is_dry_run, by, at)
        for batch in reading_ahead.ahead(import_reading.batches(path, known, survey.latest, at)):
            readings = _taken(run, batch)
            _dry(run, readings) if is_dry_run else _store(run, readings)
            if tell is not None:
                tell(run.counts.rows, survey.rows)
    return run.counts


def run_job(*, job: Job, by: Staff | None, at: datetime) -> dict[str, Any]:
    """Do an import asked for on the page: its counts for the job's row. The uploaded file goes when
    it has been read; the refused rows stay until they are fetched."""
    upload = import_runs.upload_of(job)
    begun = time.monotonic()

    def tell(done: int, total: int) -> None:
        now = at + timedelta(seconds=time.monotonic() - begun)
        jobs.report(job=job, progress=done, total=total, by=by, at=now)

    try:
        counts = load(
            path=upload, name=job.params["name"], mapping=job.params["mapping"],
            unit=job.params["unit"], is_dry_run=job.params["is_dry_run"],
            refusals_path=import_runs.refusals_of(job), tell=tell, by=by, at=at,
        )  # fmt: skip
    except DeskError:
        upload.unlink(missing_ok=True)
        raise
    upload.unlink(missing_ok=True)
    return asdict(counts)


def _taken(run: _Load, batch: Sequence[Read]) -> list[Reading]:
    """The readable rows of the batch; the others are counted and listed."""
    run.counts.rows += len(batch)
    for read in batch:
        if isinstance(read, row_files.BadRow):
            _refuse(run, read)
    return [read for read in batch if isinstance(read, Reading)]


def _refuse(run: _Load, bad: row_files.BadRow) -> None:
    run.counts.refused += 1
    run.refusals.add(bad.line, bad.reason, bad.excerpt)


def _dry(run: _Load, batch: Sequence[Reading]) -> None:
    """Count what would happen; the file's own earlier rows count as loaded."""
    standing = {number: digest for number, (_pk, digest) in _standing(run, batch).items()}
    for reading in batch:
        number = reading.matter.external_number
        before = run.seen.get(number) or standing.get(number)
        if before is None or not reading.is_overridden:
            run.seen[number] = reading.digest
        _count(run.counts, before, reading)


def _count(counts: Counts, before: str | None, reading: Reading) -> None:
    if before is None:
        counts.created += 1
    elif before == reading.digest or reading.is_overridden:
        counts.unchanged += 1
    else:
        counts.updated += 1


def _store(run: _Load, batch: Sequence[Reading]) -> None:
    """Write a batch; if the database does not accept it, each row of it alone."""
    if _is_written(run, batch):
        return
    for reading in batch:
        if not _is_written(run, [reading]):
            number = reading.matter.external_number
            _refuse(run, row_files.BadRow(reading.line, "not_accepted", number))


def _is_written(run: _Load, batch: Sequence[Reading]) -> bool:
    try:
        with transaction.atomic():
            standing = _standing(run, batch)
            _write(run, batch, standing)
    except (DataError, IntegrityError):
        run.targets.forget()
        return False
    for reading in batch:
        _pk, before = standing.get(reading.matter.external_number, (0, None))
        _count(run.counts, before, reading)
    return True


def _write(
    run: _Load, batch: Sequence[Reading], standing: dict[str, tuple[int, str]]
) -> None:
    fresh = [one for one in batch if one.matter.external_number not in standing]
    changed = [
        one for one in batch
        if not one.is_overridden
        and one.digest != standing.get(one.matter.external_number, (0, one.digest))[1]
    ]  # fmt: skip
    origin = import_writing.Origin(run.mapping, run.name, run.by, run.at)
    if fresh:
        import_writing.create(origin=origin, readings=_placed(run, fresh))
    if changed:
        import_writing.amend(origin=origin, readings=_placed(run, changed))


def _placed(run: _Load, readings: Sequence[Reading]) -> list[import_writing.Placed]:
    return [(one, run.targets.place(one.matter)) for one in readings]


def _standing(run: _Load, batch: Sequence[Reading]) -> dict[str, tuple[int, str]]:
    """Id and digest of the tickets that are already here, by the file's number."""
    numbers = [reading.matter.external_number for reading in batch]
    found = Ticket.objects.filter(source=run.mapping.source, external_number__in=numbers)
    return {
        number: (pk, digest)
        for pk, number, digest in found.values_list("pk", "external_number", "source_digest")
    }
