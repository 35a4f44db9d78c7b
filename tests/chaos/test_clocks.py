"""Clocks that jump and clocks that are wrong: the database's alone counts, and nothing of it that
has happened happens again (F12, F13)."""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicedesk.processes import launching
from tests.chaos import accountant, books, clocks
from tests.chaos import desk as desks
from tests.chaos.backing import wait_until
from tests.chaos.clocks import Clocks
from tests.chaos.crashing import Crasher
from tests.chaos.desk import Desk
from tests.chaos.storm import WAITING, unfolded

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(clocks.library() is None, reason=clocks.ABSENT),
]

_HOUR = 3600


class Dial:
    """The hand on the database's clock."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.turn_to(0)

    def turn_to(self, seconds: int) -> None:
        self.file.write_text(f"{seconds:+d}s\n")


@pytest.fixture
def dial() -> Iterator[Dial]:
    """Where the servers, which run as somebody else, may read it."""
    with tempfile.TemporaryDirectory(prefix="desk-clock-") as folder:
        Path(folder).chmod(0o755)
        yield Dial(Path(folder))


@pytest.fixture
def jumping(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    plain = launching.bare_environment()
    faked = plain | clocks.set_by(dial.file)
    monkeypatch.setattr(launching, "bare_environment", lambda: faked)
    with desks.standing(fsync=False, lease=5) as found:
        yield found


@pytest.fixture
def wrong() -> Iterator[Desk]:
    """The loops a day ahead of the database, the web another day ahead of them."""
    of = Clocks(web=clocks.wrong_by("+2d"), loops=clocks.wrong_by("+1d"))
    with desks.standing(fsync=False, lease=5, clocks=of) as found:
        yield found


def fired(desk: Desk) -> int:
    return int(desk.rows("SELECT count(*) FROM chaos_log WHERE what = 'fired'")[0][0])


def waiting(desk: Desk) -> int:
    desk.listen()
    return int(desk.rows(WAITING)[0][0])


def breaches(desk: Desk) -> list[accountant.Breach]:
    now = desk.rows("SELECT extract(epoch FROM clock_timestamp())::float8")[0][0]
    return accountant.audit(books.gather(desk, unfolded(desk), now))


def test_a_database_clock_that_jumps_fires_each_once_and_forgets_none(
    jumping: Desk, dial: Dial
) -> None:
    """An hour forward: all that is due fires, once. Two hours back: nothing fires again, and what
    was not yet due waits. Forward again: it fires."""
    jumping.start_loops()
    clerk = Crasher(jumping)
    for _ in range(3):
        clerk.log()
    dial.turn_to(_HOUR)
    assert abs(ahead(jumping) - _HOUR) < 60
    wait_until(lambda: waiting(jumping) == 0, "what an hour made due")
    after_the_jump = fired(jumping)
    assert after_the_jump >= 3 * 14

    clerk.log()
    dial.turn_to(-_HOUR)
    assert abs(ahead(jumping) + _HOUR) < 60
    assert says_that_the_clock_moved(jumping)
    assert waiting(jumping) > 0
    assert fired(jumping) >= after_the_jump

    dial.turn_to(2 * _HOUR)
    wait_until(lambda: waiting(jumping) == 0, "what had waited")
    assert breaches(jumping) == []


def ahead(desk: Desk) -> float:
    """By how many seconds the database's clock is ahead of ours."""
    now = desk.rows("SELECT extract(epoch FROM clock_timestamp())::float8")[0][0]
    return float(now) - time.time()


def says_that_the_clock_moved(desk: Desk) -> bool:
    """Whether the health of the desk names it."""
    found = desk.folder / "health.json"
    desk.do_once("health", ("python", "-m", "tests.chaos.health", str(found)))
    return "clock_moved" in json.loads(found.read_text())


def test_wrong_clocks_of_the_machines_change_nothing(wrong: Desk) -> None:
    wrong.start_loops()
    clerk = Crasher(wrong)
    for _ in range(4):
        clerk.log()
    wait_until(lambda: waiting(wrong) == 0, "the end of all limits and messages")
    assert fired(wrong) == 4 * 14
    assert breaches(wrong) == []
    off = wrong.rows(
        "SELECT max(abs(extract(epoch FROM clock_timestamp() - at))) FROM tickets_event"
    )
    assert off[0][0] < _HOUR
