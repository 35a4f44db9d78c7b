"""Limits found in another system's due times: recovered where there is one, refused where not."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organisation import working_time
from organisation.working_time import Counting, Limit, Unit
from tickets import limit_fitting
from tickets.limit_fitting import Sample

ZONE = "America/New_York"
HOURS = (time(8, 30), time(17))
ON = limit_fitting.calendar("x", ZONE, HOURS)
START = datetime(2011, 7, 1, 4, tzinfo=UTC)


def made(limit: Limit, seed: int, number: int = 60) -> list[Sample]:
    """Matters of one summer, each due as the limit says."""
    random = Random(seed)
    received = [START + timedelta(seconds=random.randrange(90 * 86_400)) for _ in range(number)]
    return [Sample(at, working_time.add(ON, at, limit).due_at) for at in received]


def office(amount: int) -> Limit:
    return Limit(
        amount, Unit.WORKING_DAYS, Counting.SAME_CLOCK_TIME, cut_off=HOURS[1], next_opening=HOURS[0]
    )


def days(amount: int) -> Limit:
    return Limit(amount, Unit.CALENDAR_DAYS, Counting.SAME_CLOCK_TIME)


@settings(max_examples=25)
@given(amount=st.integers(1, 60), seed=st.integers(0, 999))
def test_a_limit_is_recovered_from_what_it_made(amount: int, seed: int) -> None:
    samples = made(office(amount), seed)
    fits, hours = limit_fitting.fit({"a": samples}, ZONE)
    assert hours is not None
    assert hours[0] == HOURS[0]
    assert (fits["a"].shape.unit, fits["a"].amount) == (Unit.WORKING_DAYS, amount)
    on = limit_fitting.calendar("found", ZONE, hours)
    limit = fits["a"].shape.limit(amount)
    due = [working_time.add(on, sample.received_at, limit).due_at for sample in samples]
    assert due == [sample.due_at for sample in samples]


def test_each_category_gets_its_own() -> None:
    fits, _ = limit_fitting.fit(
        {"lamps": made(office(10), 1), "trees": made(days(365), 2), "walls": made(days(7), 3)}, ZONE
    )
    found = {code: (fit.shape.unit, fit.amount) for code, fit in fits.items()}
    assert found == {
        "lamps": (Unit.WORKING_DAYS, 10), "trees": (Unit.CALENDAR_DAYS, 365),
        "walls": (Unit.CALENDAR_DAYS, 7),
    }  # fmt: skip


def test_a_few_typed_by_hand_do_not_hide_the_limit() -> None:
    samples = made(office(5), 4)
    spoilt = [Sample(s.received_at, s.due_at + timedelta(days=9)) for s in samples[:4]]
    fits, _ = limit_fitting.fit({"a": spoilt + samples[4:]}, ZONE)
    assert (fits["a"].amount, fits["a"].agreeing, fits["a"].samples) == (5, 56, 60)


@pytest.mark.parametrize(
    "samples",
    [
        [*made(office(5), 5, 30), *made(office(9), 6, 30)],
        made(days(4), 7, 2),
        [Sample(START, START - timedelta(days=1))] * 20,
        [],
    ],
    ids=["two limits mixed", "too few", "due before received", "none"],
)
def test_without_a_steady_limit_nobody_claims_one(samples: Sequence[Sample]) -> None:
    assert limit_fitting.fit({"a": samples}, ZONE)[0] == {}
