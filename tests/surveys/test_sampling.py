"""The draw of callbacks: repeatable, fair, and large enough in every stratum."""

import collections
import math
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from surveys import sampling

ROOT = Path(__file__).parents[2]
TENTH = Decimal("0.1")
tickets = st.lists(
    st.tuples(
        st.integers(1, 10**6), st.sampled_from(["power/FAULT", "water/FAULT", "gas"]), st.booleans()
    ),
    unique_by=lambda ticket: ticket[0],
    max_size=120,
)
rates = st.fractions(0, 1, max_denominator=50)


def test_the_draw_is_pinned() -> None:
    # A change of this set is a change of every draw ever made: old draws could no longer be
    # checked.
    drawn = sampling.draw(
        [(number, "power", False) for number in range(1, 41)], TENTH, 2, "2026-11"
    )
    assert drawn == {2, 13, 15, 21}


def test_another_process_draws_the_same() -> None:
    program = (
        "from decimal import Decimal; from surveys import sampling; tenth = Decimal('0.1');"
        "print(sorted(sampling.draw([(n, 'a', False) for n in range(500)], tenth, 3, 's')))"
    )
    prints = {
        subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
        for _ in range(2)
    }
    here = sampling.draw([(n, "a", False) for n in range(500)], TENTH, 3, "s")
    assert prints == {f"{sorted(here)}\n"}


@given(tickets, rates, st.integers(0, 10), st.randoms())
def test_the_order_of_the_list_does_not_matter(
    listed: list[tuple[int, str, bool]], rate: Fraction, minimum: int, chance: object
) -> None:
    drawn = sampling.draw(listed, rate, minimum, "seed")
    chance.shuffle(listed)  # type: ignore[attr-defined]
    assert sampling.draw(listed, rate, minimum, "seed") == drawn


@given(tickets, rates, st.integers(0, 10))
def test_every_stratum_has_its_share_and_the_census_is_whole(
    listed: list[tuple[int, str, bool]], rate: Fraction, minimum: int
) -> None:
    drawn = sampling.draw(listed, rate, minimum, "seed")
    assert (
        {number for number, _, is_census in listed if is_census}
        <= drawn
        <= {number for number, *_ in listed}
    )
    for stratum, size in collections.Counter(
        name for _, name, is_census in listed if not is_census
    ).items():
        found = sum(
            number in drawn
            for number, name, is_census in listed
            if name == stratum and not is_census
        )
        assert found == min(size, max(math.ceil(size * rate), minimum))


@given(tickets, rates, rates)
def test_a_higher_rate_only_adds(
    listed: list[tuple[int, str, bool]], first: Fraction, second: Fraction
) -> None:
    low, high = sorted((first, second))
    assert sampling.draw(listed, low, 0, "seed") <= sampling.draw(listed, high, 0, "seed")


def test_a_tenth_of_thirty_is_three() -> None:
    assert len(sampling.draw([(n, "a", False) for n in range(30)], TENTH, 0, "seed")) == 3
    assert len(sampling.draw([(n, "a", False) for n in range(31)], TENTH, 0, "seed")) == 4


def test_every_ticket_is_as_likely_as_another() -> None:
    listed = [(number, "a", False) for number in range(50)]
    counts = collections.Counter()
    for seed in range(2000):
        counts.update(sampling.draw(listed, TENTH, 0, f"seed {seed}"))
    # 2,000 draws of 5 out of 50: each ticket about 200 times; the seeds are fixed, so this cannot
    # flicker.
    assert len(counts) == 50
    assert scipy.stats.chisquare([counts[number] for number in range(50)]).pvalue > 0.01


def test_another_seed_or_stratum_draws_others() -> None:
    def drawn(seed: str, stratum: str) -> frozenset[int]:
        return frozenset(sampling.draw([(n, stratum, False) for n in range(100)], TENTH, 0, seed))

    assert len({drawn("a", "x"), drawn("b", "x"), drawn("a", "y"), drawn("ax", "")}) == 4
    assert sampling.lot("a", "bc", 1) != sampling.lot("ab", "c", 1)


@pytest.mark.parametrize(
    ("listed", "rate", "minimum", "seed", "sentence"),
    [
        ([], 0.1, 0, "s", "tenth is a tenth"),
        ([], Decimal("1.1"), 0, "s", "between 0 and 1"),
        ([], Decimal("-0.1"), 0, "s", "between 0 and 1"),
        ([], TENTH, -1, "s", "not negative"),
        ([], TENTH, 0, "", "needs a seed"),
        ([(1, "a", False), (1, "b", True)], TENTH, 0, "s", "listed twice"),
    ],
)
def test_a_draw_that_cannot_be_trusted_is_refused(
    listed: list[tuple[int, str, bool]], rate: Decimal, minimum: int, seed: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        sampling.draw(listed, rate, minimum, seed)


def test_tickets_drawn_one_by_one_come_at_the_rate_and_repeat() -> None:
    tenth = {number for number in range(20_000) if sampling.drawn("seed", number, 0.1)}
    assert tenth == {number for number in range(20_000) if sampling.drawn("seed", number, 0.1)}
    # Five standard deviations; the seed is fixed, so this cannot flicker.
    assert abs(len(tenth) - 2000) < 5 * 43
    assert tenth <= {number for number in range(20_000) if sampling.drawn("seed", number, 0.2)}
    assert tenth != {number for number in range(20_000) if sampling.drawn("other", number, 0.1)}


def test_a_rate_of_nothing_and_of_everything() -> None:
    assert not any(sampling.drawn("seed", number, 0) for number in range(1000))
    assert all(sampling.drawn("seed", number, 1) for number in range(1000))
    with pytest.raises(ValueError, match="needs a seed"):
        sampling.drawn("", 1, 0.5)
