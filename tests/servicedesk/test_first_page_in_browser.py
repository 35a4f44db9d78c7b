import pytest
from playwright.sync_api import BrowserContext, Page

from tests import browsing
from tests.cast import Cast


@pytest.mark.browser
def test_the_entrance_opens_for_everybody(browser_page: Page, live_desk: str) -> None:
    answer = browser_page.goto(live_desk)
    assert answer is not None
    assert answer.status == 200
    assert "style-src 'self'" in answer.headers["content-security-policy"]
    assert browser_page.locator("h1").is_visible()


@pytest.mark.browser
def test_somebody_signed_in_comes_to_their_work(
    browser_page: Page, browser_context: BrowserContext, live_desk: str, cast: Cast
) -> None:
    browsing.sign_in(browser_context, live_desk, cast.handler)
    browser_page.goto(live_desk)
    assert browser_page.url == f"{live_desk}/tickets/work/"
    assert browser_page.locator(".rail").is_visible()
