"""Take an uploaded file and ask for its import as a job (verb)."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from notifications import jobs
from notifications.models import Job
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import import_reading, import_runs


class NoRoom(DeskError):
    """The uploaded file could not be kept."""

    http_status = 507
    field = "file"
    message = _("The file could not be kept: the disk is full or closed. Nothing was loaded.")


def ask_for(
    *, name: str, chunks: Iterable[bytes], mapping: str, unit: Unit, is_dry_run: bool,
    by: Staff, at: datetime,
) -> Job:
    """A waiting job for the uploaded file, kept under a random name; raises UnreadableFile at once
    where its columns do not fit the mapping, UnknownMapping, NoRoom."""
    path = import_runs.folder() / uuid4().hex
    try:
        _keep(path, chunks)
        import_reading.check(path, name, import_reading.mapping_of(mapping))
    except OSError as error:
        path.unlink(missing_ok=True)
        raise NoRoom from error
    except DeskError:
        path.unlink(missing_ok=True)
        raise
    params = {
        "file": path.name, "name": name[:120], "mapping": mapping, "unit": unit.code,
        "is_dry_run": is_dry_run,
    }  # fmt: skip
    return jobs.ask_for(kind=import_runs.KIND, params=params, by=by, at=at)


def _keep(path: Path, chunks: Iterable[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
