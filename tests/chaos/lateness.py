"""How late deadlines fired, by the database's own commit times: in the storm, in it while the
database answered, and in the calm after it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.chaos.books import Books, Due
from tests.chaos.windows import Windows

# The storm's goal and the calm's, for the 99th percentile (seconds).
STORM_P99 = 1.5
CALM_P99 = 0.3
# A session that was thrown out, or came in while the server was recovering, is back after so long.
_SHADOW_SECONDS = 1.0


@dataclass(frozen=True)
class Span:
    """A stretch of the machine's time in which deadlines fell due."""

    start: float
    end: float


def figures(books: Books, storm: Span, calm: Span) -> dict[str, dict[str, float]]:
    """p50, p99 and max in seconds; `up` leaves out what met a time without its database."""
    samples = [(due.wanted_at, _late(due)) for due in books.dues if _is_judged(due)]
    stormy = [one for one in samples if storm.start <= one[0] < storm.end]
    return {
        "storm": _spread(late for _, late in stormy),
        "storm, database up": _spread(
            late for at, late in stormy if not _is_excused(books.windows, at, late)
        ),
        "calm": _spread(late for at, late in samples if calm.start <= at < calm.end),
    }


def _is_judged(due: Due) -> bool:
    """What fired, and what was still waiting when an act overtook it."""
    return bool(due.fired) or (due.cancelled is not None and due.cancelled > due.wanted_at)


def _late(due: Due) -> float:
    ended = min(due.fired) if due.fired else due.cancelled
    assert ended is not None
    return ended - due.wanted_at


def _is_excused(windows: Windows, at: float, late: float) -> bool:
    return bool(windows.touching(at, at + late, after=_SHADOW_SECONDS))


def _spread(values: Iterable[float]) -> dict[str, float]:
    found = sorted(values)
    if not found:
        return {"n": 0, "p50": 0.0, "p99": 0.0, "max": 0.0}
    return {
        "n": len(found), "p50": round(found[len(found) // 2], 3),
        "p99": round(found[min(len(found) - 1, int(len(found) * 0.99))], 3),
        "max": round(found[-1], 3),
    }  # fmt: skip
