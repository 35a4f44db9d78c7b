"""A watch list as a workbook: what the person may see, without what somebody wrote."""

from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from notifications import jobs
from notifications.models import Job, JobState
from reports import exports, thresholds, watch, watch_exports
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import lifecycle
from tickets.models import Ticket
from tickets.states import State

PATTERN = watch.BY_CODE["done-without-contact"]


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: object, cast: Cast) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    thresholds.seed(by=None, at=cast.at)


def listed(cast: Cast) -> Ticket:
    now = clock.now()
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=now - timedelta(hours=5))
    return lifecycle.report_done(
        ticket=ticket, result="客户电话13900000001。", is_customer_told=True, by=cast.handler, at=now
    )


def built(cast: Cast) -> Job:
    now = clock.now()
    job = watch_exports.ask_for(
        pattern=PATTERN, period="30", unit=None, by=cast.supervisor, at=now
    )
    jobs.run(job_id=job.pk, by=None, at=now)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.failure
    return job


def test_the_workbook_holds_the_list_and_no_words(cast: Cast) -> None:
    ticket, job = listed(cast), built(cast)
    _file, path = exports.take(job_id=job.pk, by=cast.supervisor, at=clock.now())
    sheets = load_workbook(path).worksheets
    cells = [cell for sheet in sheets for row in sheet.values for cell in row]
    assert ticket.number in cells
    assert cast.unit.code in cells
    assert not any("13900000001" in str(cell) for cell in cells)


def test_it_is_not_for_everybody(cast: Cast) -> None:
    now = clock.now()
    with pytest.raises(NotAllowed):
        watch_exports.ask_for(pattern=PATTERN, period="30", unit=None, by=cast.leader, at=now)
    job = built(cast)
    with pytest.raises(NotVisible):
        exports.take(job_id=job.pk, by=cast.auditor, at=clock.now())


def test_a_second_try_builds_the_file_in_the_place_of_the_first(cast: Cast) -> None:
    job = built(cast)
    first = job.file.path
    watch_exports.build_list(job=job, by=cast.supervisor, at=clock.now())
    job.file.refresh_from_db()
    assert job.file.path == first
