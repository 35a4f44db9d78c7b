"""The pages of the report: what each person sees of it, and that their numbers are links."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from organisation.models import Staff
from reports import monthly, readers
from reports.months import Month
from tests.cast import Cast
from tests.factories import months as made
from tests.factories.months import HOUR, Maker
from tickets.kinds import Kind

START = datetime(2026, 9, 30, 16, tzinfo=UTC)
MONTH = "/reports/month/?month=2026-10"
LIST = "/reports/tickets/?month=2026-10&figure="


@pytest.fixture
def maker(cast: Cast) -> Maker:
    return Maker(cast)


def page(client: Client, user: Staff, address: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == status
    return response.content.decode()


def row(html: str, code: str) -> str:
    """The text of one line of the tables."""
    (found,) = re.findall(rf'<tr data-row="{code}">(.*?)</tr>', html, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def test_every_link_of_the_page_opens_a_list_of_that_many(
    cast: Cast, maker: Maker, client: Client
) -> None:
    made.fill(maker, start=START, days=31, tickets=40)
    html = page(client, cast.executive, MONTH)
    links = re.findall(r'<a href="(/reports/tickets/[^"]+)">([\d,]+)</a>', html)
    assert len(links) > 30
    for address, shown in dict(links).items():
        listed = page(client, cast.executive, address.replace("&amp;", "&"))
        assert f"<span data-count>{shown}</span>" in listed
        assert listed.count("/tickets/2026") == min(int(shown), 50)


def test_lists_are_paged_by_key_and_miss_nothing(
    cast: Cast, maker: Maker, client: Client
) -> None:
    for _ in range(70):
        maker.ticket(at=START)
    first = page(client, cast.executive, LIST + "received")
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = page(client, cast.executive, "/reports/tickets/" + older.replace("&amp;", "&"))
    numbers = re.findall(r'href="/tickets/(\d{8}-\d{4}-\d)/"', first + second)
    assert len(set(numbers)) == len(numbers) == 70


def test_the_report_shows_rate_fraction_interval_and_target(
    cast: Cast, maker: Maker, client: Client
) -> None:
    from reports import targets

    targets.seed(by=None, at=cast.at)
    for number in range(40):
        asking = maker.asking(maker.ticket(at=START), at=START)
        maker.answer(asking, at=START, satisfied="satisfied" if number < 38 else "fairly")
    html = page(client, cast.executive, MONTH)
    line = row(html, "EAST-1")
    assert "95.0%" in line
    assert "38 / 40" in line.replace("  ", " ")
    assert "83.5%–98.6%" in line
    assert "Below the target of 98%" in html
    assert "Target 98%" in html
    assert html.count('class="dot"') == 1


def test_nothing_to_divide_is_a_dash(cast: Cast, client: Client) -> None:
    html = page(client, cast.executive, MONTH)
    assert "100.0%" not in html
    assert "0.0%" not in html
    assert "<strong class=\"is-thin\">–</strong>" in html
    assert "Nothing happened in this month." in html


def test_another_companys_people_see_nothing_of_it(
    cast: Cast, maker: Maker, client: Client
) -> None:
    from organisation import appointments
    from organisation.roles import Role

    made.fill(maker, start=START, days=31, tickets=30)
    foreign = appointments.appoint(
        staff_number="9100", name_en="Far Executive", name_zh="远领导", unit=cast.other_company,
        roles=[Role.EXECUTIVE], password="a-long-test-password", email="", by=None, at=cast.at,
    )  # fmt: skip
    html = page(client, foreign, MONTH)
    assert "/reports/tickets/" not in html
    assert "East station" not in html
    listed = page(client, foreign, LIST + "received")
    assert "<span data-count>0</span>" in listed
    for code in ("EAST-1", "NOWHERE"):
        page(client, foreign, MONTH + f"&unit={code}", status=404)
        page(client, foreign, LIST + f"received&row={code}", status=404)


@pytest.mark.parametrize("who", ["handler", "clerk", "operator", "outsider", "stranger"])
def test_those_without_the_role_are_refused(cast: Cast, client: Client, who: str) -> None:
    page(client, getattr(cast, who), MONTH, status=403)
    page(client, getattr(cast, who), LIST + "received", status=403)


def test_a_leader_may_not_narrow_to_another_unit(cast: Cast, maker: Maker, client: Client) -> None:
    maker.ticket(at=START, unit=cast.other_unit)
    page(client, cast.leader, MONTH + "&unit=WEST-1", status=404)
    html = page(client, cast.leader, MONTH)
    assert "West station" not in html


def test_the_unit_does_not_learn_who_will_be_called(
    cast: Cast, maker: Maker, client: Client
) -> None:
    maker.asking(maker.ticket(at=START), at=START)
    for figure in ("drawn", "reached", "linked"):
        page(client, cast.leader, LIST + figure, status=404)
        page(client, cast.executive, LIST + figure)
    assert "figure=drawn" not in page(client, cast.leader, MONTH)
    assert "figure=drawn" in page(client, cast.executive, MONTH)


def test_the_external_supervisor_sees_masked_figures_alone(
    cast: Cast, maker: Maker, client: Client
) -> None:
    for number in range(60):
        ticket = maker.ticket(at=START, unit=cast.unit if number < 40 else cast.other_unit)
        maker.answer(
            maker.asking(ticket, at=START), at=START,
            satisfied="dissatisfied" if number % 4 == 0 else "satisfied",
        )  # fmt: skip
    maker.ticket(at=START, kind=Kind.FAULT, unit=cast.centre)
    maker.ticket(at=START, kind=Kind.REPORT, is_confidential=True, accused_unit=cast.unit)
    html = page(client, cast.external_supervisor, MONTH)
    assert "/reports/tickets/" not in html
    assert "made 1" not in html
    assert "30 / 40" in row(html, "EAST-1")
    # One ticket of the call centre would follow from the total: the next smallest goes with it.
    assert row(html, "CALL").split()[:3] == ["Call", "centre", "hidden"]
    assert row(html, "WEST-1").split()[2:7] == ["too", "few", "to", "rank", "hidden"]
    assert row(html, "EAST-1").split()[:3] == ["East", "station", "40"]
    assert "Confidential report" not in html
    page(client, cast.external_supervisor, LIST + "received", status=404)
    page(client, cast.external_supervisor, MONTH + "&unit=EAST-1", status=404)


@pytest.mark.parametrize(
    "address",
    [LIST + "nothing", LIST + "received&part=some", LIST + "received&kind=CAT", "/reports/tickets/",
     LIST + "received&unit=%00"],
)  # fmt: skip
def test_addresses_that_mean_nothing_are_not_found(
    cast: Cast, client: Client, address: str
) -> None:
    client.force_login(cast.executive)
    assert client.get(address).status_code in {400, 404}


@pytest.mark.parametrize("typed", ["2026-13", "x" * 5000, "9999-99", "", "2026-1%FF"])
def test_an_unreadable_month_is_this_month(cast: Cast, client: Client, typed: str) -> None:
    client.force_login(cast.executive)
    response = client.get(f"/reports/month/?month={typed}", headers={"accept-language": "en"})
    assert response.status_code in {200, 400}
    if response.status_code == 200:
        assert "The month still runs" in response.content.decode()


@pytest.mark.parametrize(("tickets", "address"), [(20, MONTH), (120, MONTH)])
def test_the_page_asks_the_database_as_often_for_many_as_for_few(
    cast: Cast, maker: Maker, client: Client,
    django_assert_max_num_queries, tickets: int,
    address: str
) -> None:  # type: ignore[no-untyped-def]
    made.fill(maker, start=START, days=31, tickets=tickets)
    client.force_login(cast.executive)
    client.get(address)
    with django_assert_max_num_queries(QUERIES_OF_THE_PAGE):
        client.get(address)
    with django_assert_max_num_queries(QUERIES_OF_THE_LIST):
        client.get(LIST + "satisfied&part=hit")


# Session and person, the rail’s counts (one more for those who decide), then the report: clock,
# units to choose from, eight bases, three handling times, reasons of exclusion, units, targets.
QUERIES_OF_THE_PAGE = 21
QUERIES_OF_THE_LIST = 8


def test_counting_takes_fourteen_statements_however_much_there_is(
    cast: Cast, maker: Maker, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    made.fill(maker, start=START, days=31, tickets=30)
    reader = readers.of(cast.executive)
    with django_assert_num_queries(14):
        monthly.build(
            reader=reader, month=Month(2026, 10), unit=None, at=START + timedelta(days=40)
        )


def test_the_report_speaks_chinese(cast: Cast, maker: Maker, client: Client) -> None:
    made.fill(maker, start=START, days=31, tickets=10)
    client.force_login(cast.executive)
    html = client.get(MONTH, headers={"accept-language": "zh-hans"}).content.decode()
    assert "2026年10月" in html
    assert "满意率" in html
    assert "参评率" in html


def test_late_and_early_rows_do_not_slip_in(cast: Cast, maker: Maker, client: Client) -> None:
    maker.ticket(at=START - HOUR)
    maker.ticket(at=START + HOUR)
    assert "<span data-count>1</span>" in page(client, cast.executive, LIST + "received")
