"""Build a watch list's workbook for one person; it is taken like the month's (verb)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import translation

from notifications import jobs
from notifications.models import Job
from organisation.models import Staff, Unit
from reports import exports, readers, watch_workbook
from reports.watch import looking, rules_in_force
from reports.watch.definition import Look, Pattern
from reports.watch.looking import Row
from servicedesk.lib.errors import NotAllowed, NotVisible

KIND = "watch_xlsx"
BATCH = 500
# A longer list is no list to work through; the page says how many there are.
MOST = 20_000


def ask_for(
    *, pattern: Pattern, period: str, unit: Unit | None, by: Staff, at: datetime
) -> Job:
    """A waiting job that builds the list's workbook; raises NotAllowed, NotVisible."""
    reader = readers.of(by)
    if not reader.may_export:
        raise NotAllowed
    params = {"list": pattern.code, "period": period, "unit": unit.code if unit else ""}
    looking.Chosen.of(reader, params, at)
    return jobs.ask_for(kind=KIND, params=params, by=by, at=at)


def build_list(*, job: Job, by: Staff | None, at: datetime) -> dict[str, Any]:
    """The workbook of what the person may see now, in their language; called by the worker."""
    if by is None:
        raise NotVisible
    reader = readers.of(by)
    pattern = looking.pattern(reader, job.params["list"])
    chosen = looking.Chosen.of(reader, job.params, at)
    look = looking.look(pattern, chosen, rules_in_force.read())
    with translation.override(by.language):
        units = looking.units(pattern, look, chosen, {})
        head = " ".join(filter(None, [chosen.period, chosen.unit.name if chosen.unit else ""]))
        path = exports.place(job=job, by=by, at=at)
        unfinished = path.with_suffix(".part")
        rows = watch_workbook.write(pattern, _rows(pattern, look, by), units, head, unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(path)
        name = f"{pattern.name} {head}.xlsx"
    return exports.keep(job=job, name=name, path=path, rows=rows, by=by, at=at)


def _rows(pattern: Pattern, look: Look, by: Staff) -> Iterator[Row]:
    """All rows, some hundreds at a time."""
    before: str | None = None
    for _batch in range(MOST // BATCH):
        page = looking.page(pattern, look, before, BATCH)
        yield from looking.told(pattern, list(page.rows), look, by)
        before = page.next_key
        if not before:
            return
