"""A call by the agent and an answer by the customer, in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from servicedesk.lib import clock
from surveys.models import Answer, Invitation
from tests.browsing import sign_in
from tests.cast import Cast
from tests.factories.surveys import a_callback, a_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_agent_takes_a_call_and_records_the_answers(
    browser_page: Page, live_desk: str, cast: Cast
) -> None:
    invitation = a_callback(cast)
    Invitation.objects.filter(pk=invitation.pk).update(next_call_at=clock.now())
    sign_in(browser_page.context, live_desk, cast.callback_agent)
    browser_page.goto(f"{live_desk}/surveys/callbacks/")
    browser_page.get_by_role("button", name="领取回访").click()
    expect(browser_page.get_by_text("13900000001")).to_be_visible()
    browser_page.get_by_role("group", name="问题解决了吗").get_by_label("已解决").check()
    browser_page.get_by_role("group", name="是否满意").get_by_label("基本满意").check()
    browser_page.get_by_role("button", name="登记回答").click()
    expect(browser_page.get_by_text("已登记回访结果。")).to_be_visible()
    assert Answer.objects.get().satisfied == "fairly"


def test_a_customer_answers_without_script(chromium: Browser, live_desk: str, cast: Cast) -> None:
    """A real browser sends no referrer and the origin “null” from this page."""
    invitation, token, _ = a_link(cast)
    now = clock.now()
    Invitation.objects.filter(pk=invitation.pk).update(
        link_sent_at=now.replace(year=now.year - 1), link_expires_at=now.replace(year=now.year + 1)
    )
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(f"{live_desk}/s/{token}/")
    page.get_by_role("link", name="English").click()
    page.get_by_role("group", name="solved").get_by_label("Solved", exact=True).check()
    page.get_by_role("group", name="How satisfied").get_by_label("Satisfied", exact=True).check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Your answer has arrived")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert Answer.objects.get().mode == "link"
