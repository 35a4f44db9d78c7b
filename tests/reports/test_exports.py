"""The workbook: the figures of the page, no formula but the rates, one person's for an hour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from notifications import jobs
from notifications.models import Job, JobState
from organisation.models import Staff
from reports import exports, monthly, readers
from reports.models import Download, ExportFile
from reports.months import Month
from servicedesk.lib.errors import NotAllowed, NotVisible
from tests.cast import Cast
from tests.factories import months as made
from tests.factories.months import HOUR, Maker
from tickets.models import Clock, Holding, Limit

START = datetime(2026, 9, 30, 16, tzinfo=UTC)
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)
OCTOBER = Month(2026, 10)


@pytest.fixture
def maker(cast: Cast, settings: LazySettings, tmp_path: Path) -> Iterator[Maker]:
    settings.MEDIA_ROOT = tmp_path
    cast.executive.language = "en"
    cast.executive.save()
    with translation.override("en"):
        yield Maker(cast)


def built(user: Staff, at: datetime = AT) -> Job:
    """The user's job, done as the worker does it."""
    job = exports.ask_for(month=OCTOBER, unit=None, by=user, at=at)
    jobs.run(job_id=job.pk, by=None, at=at)
    job.refresh_from_db()
    assert job.failure == ""
    assert job.state == JobState.DONE
    return job


def sheets(job: Job, *, values: bool) -> dict[str, list[tuple[Any, ...]]]:
    _, path = exports.take(job_id=job.pk, by=job.by, at=AT)
    book = openpyxl.load_workbook(path, data_only=values)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_workbook_says_what_the_page_says(cast: Cast, maker: Maker) -> None:
    made.fill(maker, start=START, days=31, tickets=80)
    report = monthly.build(reader=readers.of(cast.executive), month=OCTOBER, unit=None, at=AT)
    found = sheets(built(cast.executive), values=True)
    assert list(found) == ["Month", "By unit", "By kind", "Stays", "Averages", "Definitions"]
    by_name = {line[0]: line for line in found["Month"][2:]}
    for cell in report.total.cells.values():
        line = by_name[str(cell.figure.name)]
        if not cell.figure.is_rate:
            assert line[1] == cell.n
            continue
        assert (line[1], line[2], line[6]) == (cell.hit, cell.n, cell.n)
        assert line[3] == (pytest.approx(cell.rate) if cell.n else "–")
        if cell.interval:
            assert line[4:6] == (
                pytest.approx(cell.interval.lower), pytest.approx(cell.interval.upper),
            )  # fmt: skip
    for title, rows in (("By unit", report.units), ("By kind", report.kinds)):
        head, *lines = found[title]
        assert [line[0] for line in lines] == [row.code for row in rows] + [""]
        for line, row in zip(lines, [*rows, report.total], strict=True):
            told = dict(zip(head, line, strict=True))
            assert told["Received"] == row.cells["received"].n
            assert told["Satisfaction rate: numerator"] == row.satisfied.hit
            assert told["Satisfaction rate: denominator"] == row.satisfied.n
            assert told["On-time completion rate: n"] == row.cells["on_time"].n
            assert row.times is not None
            hours = row.times[0].total_seconds() / 3600
            assert told["Median, hours"] == pytest.approx(hours)


def test_the_workbook_has_the_times_of_the_page(cast: Cast, maker: Maker) -> None:
    ticket = maker.ticket(at=START)
    for hours in (1, 3):
        Holding.objects.create(
            ticket=ticket, state="in_progress", unit=cast.unit, from_at=START,
            to_at=START + hours * HOUR,
        )  # fmt: skip
    limit = Limit.objects.filter(clock="arrive", measure="avg", unit="minutes").first()
    Clock.objects.create(
        ticket=ticket, name="arrive", measure="avg", limit=limit, started_at=START,
        due_at=START + HOUR, stopped_at=START + 2 * HOUR,
    )  # fmt: skip
    found = sheets(built(cast.executive), values=True)
    assert found["Stays"][1:] == [
        ("In progress", "Total", 2, 2, pytest.approx(2.8), 2),
        ("In progress", "East station", 2, 2, pytest.approx(2.8), 2),
    ]
    whole, of_unit = (line[2:] for line in found["Averages"][1:])
    assert whole[3:] == (1, 120, 120, 120, "broken", 0)
    assert (whole[0], of_unit[0]) == ("Total", "East station")


