"""Honest figures: intervals for shares, bounds for those who never answered, medians, and control
limits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, isfinite, sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Interval:
    """A value between its lower and upper bound, all on the same scale (shares are 0 to 1)."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One period of a p-chart: its share, the limits for its own n, and whether chance alone
    explains it."""

    share: float | None
    n: int
    lower: float
    upper: float

    @property
    def is_unusual(self) -> bool:
        return self.share is not None and not self.lower <= self.share <= self.upper


@lru_cache(maxsize=64)
def z_value(confidence: float = 0.95) -> float:
    """The two-sided normal quantile: 1.96 for 0.95. Raises ValueError outside 0 to 1."""
    if not 0 < confidence < 1:
        raise ValueError("A confidence lies between 0 and 1.")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(
    successes: int, n: int, confidence: float = 0.95, *, population: int | None = None
) -> Interval | None:
    """The share with its Wilson interval, or None where n is 0.

    With `population` the interval is drawn in by the finite population correction, and never tells
    of people who were all asked: it stays within what the unasked could make true. Raises
    ValueError for impossible counts.
    """
    _check_counts(successes, n, population)
    if n == 0:
        return None
    share = successes / n
    if population is None:
        lower, upper = _wilson_bounds(share, n, confidence)
        return Interval(share, 0.0 if successes == 0 else lower, 1.0 if successes == n else upper)
    if population == n:
        return Interval(share, share, share)
    # The correction divides the variance by (N - n) / (N - 1), which is the same as a larger
    # sample.
    lower, upper = _wilson_bounds(share, n * (population - 1) / (population - n), confidence)
    lower = min(max(lower, successes / population), share)
    upper = max(min(upper, (successes + population - n) / population), share)
    return Interval(share, lower, upper)


def worst_case_bounds(closed: int, answered: int, satisfied: int) -> Interval | None:
    """The share among all closed if every silent customer was unhappy, or happy; the value is that
    of the answers."""
    _check_counts(satisfied, answered, closed)
    if closed == 0 or answered == 0:
        return None
    return Interval(
        satisfied / answered, satisfied / closed, (satisfied + closed - answered) / closed
    )


def median(values: Iterable[float]) -> float | None:
    """The middle value, or None of none."""
    return percentile(values, 50)


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The value below which so many percent lie, interpolated as PostgreSQL's percentile_cont does;
    None of none."""
    if not 0 <= percent <= 100:
        raise ValueError("A percentile lies between 0 and 100.")
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * percent / 100
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def p90(values: Iterable[float]) -> float | None:
    """The value that nine in ten do not exceed."""
    return percentile(values, 90)


def net_promoter_score(
    promoters: int, passives: int, detractors: int, confidence: float = 0.95
) -> Interval | None:
    """The score in points (-100 to 100) with the adjusted-Wald interval; None where nobody
    answered.

    The interval adds 3 to n and 3/4 to promoters and detractors each; the score shown is the plain
    one.
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError("Counts of answers are not negative.")
    n = promoters + passives + detractors
    if n == 0:
        return None
    up, down = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    centre = up - down
    margin = z_value(confidence) * sqrt((up + down - centre**2) / (n + 3))
    score = (promoters - detractors) / n
    return Interval(100 * score, 100 * max(centre - margin, -1.0), 100 * min(centre + margin, 1.0))


def sample_size(
    share: float, margin: float, confidence: float = 0.95, *, population: int | None = None
) -> int:
    """How many answers make a share certain to plus or minus `margin`."""
    if not (0 <= share <= 1 and 0 < margin < 1):
        raise ValueError("A share lies between 0 and 1, a margin above 0 and below 1.")
    needed = z_value(confidence) ** 2 * share * (1 - share) / margin**2
    if population is not None:
        needed = needed / (1 + (needed - 1) / population)
    return max(ceil(needed - 1e-9), 1)


def sample_size_to_tell_apart(
    first: float, second: float, confidence: float = 0.95, power: float = 0.8
) -> int:
    """Answers needed from each of two units so that a true difference shows with this power."""
    if first == second or not (0 < first < 1 and 0 < second < 1):
        raise ValueError("Two different shares between 0 and 1 are needed.")
    z = z_value(confidence) + NormalDist().inv_cdf(power)
    return ceil(z**2 * (first * (1 - first) + second * (1 - second)) / (first - second) ** 2 - 1e-9)


def all_satisfied_needed(share: float, confidence: float = 0.95) -> int:
    """How many answers, all satisfied, prove at least this share: the Wilson lower bound reaches
    it."""
    if not 0 < share < 1:
        raise ValueError("A share lies between 0 and 1.")
    return ceil(z_value(confidence) ** 2 * share / (1 - share) - 1e-9)


def p_chart(
    counts: Sequence[tuple[int, int]], sigmas: float = 3.0
) -> tuple[float | None, list[ControlPoint]]:
    """The centre line and a point for each (successes, n): limits widen where n is small; no n, no
    share."""
    for successes, n in counts:
        _check_counts(successes, n, None)
    total = sum(n for _, n in counts)
    if total == 0:
        return None, [ControlPoint(None, 0, 0.0, 1.0) for _ in counts]
    centre = sum(successes for successes, _ in counts) / total
    return centre, [_control_point(successes, n, centre, sigmas) for successes, n in counts]


def _control_point(successes: int, n: int, centre: float, sigmas: float) -> ControlPoint:
    if n == 0:
        return ControlPoint(None, 0, 0.0, 1.0)
    width = sigmas * sqrt(centre * (1 - centre) / n)
    return ControlPoint(successes / n, n, max(centre - width, 0.0), min(centre + width, 1.0))


def _wilson_bounds(share: float, n: float, confidence: float) -> tuple[float, float]:
    z2 = z_value(confidence) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    margin = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(centre - margin, 0.0), min(centre + margin, 1.0)


def _check_counts(successes: int, n: int, population: int | None) -> None:
    if not (isfinite(n) and 0 <= successes <= n):
        raise ValueError(f"{successes} of {n} is not a share.")
    if population is not None and population < n:
        raise ValueError(f"{n} of a population of {population} cannot have answered.")
