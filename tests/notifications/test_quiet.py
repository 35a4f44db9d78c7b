"""When a reminder may leave."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.quiet import Wish

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
NIGHT = Wish(SHANGHAI, time(22), time(7))


def local(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ((2026, 3, 9, 21, 59), (2026, 3, 9, 21, 59)),
        ((2026, 3, 9, 22, 0), (2026, 3, 10, 7, 0)),
        ((2026, 3, 10, 3, 0), (2026, 3, 10, 7, 0)),
        ((2026, 3, 10, 7, 0), (2026, 3, 10, 7, 0)),
    ],
)
def test_quiet_hours_go_over_midnight(at: tuple[int, ...], leaves: tuple[int, ...]) -> None:
    assert NIGHT.leaves_at(local(SHANGHAI, *at)) == local(SHANGHAI, *leaves)


def test_a_quiet_weekend_ends_when_the_quiet_hours_after_it_end() -> None:
    wish = Wish(SHANGHAI, time(22), time(7), are_weekends_quiet=True)
    friday_night = local(SHANGHAI, 2026, 3, 13, 23, 0)
    assert wish.leaves_at(friday_night) == local(SHANGHAI, 2026, 3, 16, 7, 0)


def test_a_digest_comes_at_its_time_and_never_in_a_quiet_weekend() -> None:
    wish = Wish(SHANGHAI, digest_at=time(9), are_weekends_quiet=True)
    assert wish.leaves_at(local(SHANGHAI, 2026, 3, 9, 8, 0)) == local(SHANGHAI, 2026, 3, 9, 9, 0)
    assert wish.leaves_at(local(SHANGHAI, 2026, 3, 9, 9, 1)) == local(SHANGHAI, 2026, 3, 10, 9, 0)
    friday = local(SHANGHAI, 2026, 3, 13, 10, 0)
    assert wish.leaves_at(friday) == local(SHANGHAI, 2026, 3, 16, 9, 0)


def test_the_hour_that_summer_time_leaves_out_holds_nothing_back() -> None:
    wish = Wish(BERLIN, time(1), time(2, 30))
    assert wish.leaves_at(local(BERLIN, 2026, 3, 29, 1, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


_TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
_WISHES = st.builds(
    Wish, zone=st.sampled_from([SHANGHAI, BERLIN, "Australia/Lord_Howe", "America/New_York"]),
    quiet_from=_TIMES, quiet_to=_TIMES, are_weekends_quiet=st.booleans(),
    digest_at=st.none() | _TIMES,
)  # fmt: skip
_INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(wish=_WISHES, at=_INSTANTS)
def test_nothing_leaves_early_or_waits_for_ever(wish: Wish, at: datetime) -> None:
    leaves = wish.leaves_at(at)
    assert at <= leaves <= at + timedelta(days=12)
    if wish.digest_at is None:
        assert wish.leaves_at(leaves) == leaves


@given(wish=_WISHES, hours=st.integers(0, 16))
def test_shortened_it_is_no_longer_than_allowed(wish: Wish, hours: int) -> None:
    assert wish.shortened_to(hours).quiet_span <= timedelta(hours=hours)
