"""No cell may start a formula, and no honest value may be damaged."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicedesk.lib import csv_safety


@pytest.mark.parametrize(
    "starter", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹣", "﹢", "\t", "\r", "\n"]
)
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\u200b", "\ufeff", "\x00"])
def test_a_formula_becomes_text(before: str, starter: str) -> None:
    formula = f"{before}{starter}HYPERLINK(1)"
    assert csv_safety.safe_cell(formula) == f"'{formula}"


@pytest.mark.parametrize(
    "value", ["停水了", "a=b", "1-2", "", " ", "（回访）", "'=", '"=1"', "*", "138****5678"]
)
def test_an_honest_text_stays_as_it_is(value: str) -> None:
    assert csv_safety.safe_cell(value) == value


@pytest.mark.parametrize("value", [-5, -1.5, Decimal("-2.50"), date(2026, 1, 1), True])
def test_numbers_and_dates_stay_what_they_are(value: object) -> None:
    assert csv_safety.safe_cell(value) is value


def test_nothing_becomes_an_empty_cell() -> None:
    assert csv_safety.safe_row([None, "-1", 3]) == ["", "'-1", 3]


@given(st.text())
def test_a_safe_cell_is_safe(text: str) -> None:
    assert not csv_safety.starts_formula(str(csv_safety.safe_cell(text)))
