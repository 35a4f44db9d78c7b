"""The plan of a storm: drawn from the seed alone, enough of everything, and in time."""

from collections import Counter
from random import Random

import pytest

from tests.chaos import timeline


def counted(seconds: float, seed: int = 1) -> Counter[str]:
    return Counter(one.kind for one in timeline.plan(seconds, Random(seed)))


def test_the_same_seed_gives_the_same_storm_and_another_another() -> None:
    assert timeline.plan(600, Random(7)) == timeline.plan(600, Random(7))
    assert timeline.plan(600, Random(7)) != timeline.plan(600, Random(8))


def test_ten_minutes_kill_postgresql_and_redis_twenty_times_each() -> None:
    for seed in range(20):
        found = counted(600, seed)
        assert found["postgres"] >= 20
        assert found["redis"] >= 20
        ways = Counter(
            one.way for one in timeline.plan(600, Random(seed)) if one.kind == "postgres"
        )
        assert ways["tree"] >= 20, "the whole of it, not the parent alone"


def test_single_processes_die_often_enough_for_two_thousand_in_ten_minutes() -> None:
    assert 600 / (sum(timeline.GAP) / 2) > 2 * 1500


@pytest.mark.parametrize("seconds", [15, 60, 600])
def test_even_a_short_storm_has_one_of_each(seconds: float) -> None:
    assert set(counted(seconds)) == {one.kind for one in timeline.TROUBLES}


@pytest.mark.parametrize("seconds", [15, 60, 600])
def test_all_of_it_begins_within_the_storm_and_in_order(seconds: float) -> None:
    times = [one.at for one in timeline.plan(seconds, Random(3))]
    assert times == sorted(times)
    assert times[0] > 0
    assert times[-1] < seconds


def test_the_ways_of_a_trouble_take_turns() -> None:
    ways = [one.way for one in timeline.plan(600, Random(5)) if one.kind == "redis"]
    assert {"kill", "flush", "absent"} == set(ways)
