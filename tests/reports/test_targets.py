"""What the figures are to reach."""

from datetime import date
from decimal import Decimal

import pytest

from reports import targets
from reports.figures.goals import Goals
from reports.models import Target
from tests.cast import Cast


def test_the_founding_documents_are_loaded_once(cast: Cast) -> None:
    assert targets.seed(by=None, at=cast.at) == 3
    assert targets.seed(by=None, at=cast.at) == 0
    goals = Goals.on(date(2026, 10, 1))
    assert goals.of(cast.unit.path) == {"satisfied": 0.98, "on_time": 1.0}
    assert goals.of(cast.other_company.path) == {"satisfied": 0.99, "on_time": 1.0}


def test_the_nearest_unit_and_the_newest_day_win(cast: Cast) -> None:
    targets.seed(by=None, at=cast.at)
    for unit, percent, day in (
        (cast.branch, "95", date(2026, 1, 1)),
        (cast.unit, "90", date(2026, 1, 1)),
        (cast.unit, "91", date(2026, 10, 1)),
    ):
        targets.set_target(
            figure="satisfied", unit=unit, percent=Decimal(percent), source="agreed",
            valid_from=day, by=cast.administrator, at=cast.at,
        )  # fmt: skip
    found = {
        day: Goals.on(day).of(cast.unit.path)["satisfied"]
        for day in (date(2025, 12, 1), date(2026, 9, 1), date(2026, 10, 1))
    }
    assert list(found.values()) == [0.98, 0.90, 0.91]
    assert Goals.on(date(2026, 10, 1)).of(cast.hall.path)["satisfied"] == 0.95


@pytest.mark.parametrize("figure", ["received", "nothing"])
def test_only_rates_have_targets(cast: Cast, figure: str) -> None:
    with pytest.raises(targets.NoSuchRate):
        targets.set_target(
            figure=figure, unit=None, percent=Decimal("50"), source="",
            valid_from=date(2026, 1, 1), by=None, at=cast.at,
        )  # fmt: skip
    assert Target.objects.count() == 0
