"""The lanes of a ticket in a real browser, on a phone: the reasons come when asked for."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from servicedesk.lib import clock
from tests.browsing import sign_in
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets.states import State

pytestmark = pytest.mark.browser


def test_a_phone_shows_each_clock_and_tells_why_it_is_due_then(
    browser_page: Page, browser_context: BrowserContext, live_desk: str, cast: Cast
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=clock.now() - timedelta(days=2))
    sign_in(browser_context, live_desk, cast.supervisor)
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.goto(live_desk + reverse("tickets:ticket", args=[ticket.number]))
    reply = browser_page.locator("li.lane", has_text="答复")
    reply.locator("summary").first.click()
    expect(reply.locator("ol.why li").first).to_contain_text("起算")
    expect(reply).to_contain_text("全部计划记录")
    assert browser_page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
