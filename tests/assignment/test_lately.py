"""What counts as given of late."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assignment import lately

AT = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_it_is_halved_every_four_weeks() -> None:
    assert lately.left(8, AT, AT) == 8
    assert lately.left(8, AT, AT + 28 * DAY) == 4
    assert lately.left(8, AT, AT + 56 * DAY) == 2
    assert lately.left(8, None, AT) == 0


@given(st.floats(0, 1e6), st.integers(-100, 5000), st.integers(0, 5000))
def test_it_never_grows_by_waiting(amount: float, first: int, later: int) -> None:
    soon = lately.left(amount, AT, AT + first * DAY)
    assert 0 <= lately.left(amount, AT, AT + (first + later) * DAY) <= soon <= amount
