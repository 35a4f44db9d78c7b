"""A ticket thrown between two units: it does not circle, it lands before somebody who rules."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from notifications.models import Notice
from organisation.models import Staff
from organisation.roles import Role
from servicedesk.lib import clock
from tests import browsing
from tests.cast import Cast
from tests.factories.tickets import a_request
from tickets import intake
from tickets.models import Event, Holding, Ticket
from tickets.states import Happening, State

pytestmark = pytest.mark.browser

WHY = {"EAST-1": "表箱在河西，归城西供电所。", "WEST-1": "表箱在滨河路，归城东供电所。"}
_A_MOMENT = 1.1


class Desk:
    """The desk in the browser, each person with a profile of their own."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address

    @contextmanager
    def seen_by(self, person: Staff, path: str) -> Iterator[Page]:
        """A page as the person sees it; a script error or a breach of the policy fails."""
        context = self.chromium.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN"
        )
        context.set_default_timeout(10_000)
        try:
            browsing.sign_in(context, self.address, person)
            page = context.new_page()
            wrong = browsing.watched(page)
            answer = page.goto(f"{self.address}{path}")
            assert answer is not None
            assert answer.status == 200, page.locator("body").inner_text()
            yield page
            assert not wrong, wrong
        finally:
            context.close()

    def dispatches(self, person: Staff, ticket: Ticket, unit_code: str) -> None:
        """One press on the board, to the unit the desk proposes."""
        with self.seen_by(person, "/tickets/board/") as page:
            row = page.locator("#list li", has_text=ticket.number)
            row.locator("form button[data-key=p]").click()
            page.wait_for_load_state()
            assert ticket.number not in page.locator("#list").inner_text()
        ticket.refresh_from_db()
        assert ticket.lead_unit is not None
        assert ticket.lead_unit.code == unit_code

    def returns(self, leader: Staff, ticket: Ticket, proposed: int) -> None:
        """The leader gives it back from the ticket's own page."""
        with self.seen_by(leader, f"/tickets/{ticket.number}/") as page:
            page.locator("details.menu summary").click()
            page.locator(f"a[href='/tickets/{ticket.number}/return/']").click()
            page.select_option("select[name=reason_code]", "other_area")
            page.fill("textarea[name=reason]", WHY[leader.unit.code])
            page.select_option("select[name=unit]", str(proposed))
            page.locator("main form button[type=submit]").click()
            page.wait_for_url("**/tickets/work/")
            answer = page.goto(f"{self.address}/tickets/{ticket.number}/")
            assert answer is not None
            assert answer.status == 404


@pytest.fixture
def west_leader(cast: Cast) -> Staff:
    """Somebody who leads the other unit."""
    cast.outsider.roles = [Role.UNIT_LEADER]
    cast.outsider.save()
    cast.other_unit.leader = cast.outsider
    cast.other_unit.save()
    return Staff.objects.select_related("unit").get(pk=cast.outsider.pk)


def test_a_ticket_thrown_between_two_units_is_adjudicated(
    transactional_db: None, chromium: Browser, live_desk: str, cast: Cast, west_leader: Staff
) -> None:
    desk = Desk(chromium, live_desk)
    ticket = intake.receive(request=a_request(cast), by=cast.operator, at=clock.now())
    desk.dispatches(cast.dispatcher, ticket, "EAST-1")
    time.sleep(_A_MOMENT)
    desk.returns(cast.leader, ticket, cast.other_unit.pk)
    assert_told(desk, cast.operator, ticket, 1)
    desk.dispatches(cast.dispatcher, ticket, "WEST-1")
    time.sleep(2 * _A_MOMENT)
    desk.returns(west_leader, ticket, cast.unit.pk)
    assert_told(desk, cast.operator, ticket, 2)
    assert_it_waits_for_a_ruling(desk, cast, ticket)
    assert_stays_are_right(ticket, cast)
    rule(desk, cast, ticket)
    assert_the_ruling_binds(desk, cast, ticket)


def assert_it_waits_for_a_ruling(desk: Desk, cast: Cast, ticket: Ticket) -> None:
    """Nobody can send it round again; it stands apart with both sides' words beside it."""
    with desk.seen_by(cast.dispatcher, "/tickets/board/") as page:
        assert ticket.number not in page.locator("#list").inner_text()
        page.goto(f"{desk.address}/tickets/board/?part=ruling")
        words = page.locator("#list li", has_text=ticket.number).inner_text()
        assert all(why in words for why in WHY.values())
        for path, status in (("dispatch", 409), ("adjudicate", 403)):
            answer = page.goto(f"{desk.address}/tickets/{ticket.number}/{path}/")
            assert answer is not None
            assert answer.status == status


def rule(desk: Desk, cast: Cast, ticket: Ticket) -> None:
    """The supervisor rules from the board."""
    with desk.seen_by(cast.supervisor, "/tickets/board/?part=ruling") as page:
        page.locator("#list li", has_text=ticket.number).locator("a[data-key=p]").click()
        page.select_option("select[name=unit]", str(cast.unit.pk))
        page.fill("input[name=basis]", "片区划分表第4行")
        page.fill("textarea[name=reason]", "表箱在滨河路。")
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/tickets/board/**")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.lead_unit) == (State.DISPATCHED, cast.unit)
    assert (ticket.is_adjudicated, ticket.tracker) == (True, cast.operator)


def assert_the_ruling_binds(desk: Desk, cast: Cast, ticket: Ticket) -> None:
    """East finds no way to give it back; its page shows both stays."""
    with desk.seen_by(cast.leader, f"/tickets/{ticket.number}/") as page:
        assert not page.locator(f"a[href='/tickets/{ticket.number}/return/']").count()
        stages = page.locator("table.grid", has_text=cast.unit.name_zh).inner_text()
        assert cast.other_unit.name_zh in stages
        answer = page.goto(f"{desk.address}/tickets/{ticket.number}/return/")
        assert answer is not None
        assert answer.status == 409


def assert_told(desk: Desk, tracker: Staff, ticket: Ticket, times: int) -> None:
    """The tracker hears of each return, on the notices page too: the earlier ones below the latest."""
    told = Notice.objects.filter(staff=tracker, subject=ticket.number, code="returned")
    assert told.count() == times
    with desk.seen_by(tracker, reverse("notifications:notices")) as page:
        heap = page.locator("main .rowlist > li", has_text=ticket.number)
        assert heap.count() == 1
        assert heap.locator("details li").count() == times - 1


def assert_stays_are_right(ticket: Ticket, cast: Cast) -> None:
    """Both units' dwell, by the instants the events themselves tell; no gap and no overlap."""
    events = Event.objects.filter(
        ticket=ticket, code__in=(Happening.DISPATCHED, Happening.RETURNED)
    )
    sent_east, back_east, sent_west, back_west = events.order_by("id").values_list("at", flat=True)
    stays = Holding.objects.filter(ticket=ticket).order_by("from_at", "id")
    east, west = stays.get(unit=cast.unit), stays.get(unit=cast.other_unit)
    assert (east.from_at, east.to_at) == (sent_east, back_east)
    assert (west.from_at, west.to_at) == (sent_west, back_west)
    assert east.length == back_east - sent_east > timedelta(seconds=_A_MOMENT)
    assert west.length == back_west - sent_west > timedelta(seconds=2 * _A_MOMENT)
    rows = list(stays)
    assert rows[0].from_at == ticket.received_at
    assert [one.to_at for one in rows] == [*(one.from_at for one in rows[1:]), None]
