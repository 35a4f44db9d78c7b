"""Calendars are edited as new versions: weeks, seasons, dates, holiday tables, a company's own days."""

import json
import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from organisation import calendar_keeping, calendar_outlook, holiday_tables, presetting
from organisation.calendar_keeping import Wording
from organisation.models import Calendar
from tests.cast import Cast
from tests.factories.calendars import at as moment
from tickets import policies

OFFICE = "working-days-cn"
TABLE_2027: dict[str, Any] = {
    "year": 2027,
    "papers": ["https://www.gov.cn/2027"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-09", "isOffDay": False},
    ],
}


def newest(code: str = OFFICE) -> Calendar:
    return Calendar.objects.newest().get(code=code)


def worded(**changes: Any) -> Wording:
    return replace(Wording(**newest().wording), **changes)


def edited(cast: Cast, *, seen: int = 1, **changes: Any) -> Calendar:
    return calendar_keeping.edit(
        code=OFFICE, wording=worded(**changes), reason="summer", seen=seen, is_for_open=False,
        by=cast.administrator, at=cast.at,
    )  # fmt: skip


def table(**changes: Any) -> Any:
    return holiday_tables.read(json.dumps(TABLE_2027 | changes))


def test_an_edit_is_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    before = newest()
    row = edited(cast, week={"mon": [["09:00", "12:00"]]}, seasons=[
        {"from": "06-01", "to": "09-30", "week": {"mon": [["08:00", "11:00"]]}}
    ])  # fmt: skip
    assert (row.version, row.origin, row.created_by, row.reason) == (
        2, Calendar.Origin.EDITED, cast.administrator, "summer"
    )  # fmt: skip
    assert Calendar.objects.get(code=OFFICE, version=1).wording == before.wording
    plain = row.plain()
    assert [len(plain.windows_on(date(2026, month, 8))) for month in (6, 7)] == [1, 0]
    assert plain.windows_on(date(2026, 6, 8))[0][0].hour == 8


def test_unchanged_dates_keep_the_table_they_came_from(cast: Cast) -> None:
    plain = {
        day: {key: value for key, value in rule.items() if key != "table"}
        for day, rule in newest().days.items()
    }
    row = edited(cast, days=plain | {"2026-12-24": {"name": "", "windows": [["08:30", "12:00"]]}})
    assert row.days["2026-02-17"] == {"name": "春节", "rule": "off", "table": 2026}
    assert "table" not in row.days["2026-12-24"]


def test_who_typed_over_an_older_version_is_told_and_a_form_sent_twice_writes_once(
    cast: Cast,
) -> None:
    edited(cast, week={"mon": [["09:00", "12:00"]]})
    with pytest.raises(calendar_keeping.SaysTheSame):
        edited(cast, week={"mon": [["09:00", "12:00"]]})
    with pytest.raises(calendar_keeping.ChangedMeanwhile) as told:
        edited(cast, week={"tue": [["09:00", "12:00"]]})
    assert cast.administrator.name in str(told.value)
    assert "2" in str(told.value)
    assert newest().version == 2


def test_nobody_else_changes_calendars(cast: Cast) -> None:
    for person in (cast.supervisor, cast.outsider, cast.dispatcher):
        with pytest.raises(calendar_keeping.NotYourCalendars):
            calendar_keeping.edit(
                code=OFFICE, wording=worded(week={}), reason="", seen=1, is_for_open=True,
                by=person, at=cast.at,
            )  # fmt: skip
        with pytest.raises(calendar_keeping.NotYourCalendars):
            calendar_keeping.load_holidays(code=OFFICE, table=table(), by=person, at=cast.at)
        with pytest.raises(calendar_keeping.NotYourCompany):
            closed(cast, by=person)
    with pytest.raises(calendar_keeping.NotYourCompany):
        closed(cast, company=cast.other_company)
    assert Calendar.objects.filter(code=OFFICE).count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"week": {"mon": [["12:00", "11:00"], ["11:30", "13:00"]]}},
        {"known_until": date(9999, 12, 31)},
        {"known_from": date(1, 1, 1)},
        {"days": {"9999-12-31": {"rule": "off", "name": ""}}},
        {"time_zone": "Mars/Olympus"},
        {"seasons": [{"from": "13-01", "to": "04-15", "week": {}}]},
        {"days": {"2026-02-30": {"rule": "off", "name": ""}}},
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_a_sentence(
    cast: Cast, changes: dict[str, Any]
) -> None:
    with pytest.raises(holiday_tables.NotACalendar) as told:
        edited(cast, **changes)
    assert str(told.value).strip()
    assert newest().version == 1


