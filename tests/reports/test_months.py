"""Months as instants."""

from datetime import UTC, datetime

import pytest

from reports import months
from reports.months import Month


@pytest.mark.parametrize(
    ("typed", "read"),
    [("2026-10", Month(2026, 10)), (" 2026-01 ", Month(2026, 1)), ("2026-13", None),
     ("1999-12", None), ("2026-1", None), ("", None), ("２０２６-10", None), ("2026-10\x00", None)],
)  # fmt: skip
def test_only_a_month_is_read_as_one(typed: str, read: Month | None) -> None:
    assert months.read(typed) == read


def test_a_month_is_as_long_as_the_clocks_say() -> None:
    march = Month(2026, 3)
    assert march.end("Europe/London") - march.start("Europe/London") == (
        datetime(2026, 3, 31, 23, tzinfo=UTC) - datetime(2026, 3, 1, tzinfo=UTC)
    )


def test_the_turn_of_the_year_and_of_the_day() -> None:
    assert Month(2026, 12).after == Month(2027, 1)
    assert Month(2026, 1).before == Month(2025, 12)
    new_year_in_shanghai = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert months.of(new_year_in_shanghai, "Asia/Shanghai") == Month(2027, 1)
    assert months.of(new_year_in_shanghai, "UTC") == Month(2026, 12)
