"""Build a month's workbook for one person, hand it out for an hour, log who took it (verb)."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import jobs
from notifications.models import Job
from organisation.models import Staff, Unit
from reports import monthly, months, readers, times, workbook
from reports.models import Download, ExportFile
from reports.months import Month
from servicedesk.lib.errors import DeskError, NotAllowed, NotVisible

KIND = "report_xlsx"
# The sorts of files that are taken by the same page.
KINDS = (KIND, "watch_xlsx")
LASTS = timedelta(hours=1)
_FOLDER = "exports"


class FileIsGone(DeskError):
    """A file is kept for an hour; after that it is built again."""

    message = gettext_lazy("This file was kept for one hour and is gone. Export the month again.")
    http_status = 410


def ask_for(*, month: Month, unit: Unit | None, by: Staff, at: datetime) -> Job:
    """A waiting job that builds the month's workbook; raises NotAllowed, NotVisible."""
    reader = readers.of(by)
    if not reader.may_export:
        raise NotAllowed
    params = {"month": str(month), "unit": unit.code if unit else ""}
    readers.unit(reader, params["unit"])
    return jobs.ask_for(kind=KIND, params=params, by=by, at=at)


def build_month(*, job: Job, by: Staff | None, at: datetime) -> dict[str, Any]:
    """The workbook of what the person may see now, in their language; called by the worker.

    A job that runs again after a crash builds the file again in the place of the first.
    """
    month = months.read(job.params["month"])
    if by is None or month is None:
        raise NotVisible
    reader = readers.of(by)
    with translation.override(by.language):
        unit = readers.unit(reader, job.params["unit"])
        report = monthly.build(reader=reader, month=month, unit=unit, at=at)
        total = len(report.total.cells) + len(report.units) + len(report.kinds) + 2
        jobs.report(job=job, progress=0, total=total, by=by, at=at)
        path = place(job=job, by=by, at=at)
        spent = times.build(reader=reader, month=month, unit=unit, at=at)
        write = partial(workbook.write, report, times=spent)
        rows = _write(write, path, job, total, by, at)
        name = _file_name(month, unit)
    return keep(job=job, name=name, path=path, rows=rows, by=by, at=at)


def keep(
    *, job: Job, name: str, path: Path, rows: int, by: Staff, at: datetime
) -> dict[str, Any]:
    """Hand the built file out for an hour."""
    file, _is_new = ExportFile.objects.update_or_create(
        job=job,
        defaults={
            "name": name, "path": str(path.relative_to(settings.MEDIA_ROOT)), "rows": rows,
            "content_type": workbook.CONTENT_TYPE, "expires_at": at + LASTS, "by": by,
        },
    )  # fmt: skip
    return {"file": file.pk, "rows": rows}


def take(*, job_id: int, by: Staff, at: datetime) -> tuple[ExportFile, Path]:
    """The person's own file, the taking of it logged; raises NotVisible, NotAllowed, FileIsGone."""
    file = ExportFile.objects.filter(job_id=job_id, by=by).first()
    if file is None:
        raise NotVisible
    if not readers.of(by).may_export:
        raise NotAllowed
    path = Path(settings.MEDIA_ROOT) / file.path
    if file.is_over(at) or not path.is_file():
        raise FileIsGone
    Download.objects.create(file=file, by=by, at=at)
    return file, path


def forget_expired(*, by: Staff | None, at: datetime) -> int:
    """Delete files whose hour is over, keep the record of them; how many went."""
    over = list(ExportFile.objects.filter(expires_at__lte=at).exclude(path=""))
    for file in over:
        (Path(settings.MEDIA_ROOT) / file.path).unlink(missing_ok=True)
    ExportFile.objects.filter(pk__in=[file.pk for file in over]).update(path="")
    return len(over)


def _write(
    write: Callable[..., int], path: Path, job: Job, total: int, by: Staff, at: datetime
) -> int:
    """Written beside its place and moved there whole, so that no half file is ever handed out."""

    def told(lines: int) -> None:
        if lines % 50 == 0 or lines == total:
            jobs.report(job=job, progress=lines, total=total, by=by, at=at)

    unfinished = path.with_suffix(".part")
    rows = write(path=unfinished, told=told)
    unfinished.chmod(0o600)
    unfinished.replace(path)
    return rows


def place(*, job: Job, by: Staff | None, at: datetime) -> Path:
    """Where the job's file lies: the same for a second try, else a name nobody can guess."""
    folder = Path(settings.MEDIA_ROOT) / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    earlier = ExportFile.objects.filter(job=job).exclude(path="").first()
    if earlier:
        return Path(settings.MEDIA_ROOT) / earlier.path
    return folder / f"{job.pk}-{secrets.token_hex(16)}.xlsx"


def _file_name(month: Month, unit: Unit | None) -> str:
    parts = [_("Monthly report"), str(month), unit.code if unit else ""]
    return " ".join(part for part in parts if part) + ".xlsx"
