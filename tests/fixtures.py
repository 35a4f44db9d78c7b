"""Fixtures shared by the tests of all apps."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from notifications import hooks
from tests.cast import Cast, assemble
from tickets import policies, repeats

# A Monday, 10:00 in Shanghai, with no holiday near.
MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast on a Monday morning."""
    return assemble(MONDAY)


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    """Limits and calendars are kept in memory by version; each test has versions of its own."""
    policies.rules.cache_clear()
    policies.limit_ids.cache_clear()
    policies.heard.cache_clear()
    policies.calendar.cache_clear()
    hooks.memory.until = float("inf")
    hooks.memory.known = []
    repeats.of_policy.cache_clear()
    yield
