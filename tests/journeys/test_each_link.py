"""Each link of the walk matters: with one cut, the walk fails there and nowhere else; mended, the
same walk goes on from that step."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from notifications.models import Outbox
from organisation.models import Staff
from tests import browsing
from tests.cast import Cast
from tests.journeys import links
from tests.journeys.links import BULK, ENGINE, RELAY, SMTP, Links
from tests.journeys.walking import STEPS, StuckAt, Walk

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_NAMES = [step.__name__ for step in STEPS]
# What is missing is not waited for longer than this; what is there has all the time it needs.
_SHORT = 4.0


@dataclass(frozen=True)
class Cut:
    """A link or an address that is out of reach, and the step that cannot be done without it."""

    link: str
    stuck_at: str


CUTS = (
    Cut(ENGINE, "limit_fired"),
    Cut(RELAY, "mailed"),
    Cut(SMTP, "mailed"),
    Cut("/surveys/callbacks/", "called_back"),
    Cut("/reports/", "reported"),
    Cut(BULK, "file_taken"),
)
# What the outbox says of every message: its state, whether it was handed on, whether it was tried.
_OUTBOX = {
    RELAY: {("pending", False, False)},
    SMTP: {("pending", True, True)},
}


@pytest.fixture(scope="module")
def severable(
    desk_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A desk some of whose addresses can be put out of reach, and the file that says which."""
    severed = tmp_path_factory.mktemp("severed") / "address"
    severed.write_text("")
    environment = desk_environment | {"SEVERED": str(severed), "PORT": str(links.free_port())}
    application = "tests.journeys.severed:application"
    with browsing.serving(application, environment, workers=1) as address:
        yield address, severed


@pytest.fixture
def behind(
    transactional_db: None, cast: Cast, desk_environment: dict[str, str]
) -> Iterator[Links]:
    """What works behind the pages, none of it started yet."""
    found = Links(desk_environment)
    yield found
    found.end()


@pytest.fixture
def walk(
    behind: Links, cast: Cast, chromium: Browser, severable: tuple[str, Path]
) -> Iterator[Walk]:
    severable[1].write_text("")
    found = Walk(severable[0], chromium, cast, behind.mails, sign_in_by_cookie)
    yield found
    found.close()


def sign_in_by_cookie(page: Page, desk: str, person: Staff) -> None:
    browsing.sign_in(page.context, desk, person)


def outbox() -> set[tuple[str, bool, bool]]:
    return {
        (one.state, one.next_try_at != one.created_at, one.attempts > 0)
        for one in Outbox.objects.all()
    }


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.link.strip("/"))
def test_the_walk_fails_where_a_link_is_cut_and_goes_on_when_it_is_mended(
    cut: Cut, walk: Walk, behind: Links, severable: tuple[str, Path]
) -> None:
    is_address = cut.link.startswith("/")
    severable[1].write_text(cut.link if is_address else "")
    behind.mend(*(name for name in links.ALL if name != cut.link))
    walk.go(until=_NAMES[_NAMES.index(cut.stuck_at) - 1])
    walk.patience = _SHORT
    with pytest.raises(StuckAt) as caught:
        walk.go()
    assert caught.value.step == cut.stuck_at
    assert outbox() == _OUTBOX.get(cut.link, outbox())
    walk.patience = 20.0
    if is_address:
        severable[1].write_text("")
    else:
        behind.mend(cut.link)
    walk.go(until=cut.stuck_at)


def test_what_no_worker_begins_the_relay_delivers_by_itself(walk: Walk, behind: Links) -> None:
    behind.mend(ENGINE, RELAY, SMTP)
    walk.go(until="mailed")


def test_without_redis_and_workers_the_relay_delivers_by_itself(
    walk: Walk, behind: Links, tmp_path: Path
) -> None:
    behind.environment["REDIS_URL"] = f"unix://{tmp_path}/redis.sock"
    behind.mend(ENGINE, RELAY, SMTP)
    walk.go(until="mailed")