def test_a_calendar_with_hours_on_single_dates_alone_is_refused(cast: Cast) -> None:
    day = {"2026-05-08": {"name": "", "windows": [["08:30", "12:00"]]}}
    with pytest.raises(calendar_keeping.NoHours):
        edited(cast, week={}, days=day)
    season = {"from": "11-15", "to": "03-15", "week": {"mon": [["08:30", "12:00"]]}}
    assert edited(cast, week={}, seasons=[season]).version == 2


def test_a_new_calendar_takes_a_code_of_its_own(cast: Cast) -> None:
    wording = Wording("Nights", "夜班", "Asia/Shanghai", week={"mon": [["22:00", "06:00"]]})
    row = calendar_keeping.found(
        code="nights", wording=wording, reason="", by=cast.administrator, at=cast.at
    )
    assert (row.version, row.is_for_open) == (1, False)
    with pytest.raises(calendar_keeping.CodeTaken):
        calendar_keeping.found(
            code=OFFICE, wording=wording, reason="", by=cast.administrator, at=cast.at
        )


def test_a_loaded_year_is_known_and_loading_it_again_changes_nothing(cast: Cast) -> None:
    row = calendar_keeping.load_holidays(
        code=OFFICE, table=table(), by=cast.administrator, at=cast.at
    )
    assert (row.known_from, row.known_until) == (date(2026, 1, 1), date(2027, 12, 31))
    assert (row.origin, row.is_for_open, row.settled_at) == ("holidays", True, None)
    assert row.reason == "https://www.gov.cn/2027"
    assert row.days["2026-02-17"]["rule"] == "off"
    with pytest.raises(calendar_keeping.SaysTheSame):
        calendar_keeping.load_holidays(
            code=OFFICE, table=table(), by=cast.administrator, at=cast.at
        )


def test_a_revised_year_drops_what_its_first_table_said_and_keeps_what_people_typed(
    cast: Cast,
) -> None:
    typed = {"2027-02-05": {"name": "除夕", "windows": [["08:30", "12:00"]]}}
    calendar_keeping.load_holidays(code=OFFICE, table=table(), by=None, at=cast.at)
    edited(cast, seen=2, days={**newest().days, **typed})
    revised = table(days=[*TABLE_2027["days"][:1], TABLE_2027["days"][2] | {"isOffDay": True}])
    row = calendar_keeping.load_holidays(code=OFFICE, table=revised, by=None, at=cast.at)
    in_2027 = {day: rule.get("rule") for day, rule in row.days.items() if day >= "2027"}
    assert in_2027 == {"2027-01-01": "off", "2027-01-09": "off", "2027-02-05": None}


def test_a_year_is_not_skipped(cast: Cast) -> None:
    days = [{"name": "", "date": "2028-01-01", "isOffDay": True}]
    with pytest.raises(holiday_tables.NotACalendar, match="2027"):
        calendar_keeping.load_holidays(
            code=OFFICE, table=table(year=2028, days=days), by=None, at=cast.at
        )
    days = [{"name": "", "date": "2025-01-01", "isOffDay": True}]
    row = calendar_keeping.load_holidays(
        code=OFFICE, table=table(year=2025, days=days), by=None, at=cast.at
    )
    assert row.known_from == date(2025, 1, 1)


def test_a_calendar_without_holidays_takes_no_table(cast: Cast) -> None:
    for code in ("round-the-clock", "service-hours"):
        with pytest.raises(holiday_tables.HolidaysSwitchedOff):
            calendar_keeping.load_holidays(code=code, table=table(), by=None, at=cast.at)


def closed(cast: Cast, **changes: Any) -> Calendar:
    told = {
        "code": OFFICE, "company": cast.company, "first": date(2026, 8, 10),
        "last": date(2026, 8, 11), "windows": None, "reason": "台风", "by": cast.administrator,
        "at": cast.at,
    } | changes  # fmt: skip
    return calendar_keeping.set_days(**told)


def test_a_typhoon_day_closes_one_company_alone(cast: Cast) -> None:
    closed(cast)
    closed(cast, code="service-hours", windows=[["08:00", "12:00"]])
    ours = {code: policies.calendar(code, n) for code, n in versions(cast.company.path).items()}
    theirs = {code: policies.calendar(code, n) for code, n in versions("/GRP/TEL/").items()}
    assert not ours[OFFICE].windows_on(date(2026, 8, 11))
    # Its own days hold even where published holidays are switched off.
    assert ours["service-hours"].windows_on(date(2026, 8, 10))[0][1].hour == 12
    assert theirs[OFFICE].windows_on(date(2026, 8, 11))
    assert theirs["service-hours"].windows_on(date(2026, 8, 10))[0][1].hour == 20


