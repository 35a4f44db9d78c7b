"""The watch lists on screen: who may open which, what stands on them, and where they lead."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from organisation.models import Staff
from reports import thresholds, watch
from servicedesk.lib import clock
from servicedesk.processes.places import TREE
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import contact, dispatching, lifecycle, returning
from tickets.kinds import Kind, ReturnReason
from tickets.models import Ticket
from tickets.states import State

OVERVIEW = "/reports/watch/"
HOUR = timedelta(hours=1)


@pytest.fixture
def rules(cast: Cast) -> None:
    thresholds.seed(by=None, at=cast.at)


@pytest.fixture
def thrown(cast: Cast, rules: None) -> Ticket:
    """Returned twice today by the unit's leader."""
    now = clock.now()
    ticket = a_ticket(cast, state=State.DISPATCHED, at=now - 5 * HOUR)
    for number in (1, 2):
        at = now - (5 - number) * HOUR
        if number == 2:
            ticket = _sent(cast, ticket, at - HOUR / 2)
        ticket = returning.give_back(
            ticket=ticket, reason_code=ReturnReason.values[0], reason="不属本所。",
            proposed=cast.other_unit, by=cast.leader, at=at,
        )  # fmt: skip
    return ticket


def _sent(cast: Cast, ticket: Ticket, at: datetime) -> Ticket:
    return dispatching.dispatch(ticket=ticket, to=cast.unit, by=cast.dispatcher, at=at)


def page(client: Client, user: Staff, address: str, status: int = 200, language: str = "en") -> str:
    client.force_login(user)
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == status, address
    return response.content.decode()


@pytest.mark.parametrize("name", ["supervisor", "auditor", "executive", "reviewer", "leader"])
def test_every_list_opens_for_those_who_watch(
    name: str, cast: Cast, thrown: Ticket, client: Client
) -> None:
    user = getattr(cast, name)
    codes = re.findall(r'href="/reports/watch/([\w-]+)/\?', page(client, user, OVERVIEW))
    secret = {one.code for one in watch.ALL if one.is_secret}
    assert set(codes) == {one.code for one in watch.ALL} - (secret if name == "leader" else set())
    for code in codes:
        page(client, user, f"{OVERVIEW}{code}/?period=90")


@pytest.mark.parametrize(
    "name", ["operator", "handler", "dispatcher", "callback_agent", "external_supervisor", "outsider"]
)
def test_nobody_else_opens_them(name: str, cast: Cast, thrown: Ticket, client: Client) -> None:
    for address in (OVERVIEW, f"{OVERVIEW}ping-pong/"):
        page(client, getattr(cast, name), address, status=403)


def test_a_list_about_callbacks_is_not_there_for_those_whose_work_they_rate(
    cast: Cast, rules: None, client: Client
) -> None:
    page(client, cast.leader, f"{OVERVIEW}called-first/", status=404)
    page(client, cast.leader, f"{OVERVIEW}no-such-list/", status=404)
    page(client, cast.supervisor, f"{OVERVIEW}called-first/")


def test_a_line_shows_the_evidence_and_leads_to_the_act(
    cast: Cast, thrown: Ticket, client: Client
) -> None:
    html = page(client, cast.supervisor, f"{OVERVIEW}ping-pong/")
    assert "<span data-count>1</span>" in html
    assert thrown.number in html
    assert f"/tickets/{thrown.number}/adjudicate/?next=" in html
    assert f"/tickets/{thrown.number}/supervise/?next=" in html
    line, *_others = re.findall(r"<tbody>(.*?)</tbody>", html.split('id="rows"')[1], re.S)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line))
    assert " 2 2 East station " in text, text


def test_the_overview_counts_what_the_list_holds(
    cast: Cast, thrown: Ticket, client: Client
) -> None:
    html = page(client, cast.supervisor, OVERVIEW)
    counts = re.findall(r'hx-get="(/reports/watch/[\w-]+/count/[^"]*)"', html)
    assert len(counts) == len(watch.ALL)
    for address in counts:
        counted = page(client, cast.supervisor, address.replace("&amp;", "&"))
        ((code, shown),) = re.findall(r'data-count="([\w-]+)">([\d,]+)<', counted)
        listed = page(client, cast.supervisor, f"{OVERVIEW}{code}/")
        assert f"<span data-count>{shown}</span>" in listed, code


