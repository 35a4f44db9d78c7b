"""Which units differ from the others by more than chance and habit explain (sum).

A unit is measured against all the others together, never against itself. It stands out only when

- its cases are at least as many as `least`, so that one or two never accuse a small unit;
- its share would be a rarity even if its true share were `times` that of the others, at the upper
  end of what their counts allow: honest units differ too, and few others are a weak measure;
- it still is after Holm's correction for having looked at so many units at once.

With `ALPHA` 0.05 a list over equally honest units names one wrongly in at most one look of twenty;
as honest shares are allowed to differ `times`-fold, in practice far more seldom.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, lgamma, log, log1p
from typing import TypeVar

from reports.statistics import wilson

ALPHA = 0.05
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit: its cases of so many, the share of all others, and whether chance is enough."""

    hits: int
    n: int
    others: float | None
    probability: float
    stands_out: bool

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n else None


def compare(
    counts: Mapping[Key, tuple[int, int]], *, times: float, least: int, alpha: float = ALPHA
) -> dict[Key, Standing]:
    """Each unit's (hits, n) held against all the others; raises ValueError on impossible counts."""
    if any(not 0 <= hits <= n for hits, n in counts.values()):
        raise ValueError("More cases than there is anything to count.")
    all_hits, all_n = (sum(pair[place] for pair in counts.values()) for place in (0, 1))
    found = {
        key: _against(hits, n, all_hits - hits, all_n - n, times)
        for key, (hits, n) in counts.items()
    }
    rare = holm({key: probability for key, (_, probability) in found.items()}, alpha)
    return {
        key: Standing(hits, n, *found[key], stands_out=key in rare and hits >= least)
        for key, (hits, n) in counts.items()
    }


def holm(probabilities: Mapping[Key, float], alpha: float = ALPHA) -> set[Key]:
    """Those that stay rare although so many were looked at (Holm 1979): the chance of naming even
    one wrongly is at most alpha."""
    found: set[Key] = set()
    for place, key in enumerate(sorted(probabilities, key=lambda key: probabilities[key])):
        if probabilities[key] > alpha / (len(probabilities) - place):
            break
        found.add(key)
    return found


def at_least(hits: int, n: int, share: float) -> float:
    """How likely `hits` or more of n are when each comes with that share (binomial)."""
    if hits <= 0 or share >= 1:
        return 1.0
    if share <= 0 or hits > n:
        return 0.0
    term = total = _binomial(hits, n, share)
    odds = share / (1 - share)
    for k in range(hits, n):
        term *= (n - k) / (k + 1) * odds
        total += term
        # Beyond the peak each term is smaller than the one before; what is left does not show.
        if k > n * share and term < total * 1e-15:
            break
    return min(total, 1.0)


def fell(before: tuple[int, int], now: tuple[int, int]) -> float:
    """How likely so few (hits, n) are now, if the share were the same as before (Fisher's exact
    test, one-sided)."""
    (hits, n), (then_hits, then_n) = now, before
    total, total_hits = n + then_n, hits + then_hits
    least = max(0, total_hits - then_n)
    return min(sum(_hypergeometric(k, n, total_hits, total) for k in range(least, hits + 1)), 1.0)


def _against(
    hits: int, n: int, other_hits: int, other_n: int, times: float
) -> tuple[float | None, float]:
    """The share of the others, and how likely the unit's count is by chance; 1 where there is
    nobody to compare with."""
    measure = wilson(other_hits, other_n)
    if measure is None or n == 0:
        return None, 1.0
    return measure.value, at_least(hits, n, times * measure.upper)


def _binomial(k: int, n: int, share: float) -> float:
    return exp(_choices(n, k) + k * log(share) + (n - k) * log1p(-share))


def _hypergeometric(k: int, n: int, total_hits: int, total: int) -> float:
    return exp(
        _choices(total_hits, k) + _choices(total - total_hits, n - k) - _choices(total, n)
    )


@lru_cache(maxsize=8192)
def _choices(n: int, k: int) -> float:
    """The logarithm of the number of ways to take k of n; none at all for impossible ones."""
    if not 0 <= k <= n:
        return -inf
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
