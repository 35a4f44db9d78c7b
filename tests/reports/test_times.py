"""The month's times: stays by stage and unit, means against what was promised on average."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from organisation.models import Staff
from reports import months, readers, times
from reports.figures import averages, dwell
from reports.months import Month
from tests.cast import Cast
from tests.factories.months import HOUR, Maker
from tests.factories.tickets import a_ticket
from tickets.kinds import Kind
from tickets.models import Clock, Holding, Limit, Ticket
from tickets.states import State

START = datetime(2026, 9, 30, 16, tzinfo=UTC)
LATER = START + timedelta(days=60)
PAGE = "/reports/times/?month=2026-10"
OCTOBER = Month(2026, 10)


@pytest.fixture
def maker(cast: Cast) -> Maker:
    return Maker(cast)


def page(client: Client, user: Staff, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == status
    return answer.content.decode()


def stay(
    ticket: Ticket, *, begin: datetime, hours: float, state: str = State.IN_PROGRESS
) -> Holding:
    end = begin + timedelta(hours=hours)
    return Holding.objects.create(
        ticket=ticket, state=state, unit=ticket.lead_unit, from_at=begin, to_at=end
    )


def average(**changes: object) -> Limit:
    """The average of 45 minutes to arrive that power faults in town have."""
    limit = Limit.objects.filter(clock="arrive", measure="avg", amount=45, unit="minutes").first()
    assert limit is not None
    for name, value in changes.items():
        setattr(limit, name, value)
    limit.save()
    return limit


def arrival(
    maker: Maker, limit: Limit, *, minutes: float | None, at: datetime = START, **changes: object
) -> Clock:
    ticket = maker.ticket(at=at, kind=Kind.FAULT, **changes)  # type: ignore[arg-type]
    return Clock.objects.create(
        ticket=ticket, name="arrive", measure="avg", limit=limit, started_at=at,
        due_at=at + timedelta(minutes=45), first_due_at=at + timedelta(minutes=45),
        stopped_at=None if minutes is None else at + timedelta(minutes=minutes),
    )  # fmt: skip


def table(cast: Cast, at: datetime = LATER) -> list[averages.Mean]:
    reader = readers.of(cast.executive)
    span = months.span(OCTOBER, "Asia/Shanghai", at)
    return averages.table(readers.tickets(reader), span)


def only_whole(cast: Cast) -> averages.Mean:
    (whole,) = [one for one in table(cast) if one.unit_id is None]
    return whole


def test_one_ticket_above_breaks_no_average_and_the_month_s_mean_does(
    cast: Cast, maker: Maker
) -> None:
    limit = average()
    for minutes in (10, 20, 90):
        arrival(maker, limit, minutes=minutes)
    kept = only_whole(cast)
    assert (kept.n, kept.mean, kept.median, kept.p90) == (3, 40.0, 20.0, 76.0)
    assert (kept.promise.amount, kept.is_kept) == (Decimal(45), True)
    arrival(maker, limit, minutes=61)
    broken = only_whole(cast)
    assert (broken.mean, broken.is_kept) == (45.25, False)


def test_each_unit_has_its_own_mean(cast: Cast, maker: Maker) -> None:
    limit = average()
    arrival(maker, limit, minutes=30)
    arrival(maker, limit, minutes=90, unit=cast.other_unit)
    means = {one.unit_id: (one.n, one.mean, one.is_kept) for one in table(cast)}
    assert means == {
        None: (2, 60.0, False), cast.unit.pk: (1, 30.0, True), cast.other_unit.pk: (1, 90.0, False),
    }  # fmt: skip


def test_only_what_stopped_in_the_month_counts_and_what_runs_above_is_named(
    cast: Cast, maker: Maker
) -> None:
    limit = average()
    arrival(maker, limit, minutes=30, at=START - timedelta(minutes=31))
    arrival(maker, limit, minutes=40, at=START - timedelta(minutes=40))
    arrival(maker, limit, minutes=None, at=START + HOUR)
    arrival(maker, limit, minutes=None, at=START + HOUR, state=State.CANCELLED)
    arrival(maker, limit, minutes=10, at=START + timedelta(days=31) - timedelta(minutes=10))
    whole = only_whole(cast)
    assert (whole.n, whole.mean, whole.above) == (1, 40.0, 1)


def test_an_average_of_the_house_counts_working_hours_without_rests(
    cast: Cast, maker: Maker
) -> None:
    limit = average(
        amount=4, unit="working_hours", calendar_code="working-days-cn", is_internal=True
    )
    # Thursday 15 October 2026, 16:30, to Friday 9:30: an hour each, one of them at rest.
    begin = datetime(2026, 10, 15, 8, 30, tzinfo=UTC)
    clock = arrival(maker, limit, minutes=17 * 60, at=begin)
    stay(clock.ticket, begin=begin, hours=1, state=State.SUSPENDED)
    whole = only_whole(cast)
    assert (whole.n, whole.mean, whole.is_kept) == (1, 1.0, True)
    assert averages.lengths([clock]) == {clock.pk: 1.0}


def test_stays_are_counted_by_stage_and_unit(cast: Cast, maker: Maker) -> None:
    for hours in (1, 2, 12):
        stay(maker.ticket(at=START), begin=START, hours=hours)
    stay(maker.ticket(at=START, unit=cast.other_unit), begin=START, hours=4)
    stay(maker.ticket(at=START), begin=START - 9 * HOUR, hours=8)
    span = months.span(OCTOBER, "Asia/Shanghai", LATER)
    found = dwell.table(readers.tickets(readers.of(cast.executive)), span)
    lines = {one.unit_id: (one.n, one.median, one.p90) for one in found}
    assert lines == {
        None: (4, 3 * HOUR, timedelta(hours=9, minutes=36)),
        cast.unit.pk: (3, 2 * HOUR, 10 * HOUR), cast.other_unit.pk: (1, 4 * HOUR, 4 * HOUR),
    }  # fmt: skip


def test_every_number_opens_a_list_of_that_many(cast: Cast, maker: Maker, client: Client) -> None:
    limit = average()
    for number in range(12):
        unit = cast.unit if number % 3 else cast.other_unit
        clock = arrival(maker, limit, minutes=None if number == 5 else 5 * number, unit=unit)
        stay(clock.ticket, begin=START, hours=number)
        stay(clock.ticket, begin=START + number * HOUR, hours=1, state=State.CALLBACK)
    html = page(client, cast.executive, PAGE)
    links = re.findall(r'<a href="(/reports/times/rows/[^"]+)">([\d,]+)</a>', html)
    assert len(links) == 3 + 1 + 1 + 6
    for address, shown in links:
        listed = page(client, cast.executive, address.replace("&amp;", "&"))
        assert f"<span data-count>{shown}</span>" in listed
        assert len(re.findall(r'href="/tickets/\d', listed)) == int(shown)


def test_what_really_happened_is_in_the_tables(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, kind=Kind.FAULT, state=State.CLOSED)
    html = page(client, cast.executive, "/reports/times/?month=2026-03")
    assert "45 min" in html
    assert "East station" in html
    stays = Holding.objects.filter(ticket=ticket).count()
    found = times.build(
        reader=readers.of(cast.executive), month=Month(2026, 3), unit=None,
        at=cast.at + timedelta(days=40),
    )  # fmt: skip
    assert sum(row.found.n for row in found.stages if row.is_whole) == stays


def test_the_month_s_report_brings_the_tables_along(cast: Cast, client: Client) -> None:
    html = page(client, cast.executive, "/reports/month/?month=2026-10")
    assert 'hx-get="/reports/times/?month=2026-10"' in html
    client.force_login(cast.executive)
    part = client.get(PAGE, headers={"accept-language": "en", "hx-request": "true"})
    assert b"<html" not in part.content


def test_who_sees_no_tickets_sees_no_times(cast: Cast, maker: Maker, client: Client) -> None:
    stay(maker.ticket(at=START), begin=START, hours=1)
    html = page(client, cast.external_supervisor, PAGE)
    assert "East station" not in html
    assert "times/rows" not in html
    rows = "/reports/times/rows/?month=2026-10&what=stay&state=in_progress"
    page(client, cast.external_supervisor, rows, status=404)
    assert "<span data-count>1</span>" in page(client, cast.executive, rows)
    page(client, cast.handler, PAGE, status=403)


def test_another_company_s_stays_are_not_there(cast: Cast, maker: Maker, client: Client) -> None:
    foreign = maker.ticket(at=START, unit=cast.other_company)
    stay(foreign, begin=START, hours=1)
    assert "No stay ended in this month." in page(client, cast.executive, PAGE)
    rows = "/reports/times/rows/?month=2026-10&what=stay&state=in_progress&of=TEL"
    assert "<span data-count>0</span>" in page(client, cast.executive, rows)


@pytest.mark.parametrize(
    "query",
    [
        "", "what=stay", "what=stay&state=nowhere", "what=average", "what=else&state=new",
        "what=average&policy=x&clock=arrive&in=minutes&amount=many",
        "what=average&policy=x&clock=arrive&in=minutes&amount=NaN",
        "what=above&policy=x&clock=lunch&in=minutes&amount=1", "what=stay&state=new&of=NOWHERE",
        "what=stay&state=new&unit=NOWHERE",
    ],
)  # fmt: skip
def test_an_address_that_means_nothing_is_not_found(cast: Cast, client: Client, query: str) -> None:
    page(client, cast.executive, f"/reports/times/rows/?month=2026-10&{query}", status=404)


def test_the_tables_take_as_many_statements_for_many_as_for_few(
    cast: Cast, maker: Maker, client: Client, django_assert_max_num_queries: object
) -> None:
    limit = average()
    for number in range(40):
        stay(arrival(maker, limit, minutes=number).ticket, begin=START, hours=number)
    client.force_login(cast.executive)
    client.get(PAGE)
    # Session and person, the rail’s counts, clock, units to choose from, then six of its own.
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        client.get(PAGE)