def test_no_cell_is_a_formula_but_the_rates(cast: Cast, maker: Maker) -> None:
    cast.unit.name_en = cast.unit.name_zh = "=HYPERLINK(\"http://bad.example\")"
    cast.unit.save()
    made.fill(maker, start=START, days=31, tickets=40)
    _, path = exports.take(job_id=built(cast.executive).pk, by=cast.executive, at=AT)
    formulas = 0
    for sheet in openpyxl.load_workbook(path):
        for line in sheet.iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    above, below = cell.offset(0, -2), cell.offset(0, -1)
                    assert cell.value == f"={above.coordinate}/{below.coordinate}"
                    formulas += 1
    assert formulas > 10
    assert cast.unit.name_en in {
        cell.value for line in openpyxl.load_workbook(path).worksheets[1] for cell in line
        if cell.data_type == "s"
    }  # fmt: skip


def test_the_file_is_its_owners_for_an_hour_and_each_taking_is_logged(
    cast: Cast, maker: Maker, tmp_path: Path
) -> None:
    job = built(cast.executive)
    file, path = exports.take(job_id=job.pk, by=cast.executive, at=AT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(Download.objects.values_list("file", "by", "at")) == [
        (file.pk, cast.executive.pk, AT)
    ]
    with pytest.raises(NotVisible):
        exports.take(job_id=job.pk, by=cast.auditor, at=AT)
    with pytest.raises(exports.FileIsGone):
        exports.take(job_id=job.pk, by=cast.executive, at=AT + timedelta(hours=1))
    assert exports.forget_expired(by=None, at=AT + timedelta(minutes=59)) == 0
    assert exports.forget_expired(by=None, at=AT + timedelta(hours=1)) == 1
    assert not path.exists()
    assert Download.objects.count() == 1
    assert ExportFile.objects.get().path == ""


def test_a_job_that_runs_again_leaves_one_file(cast: Cast, maker: Maker, tmp_path: Path) -> None:
    job = exports.ask_for(month=OCTOBER, unit=None, by=cast.executive, at=AT)
    for _ in range(2):
        exports.build_month(job=job, by=cast.executive, at=AT)
    assert ExportFile.objects.count() == 1
    assert len(list((tmp_path / "exports").iterdir())) == 1


def test_who_may_not_export_or_lost_the_role_gets_nothing(cast: Cast, maker: Maker) -> None:
    for user in (cast.leader, cast.external_supervisor, cast.handler):
        with pytest.raises(NotAllowed):
            exports.ask_for(month=OCTOBER, unit=None, by=user, at=AT)
    with pytest.raises(NotVisible):
        exports.ask_for(month=OCTOBER, unit=cast.other_company, by=cast.executive, at=AT)
    job = built(cast.executive)
    cast.executive.roles = ["handler"]
    cast.executive.save()
    with pytest.raises(NotAllowed):
        exports.take(job_id=job.pk, by=Staff.objects.get(pk=cast.executive.pk), at=AT)


def test_the_pages_lead_from_the_button_to_the_file(
    cast: Cast, maker: Maker, client: Client
) -> None:
    client.force_login(cast.executive)
    asked = client.post("/reports/export/", {"month": "2026-10", "unit": "EAST-1"})
    assert asked.status_code == 302
    waiting = client.get(asked["Location"], headers={"accept-language": "en"})
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    job = Job.objects.get()
    assert job.params == {"month": "2026-10", "unit": "EAST-1"}
    jobs.run(job_id=job.pk, by=None, at=waiting_now())
    ready = client.get(asked["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in ready
    assert "<html" not in ready
    taken = client.get(f"/reports/export/{job.pk}/file/")
    assert taken["Content-Type"].endswith("spreadsheetml.sheet")
    assert taken["Content-Disposition"].startswith("attachment")
    assert b"".join(taken.streaming_content)[:2] == b"PK"
    client.force_login(cast.auditor)
    for address in (f"/reports/export/{job.pk}/", f"/reports/export/{job.pk}/file/"):
        assert client.get(address).status_code == 404
    assert client.get("/reports/export/999999/").status_code == 404


def waiting_now() -> datetime:
    from servicedesk.lib import clock

    return clock.now()
