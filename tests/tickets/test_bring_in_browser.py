"""At intake the list of what to bring follows the category that is chosen."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests import browsing
from tests.cast import Cast
from tickets import shipped_lists


@pytest.mark.browser
def test_what_to_bring_follows_the_chosen_category(
    browser_page: Page, browser_context: BrowserContext, live_desk: str, cast: Cast
) -> None:
    shipped_lists.load(by=None, at=cast.at)
    browsing.sign_in(browser_context, live_desk, cast.clerk)
    browser_page.goto(f"{live_desk}/tickets/intake/")
    browser_page.locator("input[name=kind][value=REQUEST]").check(force=True)
    category = cast.category("power-request-connection")
    browser_page.select_option("#id_category", str(category.pk))
    browser_page.get_by_text("房屋产权证明或租赁合同").wait_for()
    other = cast.category("power-request-reconnect")
    browser_page.select_option("#id_category", str(other.pk))
    browser_page.get_by_text("缴费凭证").wait_for()
    assert not browser_page.get_by_text("房屋产权证明或租赁合同").count()
