"""The whole desk, alive: one complaint from the counter to the monthly report, in both languages,
with a real engine, relay, worker and mail server behind the pages."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, Page

from organisation.models import Staff
from tests import cast as people
from tests.cast import Cast
from tests.journeys import links, walking
from tests.journeys.links import Links

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def behind(
    transactional_db: None, cast: Cast, desk_environment: dict[str, str]
) -> Iterator[Links]:
    """Everything behind the pages, ended before the tables are emptied."""
    found = Links(desk_environment)
    found.mend(*links.ALL)
    yield found
    found.end()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_complaint_comes_from_the_counter_into_the_monthly_report(
    language: str, chromium: Browser, live_desk: str, cast: Cast, behind: Links
) -> None:
    # As the desk itself keeps it; the other tests make do with a quicker hash.
    hashed = make_password(people.PASSWORD, hasher="argon2")
    Staff.objects.update(language=language, password=hashed)
    walk = walking.Walk(
        live_desk, chromium, cast, behind.mails, sign_in_by_hand, language=language
    )
    try:
        walk.go()
    except walking.StuckAt:
        print(behind.said())  # noqa: T201 - shown by pytest when the test fails
        raise
    finally:
        walk.close()


def sign_in_by_hand(page: Page, desk: str, person: Staff) -> None:
    """Staff number and password on the sign-in page."""
    page.goto(f"{desk}/sign-in/")
    page.fill("input[name=username]", person.staff_number)
    page.fill("input[name=password]", people.PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/tickets/work/")