def versions(company_path: str) -> dict[str, int]:
    return dict(Calendar.objects.newest_for(company_path).values_list("code", "version"))


def test_a_company_follows_the_general_calendar_and_keeps_its_own_days(cast: Cast) -> None:
    local = closed(cast)
    calendar_keeping.load_holidays(code=OFFICE, table=table(), by=None, at=cast.at)
    after = Calendar.objects.newest_for(cast.company.path).get(code=OFFICE)
    assert (local.version, newest().version, after.version) == (2, 3, 4)
    assert after.origin == Calendar.Origin.FOLLOWS
    assert after.known_until == date(2027, 12, 31)
    assert set(after.local_days) == {"2026-08-10", "2026-08-11"}
    calendar_keeping.drop_day(
        code=OFFICE, company=cast.company, day=date(2026, 8, 10), reason="", by=cast.administrator,
        at=cast.at,
    )  # fmt: skip
    last = Calendar.objects.newest_for(cast.company.path).get(code=OFFICE)
    assert set(last.local_days) == {"2026-08-11"}
    with pytest.raises(calendar_keeping.SaysTheSame):
        calendar_keeping.drop_day(
            code=OFFICE, company=cast.company, day=date(2026, 8, 10), reason="",
            by=cast.administrator, at=cast.at,
        )  # fmt: skip


def test_own_days_are_few_have_a_reason_and_close_what_can_close(cast: Cast) -> None:
    with pytest.raises(calendar_keeping.ReasonMissing):
        closed(cast, reason=" ")
    for last in (date(2026, 8, 9), date(2026, 9, 30)):
        with pytest.raises(calendar_keeping.TooManyDays):
            closed(cast, last=last)
    with pytest.raises(calendar_keeping.NeverCloses):
        closed(cast, code="round-the-clock")
    closed(cast)
    with pytest.raises(calendar_keeping.SaysTheSame):
        closed(cast)


def test_what_people_made_is_not_undone_by_the_next_release(cast: Cast) -> None:
    edited(cast, week={"mon": [["09:00", "12:00"]]})
    Calendar.objects.filter(code=OFFICE, version=1).update(name_en="As of the last release")
    assert presetting.load_calendars(by=None, at=cast.at) == 0
    assert newest().version == 2


def test_it_warns_45_days_before_nothing_is_known_any_more(cast: Cast) -> None:
    def warned(day: str) -> list[tuple[int, bool]]:
        found = calendar_outlook.unknown_ahead(moment(day), [OFFICE, "service-hours"])
        return [(one.year, one.is_past) for one in found]

    assert warned("2026-11-16T12:00") == []
    assert warned("2026-11-17T12:00") == [(2027, False)]
    assert warned("2027-01-01T00:00") == [(2027, True)]
    calendar_keeping.load_holidays(code=OFFICE, table=table(), by=None, at=cast.at)
    assert warned("2026-12-31T12:00") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1, 2]", "needs a year"),
        ('{"year": true, "days": []}', "needs a year"),
        ('{"year": 99999, "days": [1]}', "not a year"),
        ('{"year": 2027, "days": []}', "not published yet"),
        ('{"year": 2027, "days": ["2027-01-01"]}', "isOffDay"),
        ('{"year": 2027, "days": [{"date": 5, "isOffDay": true}]}', "not a date"),
        (
            '{"year": 2027, "papers": 7, "days": [{"date": "1999-01-01", "isOffDay": true}]}',
            "belong",
        ),
    ],
)
def test_a_damaged_table_gets_a_sentence(text: str, sentence: str) -> None:
    with translation.override("en"), pytest.raises(Exception, match=sentence) as told:
        holiday_tables.read(text)
    assert told.type in (holiday_tables.NotJson, holiday_tables.NotACalendar)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told(cast: Cast) -> None:
    begun, told = threading.Barrier(2), []

    def save(hour: int) -> None:
        try:
            begun.wait(10)
            edited(cast, week={"mon": [[f"{hour:02}:00", "12:00"]]})
        except calendar_keeping.ChangedMeanwhile as error:
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(hour,)) for hour in (8, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    with transaction.atomic():
        assert newest().version == 2
