"""The watch lists (监察清单): each way of shirking of domain §6 that leaves traces, as a saved list
with its evidence, how units compare, and what it does not prove (question)."""

from reports.watch import (
    before_the_callback,
    counted_wrongly,
    favours,
    limits_bent,
    made_lighter,
    passing_around,
    said_done,
)
from reports.watch.definition import Look, Pattern, Threshold

ALL: tuple[Pattern, ...] = (
    *passing_around.PATTERNS, *said_done.PATTERNS, *before_the_callback.PATTERNS,
    *made_lighter.PATTERNS, *counted_wrongly.PATTERNS, *limits_bent.PATTERNS, *favours.PATTERNS,
)  # fmt: skip
BY_CODE: dict[str, Pattern] = {pattern.code: pattern for pattern in ALL}

__all__ = ["ALL", "BY_CODE", "Look", "Pattern", "Threshold"]
