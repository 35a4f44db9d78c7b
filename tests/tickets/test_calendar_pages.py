"""Working calendars on their pages: everybody looks, administrators change, nobody loses a word."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from organisation import calendar_keeping, calendar_text
from organisation.calendar_data import WEEKDAYS
from organisation.models import Calendar
from servicedesk.lib import clock
from tests.cast import Cast
from tests.factories.calendars import at as moment
from tests.factories.tickets import a_ticket
from tests.organisation.test_calendar_keeping import OFFICE, TABLE_2027, closed, newest, table

LIST = reverse("tickets:calendars")
NEW = reverse("tickets:calendar-new")
PAGE, EDIT, HOLIDAYS, OWN, DROP, COMPARE = (
    reverse(f"tickets:calendar{name}", args=[OFFICE])
    for name in ("", "-edit", "-holidays", "-own-days", "-own-day-drop", "-compare")
)
TEXT = json.dumps(TABLE_2027)


def typed(**changes: Any) -> dict[str, Any]:
    """The edit form as it stands, with changes."""
    row = newest()
    plain = row.plain()
    week = {day: calendar_text.windows_text(plain.week[n]) for n, day in enumerate(WEEKDAYS)}
    return week | {
        "seen": row.version, "name_zh": row.name_zh, "name_en": row.name_en,
        "time_zone": row.time_zone, "holidays_observed": "on", "seasons": "",
        "days": calendar_text.dates_text(plain.days), "known_from": "2026-01-01",
        "known_until": "2026-12-31", "reason": "夏令时间",
    } | changes  # fmt: skip


def test_everybody_sees_the_calendars_a_year_of_one_and_its_versions(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.outsider)
    page = client.get(LIST).content.decode()
    assert "working-days-cn" in page
    assert NEW not in page
    shown = client.get(PAGE, {"year": 2026})
    sheet = shown.context["sheet"]
    assert sheet.working_days == 248
    assert (len(sheet.months), sum(one.days for one in sheet.special)) == (12, 39)
    assert len(sheet.special) == 13
    content = shown.content.decode()
    assert "春节" in content
    assert EDIT not in content
    for wrong in ("abc", "0000", "99999", "２０２６"):
        assert client.get(PAGE, {"year": wrong}).status_code == 200
    assert client.get(PAGE, {"version": "99"}).status_code == 404
    assert client.get(reverse("tickets:calendar", args=["nowhere"])).status_code == 404


def test_an_edit_is_saved_as_a_new_version_and_can_be_compared(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    # Saved as it stands it says the same.
    assert client.post(EDIT, typed()).status_code == 409
    seasons = "06-01..09-30 周一至周五 08:00-12:00 15:00－18:00；周六 9:00-12:00"
    lines = typed()["days"] + "\n2026-12-24 08:30-12:00 提前下班"
    answer = client.post(EDIT, typed(seasons=seasons, days=lines, sat="22:00-06:00"))
    assert answer.status_code == 302, answer.context["form"].errors
    row = newest()
    assert (row.version, row.created_by, row.reason) == (2, cast.administrator, "夏令时间")
    assert row.seasons[0]["week"]["sat"] == [["09:00", "12:00"]]
    assert row.days["2026-12-24"] == {"name": "提前下班", "windows": [["08:30", "12:00"]]}
    assert row.days["2026-02-17"]["table"] == 2026
    compared = client.get(COMPARE)
    differences = compared.context["differences"]
    assert [day for day, _, _ in differences.weekdays] == [5]
    assert [one.day for one in differences.days] == [date(2026, 12, 24)]
    assert "22:00–06:00" in compared.content.decode()
    back = client.get(COMPARE, {"from": 2, "to": 1})
    assert back.context["differences"].days[0].after is None
    # The form shows again what was typed.
    assert client.get(EDIT).context["form"].initial["sat"] == "22:00-06:00"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mon", "8.30 to 12"), ("tue", "08:30-08:30"), ("wed", "08:00-12:00 11:00-13:00"),
        ("thu", "25:00-26:00"), ("days", "2027-13-01 off"), ("days", "tomorrow off"),
        ("days", "2027-01-01 perhaps"), ("days", "2027-01-01 off\n2027-01-01 work"),
        ("seasons", "summer"), ("seasons", "06-01..09-30 someday 08:00-12:00"),
        ("seasons", "06-31..09-30 mon 08:00-12:00"), ("known_until", "2025-01-01"),
        ("known_until", "9999-12-31"), ("days", "0001-01-01 off"),
        ("time_zone", "Mars/Olympus"), ("name_zh", ""), ("seen", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_gets_a_sentence_and_nothing_typed_is_lost(
    cast: Cast, client: Client, field: str, value: str
) -> None:
    client.force_login(cast.administrator)
    answer = client.post(EDIT, typed(**{field: value, "reason": "kept as typed"}))
    assert answer.status_code in {409, 422}
    assert answer.context["form"].errors
    assert "kept as typed" in answer.content.decode()
    assert newest().version == 1


def test_the_second_of_two_administrators_is_told_and_can_save_over(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.administrator)
    mine = typed(mon="09:00-12:00")
    calendar_keeping.load_holidays(code=OFFICE, table=table(), by=cast.administrator, at=cast.at)
    told = client.post(EDIT, mine)
    assert told.status_code == 409
    content = told.content.decode()
    assert "09:00-12:00" in content
    assert COMPARE in content
    assert 'name="seen" value="2"' in content
    # A slip in between does not pass for having seen the newest one.
    slip = client.post(EDIT, mine | {"tue": "nonsense"})
    assert 'name="seen" value="1"' in slip.content.decode()
    assert client.post(EDIT, mine | {"seen": 2}).status_code == 302
    assert newest().version == 3


def test_a_calendar_is_added_under_its_own_code(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    nights = {
        "code": "nights", "name_zh": "夜班", "name_en": "Nights", "time_zone": "Australia/Lord_Howe",
        "mon": "22:00-06:00",
    }  # fmt: skip
    assert client.post(NEW, nights).status_code == 302
    assert Calendar.objects.get(code="nights").week == {"mon": [["22:00", "06:00"]]}
    twice = client.post(NEW, nights)
    assert twice.status_code == 409
    assert client.post(NEW, nights | {"code": "no hours", "mon": ""}).status_code == 422
    empty = client.post(NEW, nights | {"code": "empty", "mon": ""})
    assert empty.status_code == 422
    assert not Calendar.objects.filter(code="empty").exists()


def test_a_table_is_shown_before_it_is_loaded_and_loading_it_again_changes_nothing(
    cast: Cast, client: Client
) -> None:
    a_ticket(cast, at=moment("2026-12-29T10:00"))
    client.force_login(cast.administrator)
    preview = client.post(HOLIDAYS, {"table": TEXT, "act": "preview"})
    assert [one.day for one in preview.context["changes"].days] == [
        date(2027, 1, day) for day in (1, 2, 9)
    ]
    assert preview.context["reach"].years == ((2027, 1),)
    assert newest().version == 1
    saved = client.post(HOLIDAYS, {"table": TEXT, "act": "save", "seen": 1}, follow=True)
    assert newest().known_until == date(2027, 12, 31)
    assert len(saved.context["messages"]) == 2
    assert client.post(HOLIDAYS, {"table": TEXT, "act": "save", "seen": 1}).status_code == 409
    again = client.post(HOLIDAYS, {"table": TEXT, "act": "preview"})
    assert not again.context["changes"]
    assert newest().version == 2


def test_a_table_comes_as_a_file_too(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    file = SimpleUploadedFile("2027.json", b"\xef\xbb\xbf" + TEXT.encode())
    preview = client.post(HOLIDAYS, {"file": file, "act": "preview"})
    assert preview.context["table"].year == 2027
    for name, body in (
        ("2027.json", b"\xff\xfe"), ("2027.json", b"[]"), ("2027.json", b"0" * 300_000),
        ("2027.exe", TEXT.encode()), ("2027.json", b""),
    ):  # fmt: skip
        wrong = client.post(HOLIDAYS, {"file": SimpleUploadedFile(name, body), "act": "save"})
        assert wrong.status_code == 422, name
    for text in (
        "",
        "{",
        "{}",
        '{"year": 2028, "days": [{"date": "2028-01-01", "isOffDay": true}]}',
    ):
        assert client.post(HOLIDAYS, {"table": text, "act": "save"}).status_code == 422
    assert newest().version == 1


def test_a_calendar_that_observes_none_takes_no_holidays(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    address = reverse("tickets:calendar-holidays", args=["service-hours"])
    assert client.post(address, {"table": TEXT, "act": "preview"}).status_code == 409


def test_a_companys_own_day_is_set_and_taken_back(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    day = {"company": cast.company.pk, "first": "2026-08-10", "windows": "", "reason": "台风"}
    assert client.post(OWN, day).status_code == 302
    assert client.post(OWN, day).status_code == 409
    for wrong in (
        {"company": cast.other_company.pk}, {"first": ""}, {"reason": ""}, {"last": "2026-08-09"},
        {"windows": "morning"}, {"windows": "12:00-12:00"},
    ):  # fmt: skip
        assert client.post(OWN, day | {"first": "2026-08-12"} | wrong).status_code == 422, wrong
    assert "台风" in client.get(OWN).content.decode()
    assert client.get(PAGE).context["calendar"].local_days
    (moved,) = client.get(COMPARE).context["differences"].days
    assert (moved.day, moved.is_local) == (date(2026, 8, 10), True)
    client.force_login(cast.stranger)
    assert not client.get(PAGE).context["calendar"].local_days
    assert client.get(PAGE, {"version": 2}).status_code == 404
    client.force_login(cast.administrator)
    back = {"company": cast.company.pk, "day": "2026-08-10"}
    for wrong in ({"day": "x"}, {"company": "x"}, {"company": cast.other_company.pk}):
        assert client.post(DROP, back | wrong).status_code == 404
    assert client.post(DROP, back).status_code == 302
    assert client.post(DROP, back).status_code == 409
    assert not client.get(PAGE).context["calendar"].local_days


def test_nobody_but_an_administrator_opens_what_changes_calendars(
    cast: Cast, client: Client
) -> None:
    closed(cast)
    for person in (cast.outsider, cast.supervisor, cast.stranger, cast.executive):
        client.force_login(person)
        for address in (NEW, EDIT, HOLIDAYS, OWN):
            assert client.get(address).status_code == 403
            assert client.post(address, typed()).status_code == 403
        assert (
            client.post(DROP, {"company": cast.company.pk, "day": "2026-08-10"}).status_code == 403
        )
    assert Calendar.objects.filter(code=OFFICE).count() == 2


def test_administrators_are_warned_while_the_coming_year_is_missing(
    cast: Cast, client: Client
) -> None:
    until = clock.now().date() + timedelta(days=30)
    calendar_keeping.edit(
        code=OFFICE,
        wording=calendar_keeping.Wording(**newest().wording | {"known_until": until}),
        reason="", seen=1, is_for_open=False, by=cast.administrator, at=cast.at,
    )  # fmt: skip
    for address in (LIST, reverse("tickets:limits"), reverse("tickets:work")):
        client.force_login(cast.administrator)
        assert HOLIDAYS in client.get(address).content.decode(), address
        client.force_login(cast.handler)
        assert HOLIDAYS not in client.get(address).content.decode(), address


def test_the_command_shows_and_loads_a_table(
    cast: Cast, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "2027.json"
    file.write_text(TEXT)
    call_command("import_holidays", str(file), calendar=OFFICE, dry_run=True)
    assert newest().version == 1
    assert "2027-01-09" in capsys.readouterr().out
    call_command("import_holidays", str(file), calendar=OFFICE)
    assert newest().version == 2
    call_command("import_holidays", str(file), calendar=OFFICE)
    assert "2" in capsys.readouterr().out
    assert newest().version == 2
    for wrong in ({"calendar": "nowhere"}, {"calendar": "service-hours"}):
        with pytest.raises(CommandError):
            call_command("import_holidays", str(file), **wrong)
    file.write_text("{")
    with pytest.raises(CommandError):
        call_command("import_holidays", str(file), calendar=OFFICE)
