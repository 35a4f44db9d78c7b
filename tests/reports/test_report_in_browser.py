"""The report in a real browser: on a desk and on a phone, from number to ticket list."""

import os
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page

from reports import targets
from tests import browsing
from tests.cast import Cast
from tests.factories import months as made
from tests.factories.months import Maker

START = datetime(2026, 9, 30, 16, tzinfo=UTC)
MONTH = "/reports/month/?month=2026-10"


@pytest.fixture
def filled(cast: Cast, live_desk: str) -> Cast:
    targets.seed(by=None, at=cast.at)
    made.fill(Maker(cast), start=START, days=31, tickets=150)
    return cast


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_the_page_fits_and_its_numbers_lead_on(
    filled: Cast, browser_page: Page, browser_context: BrowserContext, live_desk: str, width: int,
    height: int,
) -> None:  # fmt: skip
    browsing.sign_in(browser_context, live_desk, filled.executive)
    browser_page.set_viewport_size({"width": width, "height": height})
    browser_page.goto(live_desk + MONTH)
    if folder := os.environ.get("PICTURES"):
        browser_page.screenshot(path=f"{folder}/report-{width}.png", full_page=True)
    wide = browser_page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert browser_page.locator(".units-chart .dot").count() == 3
    shown = browser_page.locator(".figures a").first
    number = shown.inner_text()
    shown.click()
    assert browser_page.locator("[data-count]").inner_text() == number
    if folder:
        browser_page.screenshot(path=f"{folder}/list-{width}.png", full_page=True)
    wide = browser_page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
