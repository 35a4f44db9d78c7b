"""Who differs from the others by more than chance: exact tails, many looks, small units."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import chance, heaps


def test_the_tail_of_ten_throws_is_exact() -> None:
    assert chance.at_least(8, 10, 0.5) == pytest.approx(56 / 1024)
    assert chance.at_least(0, 10, 0.5) == 1.0
    assert chance.at_least(3, 3, 0.1) == pytest.approx(0.001)
    assert chance.at_least(1, 10, 0.0) == 0.0


def test_fishers_tea_lady_is_exact() -> None:
    """Four of four before, none of four now: one way in seventy."""
    assert chance.fell((4, 4), (0, 4)) == pytest.approx(1 / 70)
    assert chance.fell((2, 4), (4, 4)) == pytest.approx(1.0)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=30),
    st.floats(1, 4), st.integers(1, 6),
)
def test_probabilities_are_probabilities_and_few_cases_never_stand_out(
    drawn: list[tuple[int, int]], times: float, least: int
) -> None:
    counts = {place: (hits, hits + rest) for place, (hits, rest) in enumerate(drawn)}
    for key, found in chance.compare(counts, times=times, least=least).items():
        assert 0 <= found.probability <= 1
        assert (found.hits, found.n) == counts[key]
        assert not (found.stands_out and found.hits < least)


def test_a_unit_is_held_against_the_others_and_not_against_itself() -> None:
    counts = {"big": (500, 1000), "a": (10, 500), "b": (10, 500)}
    found = chance.compare(counts, times=2, least=4)
    assert found["big"].others == 0.02
    assert [key for key, one in found.items() if one.stands_out] == ["big"]


def test_one_bad_day_of_a_small_unit_is_chance() -> None:
    counts: dict[object, tuple[int, int]] = dict.fromkeys(range(30), (20, 1000))
    found = chance.compare(counts | {"small": (3, 8)}, times=2, least=4)
    assert not found["small"].stands_out


def test_twice_the_others_is_still_ordinary() -> None:
    counts: dict[object, tuple[int, int]] = dict.fromkeys(range(30), (20, 1000))
    assert not chance.compare(counts | {"more": (40, 1000)}, times=2, least=4)["more"].stands_out
    assert chance.compare(counts | {"most": (100, 1000)}, times=2, least=4)["most"].stands_out


def test_nobody_stands_out_alone_or_against_nothing() -> None:
    assert not chance.compare({"only": (9, 10)}, times=2, least=4)["only"].stands_out
    assert chance.compare({}, times=2, least=4) == {}


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="More cases"):
        chance.compare({"a": (3, 2)}, times=2, least=1)


def test_many_looks_raise_the_bar() -> None:
    """Holm: the rarest of a hundred must be rarer than one in two thousand."""
    many = dict.fromkeys(range(99), 0.5)
    assert chance.holm({**many, 99: 0.0006}) == set()
    assert chance.holm({**many, 99: 0.0004}) == {99}
    assert chance.holm({1: 0.01, 2: 0.02}) == {1, 2}


def test_honest_units_of_all_sizes_are_hardly_ever_named() -> None:
    """Three hundred lists of forty equally honest units: at most one list in twenty names one."""
    dice, named = random.Random(11), 0
    for _ in range(300):
        sizes = [dice.choice((5, 20, 80, 300)) for _ in range(40)]
        counts = {
            n: (sum(dice.random() < 0.05 for _ in range(size)), size) for n, size in enumerate(sizes)
        }
        found = chance.compare(counts, times=1, least=1)
        named += any(one.stands_out for one in found.values())
    assert named <= 0.05 * 300


def test_a_heap_just_before_the_limit_is_told_from_a_slope() -> None:
    slope = {place: 40 - 3 * place for place in range(-5, 5)}
    assert heaps.heap(slope, times=1).probability > 0.2
    bent = slope | {-1: 90, 0: 8}
    found = heaps.heap(bent, times=2)
    assert found.probability < 0.01
    assert (found.left, found.below, found.above) == (46, 90, 8)


def test_hurrying_is_allowed_for() -> None:
    """Half as many again as beside it may be hurry; so is a heap of three."""
    assert heaps.heap({-2: 40, -1: 60, 0: 40}, times=2).probability > 0.5
    assert heaps.heap({-1: 3}, times=2).probability > 0.1


def test_heaps_add_up_and_are_drawn_to_scale() -> None:
    both = heaps.together([heaps.heap({-1: 5, 0: 1}, times=2), heaps.heap({-1: 5}, times=2)], times=2)
    assert (both.below, both.above) == (10, 1)
    bars = both.bars
    assert [bar.n for bar in bars if bar.is_last_before] == [10]
    assert max(bar.height for bar in bars) == heaps.HEIGHT
    assert min(bar.y for bar in bars) == heaps.TOP
