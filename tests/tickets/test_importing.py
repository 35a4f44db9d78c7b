"""Files come in as history: counted honestly, once, without a word to anybody."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.utils import translation

from notifications.models import Notice, Outbox
from organisation.models import Staff, Unit
from tests.cast import Cast
from tests.factories import files
from tickets import (
    dispatching,
    escalation,
    importing,
    informants,
    lifecycle,
    mappings,
    search,
)
from tickets.import_reading import UnknownMapping, UnknownUnit, UnreadableFile
from tickets.import_refusals import Reason
from tickets.importing import Counts
from tickets.models import Category, Clock, Deadline, Event, Holding, Ticket

NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
SHAPES: dict[str, tuple[tuple[str, ...], Any]] = {
    "boston311": (files.BOSTON, files.boston),
    "baltimore311": (files.BALTIMORE, files.baltimore),
    "nyc311": (files.NYC, files.nyc),
    "tipdm_replies": (files.TIPDM, files.tipdm),
}


def loaded(path: Path, mapping: str, at: datetime = NOW, **options: Any) -> Counts:
    return importing.load(path=path, mapping=mapping, by=None, at=at, **options)


def boston_file(tmp_path: Path, *rows: dict[str, str]) -> Path:
    return files.csv_file(tmp_path / "boston.csv", files.BOSTON, rows)


def nyc_file(tmp_path: Path, *rows: dict[str, str]) -> Path:
    return files.csv_file(tmp_path / "nyc.csv", files.NYC, rows)


def codes(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("id").values_list("code", flat=True))


@pytest.mark.parametrize("mapping", SHAPES)
@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "xlsx"])
def test_each_shape_comes_in_and_a_second_time_changes_nothing(
    cast: Cast, tmp_path: Path, mapping: str, suffix: str
) -> None:
    columns, make = SHAPES[mapping]
    rows = [make(f"9000{number:08d}") for number in range(30)]
    write = files.sheet_file if suffix == "xlsx" else files.csv_file
    path = write(tmp_path / f"x.{suffix}", columns, rows)
    assert loaded(path, mapping) == Counts(rows=30, created=30)
    before = {model: model.objects.count() for model in (Ticket, Event, Holding, Clock, Unit)}
    assert loaded(path, mapping, NOW + timedelta(days=1)) == Counts(rows=30, unchanged=30)
    assert {model: model.objects.count() for model in before} == before


def test_a_closed_matter_is_a_whole_ticket(cast: Cast, tmp_path: Path) -> None:
    loaded(boston_file(tmp_path, files.boston()), "boston311")
    ticket = Ticket.objects.get(source="boston311", external_number="900000000001")
    assert ticket.number.startswith("20110705-")
    assert (ticket.state, ticket.closed_at) == ("closed", datetime(2011, 7, 7, 19, 30, tzinfo=UTC))
    assert (ticket.original_kind, ticket.version, ticket.next_due_at) == ("FAULT", 1, None)
    assert ticket.promised_at == ticket.source_due_at == datetime(2011, 7, 12, 13, tzinfo=UTC)
    assert ticket.lead_unit is not None and ticket.lead_unit.code == "PWR-boston311-wrks"
    assert ticket.lead_unit.name_zh == "Works Department"
    assert ticket.scope_path == cast.company.path
    assert ticket.category.source == "boston311" and not ticket.category.is_active
    assert ticket.category.parent is not None and ticket.category.parent.name_en == "Street Lights"
    assert codes(ticket) == ["received", "dispatched", "done", "closed", "imported"]
    clock = Clock.objects.get(ticket=ticket)
    assert (clock.name, clock.measure, clock.limit) == ("reply", "max", None)
    assert (clock.started_at, clock.stopped_at) == (ticket.received_at, ticket.closed_at)
    assert (clock.due_at, clock.first_due_at, clock.missed_at) == (
        ticket.promised_at, ticket.promised_at, None,
    )  # fmt: skip


def test_stays_add_up_to_the_life_of_each_ticket(cast: Cast, tmp_path: Path) -> None:
    rows = [files.boston("1"), files.boston("2", case_status="Open", closed_dt="")]
    loaded(boston_file(tmp_path, *rows), "boston311")
    for ticket in Ticket.objects.all():
        stays = list(Holding.objects.filter(ticket=ticket).order_by("from_at"))
        assert stays[0].from_at == ticket.received_at
        assert stays[-1].to_at == ticket.closed_at
        assert all(a.to_at == b.from_at for a, b in zip(stays, stays[1:], strict=False))


def test_a_limit_missed_before_the_load_is_kept_as_missed(cast: Cast, tmp_path: Path) -> None:
    rows = [
        files.boston("late", closed_dt="2011-07-13 09:00:00"),
        files.boston("open-late", case_status="Open", closed_dt=""),
        files.boston("open", case_status="Open", closed_dt="", target_dt="2059-01-01 00:00:00"),
        files.boston("unlimited", target_dt=""),
    ]
    loaded(boston_file(tmp_path, *rows), "boston311")
    missed = dict(Clock.objects.values_list("ticket__external_number", "missed_at"))
    due = datetime(2011, 7, 12, 13, tzinfo=UTC)
    assert missed == {"late": due, "open-late": due, "open": None}
    waiting = Ticket.objects.get(external_number="open-late")
    assert (waiting.next_due_at, waiting.next_due_clock) == (due, "reply")


def test_nobody_hears_of_loaded_history(cast: Cast, tmp_path: Path) -> None:
    rows = [files.boston(str(n), case_status="Open", closed_dt="") for n in range(20)]
    loaded(boston_file(tmp_path, *rows), "boston311")
    assert not Deadline.objects.exists()
    assert escalation.fire_due(by=None, at=NOW + timedelta(days=400)) == 0
    assert not Notice.objects.exists() and not Outbox.objects.exists()


def test_a_later_file_writes_what_changed_and_no_more(cast: Cast, tmp_path: Path) -> None:
    first = [files.nyc("1"), files.nyc("2"), files.nyc("3")]
    second = [
        files.nyc("1"),
        files.nyc("2", status="Closed", closed_date="2026-02-02T10:00:00.000"),
        files.nyc("3", incident_address="77 MADE UP PLACE"),
        files.nyc("4"),
    ]
    third = [files.nyc("2", status="Open"), files.nyc("4")]
    assert loaded(nyc_file(tmp_path, *first), "nyc311") == Counts(rows=3, created=3)
    assert loaded(nyc_file(tmp_path, *second), "nyc311") == Counts(
        rows=4, created=1, updated=2, unchanged=1
    )
    closed = Ticket.objects.get(external_number="2")
    assert (closed.state, closed.closed_at) == ("closed", datetime(2026, 2, 2, 15, tzinfo=UTC))
    assert codes(closed)[-3:] == ["done", "closed", "amended"]
    assert Holding.objects.get(ticket=closed).to_at == closed.closed_at
    moved = Ticket.objects.get(external_number="3")
    assert moved.address.startswith("77 MADE UP PLACE")
    amended = Event.objects.get(ticket=moved, code="amended")
    assert amended.facts["changed"] == ["address"]
    assert found(cast, "77 made up")[0] == moved
    assert loaded(nyc_file(tmp_path, *third), "nyc311") == Counts(rows=2, updated=1, unchanged=1)
    closed.refresh_from_db()
    assert (closed.state, closed.closed_at, closed.reopen_count) == ("dispatched", None, 1)
    assert Holding.objects.get(ticket=closed).to_at is None


def found(cast: Cast, words: str) -> list[Ticket]:
    visible = Ticket.objects.visible_to(cast.supervisor)
    return list(search.among(visible, words))


def test_loaded_tickets_stand_in_lists_and_search(cast: Cast, tmp_path: Path) -> None:
    path = files.csv_file(tmp_path / "x.csv", files.TIPDM, [files.tipdm()], "gb18030")
    loaded(path, "tipdm_replies")
    ticket = Ticket.objects.get()
    for words in ("恢复供水", "管道", ticket.number, "900001"):
        assert found(cast, words) == [ticket]
    assert not Ticket.objects.visible_to(cast.stranger).exists()
    assert (ticket.language, ticket.result[:2]) == ("zh-hans", "您好")
    assert ticket.replied_at == ticket.closed_at
    with connection.cursor() as cursor:
        cursor.execute("SELECT words = array_to_tsvector(tsvector_to_array(words)) FROM tickets_ticket")
        assert cursor.fetchall() == [(True,)]


def test_the_same_number_twice_in_a_file_counts_as_what_it_is(cast: Cast, tmp_path: Path) -> None:
    rows = [files.nyc("1"), files.nyc("1"), files.nyc("1", status="Open"), files.nyc("2")]
    expected = Counts(rows=4, created=2, updated=1, unchanged=1)
    path = nyc_file(tmp_path, *rows)
    assert loaded(path, "nyc311", is_dry_run=True) == expected
    assert loaded(path, "nyc311") == expected
    assert Ticket.objects.get(external_number="1").state == "dispatched"
    again = Counts(rows=4, unchanged=4)
    assert loaded(path, "nyc311", is_dry_run=True) == again
    assert loaded(path, "nyc311") == again


def test_bad_rows_go_to_the_list_with_line_and_reason(cast: Cast, tmp_path: Path) -> None:
    rows = [
        files.nyc("1"),
        files.nyc("2", created_date="=1+1"),
        files.nyc("", incident_address="=HYPERLINK(1)"),
        files.nyc("4", incident_address="a\x00b"),
        files.nyc("5", incident_address="a\ud800b"),
        files.nyc("6", closed_date="2026-01-01T00:00:00", status="Closed"),
        files.nyc("7"),
    ]
    listed = tmp_path / "deep" / "refused.csv"
    counts = loaded(nyc_file(tmp_path, *rows), "nyc311", refusals_path=listed)
    assert counts == Counts(rows=7, created=2, refused=5)
    with listed.open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))
    found_rows = [(line, reason) for line, reason, *_ in cells[1:]]
    assert found_rows == [
        ("3", "bad_date"), ("4", "no_number"), ("5", "nul"), ("6", "bad_encoding"),
        ("7", "closes_before_it_opens"),
    ]  # fmt: skip
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in cells for cell in row)


def test_a_later_clean_run_removes_the_list_of_the_earlier(cast: Cast, tmp_path: Path) -> None:
    listed = tmp_path / "refused.csv"
    loaded(nyc_file(tmp_path, files.nyc("")), "nyc311", refusals_path=listed)
    assert listed.exists()
    loaded(nyc_file(tmp_path, files.nyc("1")), "nyc311", refusals_path=listed)
    assert not listed.exists()


def test_every_reason_a_row_can_be_refused_for_has_words() -> None:
    from tests.tickets.test_mappings import WRONG

    assert {reason for _mapping, _row, reason in WRONG} <= set(Reason)


def test_a_row_the_database_refuses_does_not_take_the_others_along(
    cast: Cast, tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE tickets_ticket ADD CONSTRAINT planted CHECK (external_number <> '13')"
        )
    rows = [files.nyc(str(number)) for number in range(20)]
    counts = loaded(nyc_file(tmp_path, *rows), "nyc311")
    assert counts == Counts(rows=20, created=19, refused=1)
    assert Ticket.objects.count() == 19
    assert Holding.objects.count() == 19


def test_a_dry_run_writes_nothing_at_all(cast: Cast, tmp_path: Path) -> None:
    loaded(nyc_file(tmp_path, files.nyc("1"), files.nyc("2")), "nyc311")
    tables = (Ticket, Event, Holding, Clock, Unit, Category, Staff, Deadline)
    before = [model.objects.count() for model in tables]
    rows = [files.nyc("1"), files.nyc("2", status="Open"), files.nyc("3"), files.nyc("")]
    counts = loaded(nyc_file(tmp_path, *rows), "nyc311", is_dry_run=True)
    assert counts == Counts(rows=4, created=1, updated=1, unchanged=1, refused=1)
    assert [model.objects.count() for model in tables] == before


def test_work_done_here_is_not_undone_by_a_later_file(cast: Cast, tmp_path: Path) -> None:
    loaded(boston_file(tmp_path, files.boston(case_status="Open", closed_dt="")), "boston311")
    ticket = Ticket.objects.get()
    assert ticket.next_due_at is not None
    dispatching.accept(ticket=ticket, by=None, at=NOW)  # type: ignore[arg-type]
    lifecycle.report_done(ticket=ticket, result="Mended.", is_customer_told=True, by=None, at=NOW)  # type: ignore[arg-type]
    clock = Clock.objects.get(ticket=ticket)
    assert clock.stopped_at == NOW and clock.missed_at == clock.due_at
    again = files.boston(location="5 Made Up Street")
    counts = loaded(boston_file(tmp_path, again), "boston311", NOW + timedelta(days=1))
    assert counts == Counts(rows=1, updated=1)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.result) == ("done_pending_review", "Mended.")
    assert ticket.address == "5 Made Up Street"
    assert Event.objects.get(ticket=ticket, code="amended").facts["kept"] is True
    assert Clock.objects.get(ticket=ticket).stopped_at == NOW
    assert loaded(boston_file(tmp_path, again), "boston311") == Counts(rows=1, unchanged=1)


def test_a_unit_below_a_company_takes_everything_itself(cast: Cast, tmp_path: Path) -> None:
    path = nyc_file(tmp_path, files.nyc("1"), files.nyc("2", agency="OTH", agency_name="Other"))
    loaded(path, "nyc311", unit="WEST-1")
    assert set(Ticket.objects.values_list("lead_unit__code", flat=True)) == {"WEST-1"}
    assert set(Ticket.objects.visible_to(cast.outsider)) == set(Ticket.objects.all())
    assert not Ticket.objects.visible_to(cast.handler).exists()


def test_the_tracker_is_who_loads_or_the_account_of_the_import(cast: Cast, tmp_path: Path) -> None:
    importing.load(
        path=nyc_file(tmp_path, files.nyc("1")), mapping="nyc311", by=cast.administrator, at=NOW
    )
    loaded(nyc_file(tmp_path, files.nyc("2")), "nyc311")
    assert Ticket.objects.get(external_number="1").tracker == cast.administrator
    event = Event.objects.get(ticket__external_number="1", code="imported")
    assert (event.by_id, event.at) == (cast.administrator.pk, NOW)
    account = Ticket.objects.get(external_number="2").tracker
    assert (account.staff_number, account.is_active, account.roles) == ("import", False, [])
    assert not account.has_usable_password()


def test_what_cannot_be_loaded_at_all_says_so_and_writes_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    good = nyc_file(tmp_path, files.nyc("1"))
    broken = tmp_path / "broken.csv.gz"
    files.csv_file(broken, files.NYC, [files.nyc(str(n)) for n in range(5000)])
    broken.write_bytes(broken.read_bytes()[:-200])
    for error, path, mapping, unit in (
        (UnreadableFile, tmp_path / "none.csv", "nyc311", ""),
        (UnreadableFile, tmp_path, "nyc311", ""),
        (UnreadableFile, broken, "nyc311", ""),
        (UnreadableFile, good, "boston311", ""),
        (UnknownMapping, good, "atlantis311", ""),
        (UnknownUnit, good, "nyc311", "ATLANTIS"),
    ):
        with translation.override("en"), pytest.raises(error) as refusal:
            loaded(path, mapping, unit=unit)
        with translation.override("en"):
            assert "Nothing was loaded." in str(refusal.value)
    assert not Ticket.objects.exists()


def test_the_command_ends_with_one_line_of_json(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [files.nyc("1"), files.nyc("")]
    listed = tmp_path / "refused.csv"
    call_command(
        "import_tickets", nyc_file(tmp_path, *rows), mapping="nyc311", json=True, errors=listed
    )
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told.pop("seconds") >= 0
    assert told == {"rows": 2, "created": 1, "updated": 0, "unchanged": 0, "refused": 1}
    assert listed.exists()


def test_the_command_fails_in_one_sentence(cast: Cast, tmp_path: Path) -> None:
    with translation.override("en"), pytest.raises(CommandError) as refusal:
        call_command("import_tickets", tmp_path / "none.csv", mapping="nyc311")
    assert str(refusal.value) == "There is no file none.csv. Nothing was loaded."
    assert refusal.value.returncode == 1


def test_life_is_the_sum_of_its_stays_over_a_whole_file(cast: Cast, tmp_path: Path) -> None:
    rows = [
        files.boston(str(n), closed_dt=f"2011-07-{6 + n % 20:02d} 10:00:00") for n in range(200)
    ]
    loaded(boston_file(tmp_path, *rows), "boston311")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(closed_at - received_at) FROM tickets_ticket")
        (life,) = cursor.fetchone()
        cursor.execute("SELECT sum(to_at - from_at) FROM tickets_holding")
        assert cursor.fetchone() == (life,)
    assert Ticket.objects.aggregate(all=Sum("version"))["all"] == 200


def reports_of_boston(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of the file becomes a report, as a mapping of one's own may say."""
    shipped = mappings.load("boston311")
    changed = replace(shipped, kinds=(), defaults={**shipped.defaults, "kind": "REPORT"})
    monkeypatch.setattr(mappings, "load", lambda name: changed)


def test_rows_mapped_to_reports_come_in_as_confidential(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports_of_boston(monkeypatch)
    loaded(boston_file(tmp_path, files.boston("900000000001")), "boston311")
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.is_confidential) == ("REPORT", True)
    assert ticket.subject == informants.subject(ticket.language)
    assert Ticket.objects.visible_to(cast.supervisor).exists()
    assert not Ticket.objects.visible_to(cast.dispatcher).exists()
    assert ticket.address
    assert found(cast, ticket.address) == []


def test_a_later_file_does_not_open_a_report(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as changed:
        reports_of_boston(changed)
        loaded(boston_file(tmp_path, files.boston("900000000001")), "boston311")
    later = files.boston("900000000001", case_title="Pothole again")
    loaded(boston_file(tmp_path, later), "boston311", at=NOW + timedelta(days=1))
    ticket = Ticket.objects.get()
    assert (ticket.is_confidential, ticket.subject) == (True, informants.subject(ticket.language))