def test_a_leader_sees_the_own_unit_alone(cast: Cast, thrown: Ticket, client: Client) -> None:
    Ticket.objects.filter(pk=thrown.pk).update(lead_unit=cast.unit, state=State.DISPATCHED)
    assert thrown.number in page(client, cast.leader, f"{OVERVIEW}ping-pong/")
    Ticket.objects.filter(pk=thrown.pk).update(lead_unit=cast.other_unit)
    assert thrown.number not in page(client, cast.leader, f"{OVERVIEW}ping-pong/")
    page(client, cast.leader, f"{OVERVIEW}ping-pong/?unit={cast.other_unit.code}", status=404)
    page(client, cast.leader, f"{OVERVIEW}ping-pong/?unit=NOWHERE", status=404)


def test_filters_live_in_the_address(cast: Cast, thrown: Ticket, client: Client) -> None:
    address = f"{OVERVIEW}ping-pong/?period=2020-01"
    assert thrown.number not in page(client, cast.supervisor, address)
    assert thrown.number not in page(
        client, cast.supervisor, f"{OVERVIEW}ping-pong/?unit={cast.other_unit.code}"
    )
    assert thrown.number in page(client, cast.supervisor, f"{OVERVIEW}ping-pong/?period=nonsense")


def test_an_empty_list_says_so_in_words(cast: Cast, rules: None, client: Client) -> None:
    assert "Nothing on this list" in page(client, cast.supervisor, f"{OVERVIEW}downgraded/")
    chinese = page(client, cast.supervisor, f"{OVERVIEW}downgraded/", language="zh-hans")
    assert "Nothing on this list" not in chinese


def test_a_confidential_report_is_on_no_list(cast: Cast, rules: None, client: Client) -> None:
    now = clock.now()
    report = a_ticket(cast, kind=Kind.REPORT, state=State.DISPATCHED, at=now - 20 * HOUR)
    plain = a_ticket(cast, state=State.DISPATCHED, at=now - 20 * HOUR)
    html = page(client, cast.supervisor, f"{OVERVIEW}nobody-has-it/")
    assert plain.number in html
    assert report.number not in html


def test_a_list_is_paged_by_key_with_the_same_number_of_queries(
    cast: Cast, rules: None, client: Client, django_assert_max_num_queries: object
) -> None:
    now = clock.now()
    for _ in range(53):
        ticket = a_ticket(cast, state=State.IN_PROGRESS, at=now - 5 * HOUR)
        lifecycle.report_done(
            ticket=ticket, result="好了。", is_customer_told=True, by=cast.handler, at=now
        )
    address = f"{OVERVIEW}done-without-contact/"
    client.force_login(cast.supervisor)
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        first = client.get(address).content.decode()
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = page(client, cast.supervisor, address + older.replace("&amp;", "&"))
    found = re.findall(r'<th scope="row"><a class="mono nowrap" href="/tickets/([\d-]+)/', first + second)
    assert len(found) == len(set(found)) == 53


def test_each_sort_of_customers_stands_beside_the_others(
    cast: Cast, rules: None, client: Client
) -> None:
    """Limits and times by sort of customer (七个一样): a key account has no shorter ones."""
    now, granted = clock.now(), ""
    for is_key in (False, True):
        cast.customer.__class__.objects.filter(pk=cast.customer.pk).update(is_key_account=is_key)
        ticket = a_ticket(cast, state=State.IN_PROGRESS, at=now - 5 * HOUR)
        lifecycle.report_done(
            ticket=ticket, result="好了。", is_customer_told=True, by=cast.handler, at=now
        )
        html = page(client, cast.supervisor, f"{OVERVIEW}priority-overrides/")
        sort = "Key accounts" if is_key else "Everybody else"
        (line,) = re.findall(rf'<tr><th scope="row">{sort}</th>(.*?)</tr>', html, re.S)
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", line, re.S)]
        assert cells[0] == str(1 + is_key)
        granted = granted or cells[1]
        assert cells[1] == granted


def test_the_document_names_every_list() -> None:
    with translation.override("en"):
        names = {one.code: str(one.name) for one in watch.ALL}
    told = (TREE / "docs" / "watch-lists.md").read_text()
    lines = re.findall(r"^\| `([\w-]+)` ([^|]+?) \|", told, re.M)
    assert dict(lines) == names


def test_the_histogram_stands_on_the_lists_that_look_at_a_limit(
    cast: Cast, rules: None, client: Client
) -> None:
    now = clock.now()
    ticket = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS, at=now - HOUR)
    contact.arrive(
        ticket=ticket, arrived_at=now - HOUR / 2, by=cast.handler, at=now - timedelta(minutes=5)
    )
    html = page(client, cast.supervisor, f"{OVERVIEW}typed-in-later/")
    assert ticket.number in html
    assert "heap-chart" in html
    assert html.count('class="bar') == 10
    assert "Just before · after" in html
    assert "heap-chart" not in page(client, cast.supervisor, f"{OVERVIEW}ping-pong/")
