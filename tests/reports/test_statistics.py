"""Every number that the reports rest on, against published figures, SciPy and plain definitions."""

import random
import statistics as standard

import numpy
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from reports import statistics


def percents(interval: statistics.Interval | None, places: int = 1) -> tuple[float, float]:
    assert interval is not None
    return round(100 * interval.lower, places), round(100 * interval.upper, places)


@pytest.mark.parametrize(
    ("satisfied", "n", "expected"),
    [
        (152, 152, (97.5, 100.0)),
        (30, 30, (88.6, 100.0)),
        (49, 50, (89.5, 99.6)),
        (980, 1000, (96.9, 98.7)),
    ],
)
def test_the_published_wilson_intervals(
    satisfied: int, n: int, expected: tuple[float, float]
) -> None:
    assert percents(statistics.wilson(satisfied, n)) == expected


def test_1409_forms_at_99_percent() -> None:
    assert percents(statistics.wilson(round(0.99 * 1409), 1409)) == (98.3, 99.4)


@pytest.mark.parametrize(
    ("share", "margin", "n"), [(0.98, 0.01, 753), (0.95, 0.02, 457), (0.90, 0.03, 385)]
)
def test_the_published_sample_sizes(share: float, margin: float, n: int) -> None:
    assert statistics.sample_size(share, margin) == n


def test_telling_two_units_apart_takes_many_answers() -> None:
    assert statistics.sample_size_to_tell_apart(0.98, 0.99) == pytest.approx(2320, abs=5)
    assert statistics.sample_size_to_tell_apart(0.95, 0.98) == pytest.approx(590, abs=5)


@pytest.mark.parametrize(("share", "n"), [(0.95, 73), (0.98, 189)])
def test_how_many_must_all_be_satisfied(share: float, n: int) -> None:
    assert statistics.all_satisfied_needed(share) == n
    enough, too_few = statistics.wilson(n, n), statistics.wilson(n - 1, n - 1)
    assert enough is not None
    assert too_few is not None
    assert too_few.lower < share <= enough.lower


def test_silence_leaves_34_to_98_percent_possible() -> None:
    bounds = statistics.worst_case_bounds(500, 180, 171)
    assert bounds is not None
    assert round(bounds.value, 2) == 0.95
    assert percents(bounds, 0) == (34, 98)


@pytest.mark.parametrize(("n", "margin", "places"), [(30, 27, 0), (100, 15, 0), (1000, 4.8, 1)])
def test_the_published_margins_of_a_score_of_30(n: int, margin: float, places: int) -> None:
    score = statistics.net_promoter_score(n // 2, n - n // 2 - n // 5, n // 5)
    assert score is not None
    assert score.value == pytest.approx(30)
    assert round((score.upper - score.lower) / 2, places) == margin


def test_wilson_agrees_with_scipy_on_ten_thousand_cases() -> None:
    chance = random.Random(20261121)  # noqa: S311 - cases to compare, not secrets
    for _ in range(10_000):
        n = chance.choice(
            (chance.randint(1, 40), chance.randint(1, 5_000), chance.randint(1, 10**6))
        )
        successes = chance.choice((0, n, chance.randint(0, n)))
        confidence = chance.choice((0.8, 0.9, 0.95, 0.99))
        expected = scipy.stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
        found = statistics.wilson(successes, n, confidence)
        assert found is not None
        assert found.lower == pytest.approx(expected.low, abs=1e-12)
        assert found.upper == pytest.approx(expected.high, abs=1e-12)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 2000))
def test_asking_more_of_a_finite_population_never_widens_the_interval(
    first: int, second: int, unasked: int
) -> None:
    successes, n = min(first, second), max(first, second)
    plain, corrected = (
        statistics.wilson(successes, n),
        statistics.wilson(successes, n, population=n + unasked),
    )
    assert plain is not None
    assert corrected is not None
    assert (
        plain.lower - 1e-12
        <= corrected.lower
        <= corrected.value
        <= corrected.upper
        <= plain.upper + 1e-12
    )


def test_a_population_asked_whole_has_no_interval() -> None:
    assert statistics.wilson(49, 50, population=50) == statistics.Interval(0.98, 0.98, 0.98)
    assert statistics.wilson(0, 0) is None


def test_the_correction_vanishes_in_a_large_population() -> None:
    plain, corrected = statistics.wilson(180, 200), statistics.wilson(180, 200, population=10**9)
    assert plain is not None
    assert corrected is not None
    assert corrected.lower == pytest.approx(plain.lower, abs=1e-6)


def test_impossible_counts_are_refused() -> None:
    for successes, n, population in ((-1, 5, None), (6, 5, None), (1, 5, 4)):
        with pytest.raises(ValueError, match="is not a share|cannot have answered"):
            statistics.wilson(successes, n, population=population)
    with pytest.raises(ValueError, match="cannot have answered"):
        statistics.worst_case_bounds(10, 11, 5)
    with pytest.raises(ValueError, match="confidence"):
        statistics.wilson(1, 2, 1.0)


def test_no_answer_gives_no_figure() -> None:
    assert statistics.worst_case_bounds(10, 0, 0) is None
    assert statistics.net_promoter_score(0, 0, 0) is None
    assert statistics.median([]) is None
    assert statistics.p90([]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.floats(0, 100))
def test_percentiles_agree_with_numpy(values: list[float], percent: float) -> None:
    assert statistics.percentile(values, percent) == pytest.approx(
        numpy.percentile(values, percent), abs=1e-5
    )
    assert statistics.median(values) == pytest.approx(standard.median(values), abs=1e-5)


def test_p90_of_ten_values() -> None:
    assert statistics.p90(range(1, 11)) == pytest.approx(9.1)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_score_stays_within_its_scale(promoters: int, passives: int, detractors: int) -> None:
    score = statistics.net_promoter_score(promoters, passives, detractors)
    if score is not None:
        assert -100 <= score.lower <= score.upper <= 100


def test_small_samples_of_small_populations_need_fewer_answers() -> None:
    assert statistics.sample_size(0.98, 0.01, population=1000) == 430
    assert statistics.sample_size(1.0, 0.01) == 1


def test_a_control_chart_marks_what_chance_does_not_explain() -> None:
    counts = [(95, 100)] * 11 + [(70, 100), (9, 10), (0, 0)]
    centre, points = statistics.p_chart(counts)
    assert centre == pytest.approx((95 * 11 + 70 + 9) / 1210)
    assert [point.is_unusual for point in points] == [False] * 11 + [True, False, False]
    width = 3 * (centre * (1 - centre) / 100) ** 0.5
    assert points[0].lower == pytest.approx(centre - width)
    assert points[0].upper == pytest.approx(min(centre + width, 1))
    assert points[-1].share is None
    assert statistics.p_chart([(0, 0)])[0] is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: statistics.percentile([1], 101),
        lambda: statistics.net_promoter_score(-1, 0, 0),
        lambda: statistics.sample_size(2, 0.1),
        lambda: statistics.sample_size_to_tell_apart(0.9, 0.9),
        lambda: statistics.all_satisfied_needed(1.0),
    ],
)
def test_impossible_questions_are_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="."):
        wrong()  # type: ignore[operator]
