"""When to ring and when enough was tried."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from surveys import calling

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = calling.Hours(time(8), time(21), time(12), time(14), ZONE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("09T09:00", "09T09:00"),
        ("09T07:59", "09T08:00"),
        ("09T12:00", "09T14:00"),
        ("09T13:59", "09T14:00"),
        ("09T20:59", "09T20:59"),
        ("09T21:00", "10T08:00"),
        ("09T23:30", "10T08:00"),
        ("09T00:30", "09T08:00"),
    ],
)
def test_it_finds_the_next_time_one_may_ring(asked: str, expected: str) -> None:
    assert calling.next_calling_time(local(asked), HOURS) == local(expected)


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        (["09T09:00", "09T11:00", "09T14:30"], True),
        (["09T09:00", "09T10:00", "09T14:30"], False),
        (["09T09:00", "09T11:00", "10T09:00"], False),
        (["09T09:00", "09T14:30"], False),
        (["09T09:00", "09T11:00", "10T09:00", "10T18:30"], True),
    ],
)
def test_enough_is_three_spaced_attempts_not_all_in_one_part_of_the_day(
    tried: list[str], expected: bool
) -> None:
    instants = [local(one) for one in tried]
    is_enough = calling.is_exhausted(
        reversed(instants), wanted=3, apart=timedelta(hours=2), zone=ZONE
    )
    assert is_enough is expected
