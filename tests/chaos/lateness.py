"""How late deadlines fired, by the database's own commit times: in the storm, in it while the
database answered, and in the calm after it."""

from collections.abc import Iterable, Iterator
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


# What holds up a deadline although engines live and the database answers: a line that swallows or
# drags, and rows that a frozen process holds until its session ends.
_HELD_UP = frozenset({"bad-postgres", "frozen and holding"})
_AWAY = frozenset({"postgres", "postgres restarting", "terminate"})


def figures(books: Books, storm: Span, calm: Span) -> dict[str, dict[str, float]]:
    """p50, p99 and max in seconds. The storm's goal is for `storm`: kills of everything, without
    what was held up by a bad line or a frozen process, which `storm, all` has too; `storm, database
    up` leaves out the deaths of the database as well."""
    samples = [(due.wanted_at, _late(due)) for due in books.dues if _is_judged(due)]
    stormy = [one for one in samples if storm.start <= one[0] < storm.end]
    return {
        "storm": _spread(_without(_HELD_UP, stormy, books.windows)),
        "storm, database up": _spread(_without(_HELD_UP | _AWAY, stormy, books.windows)),
        "storm, all": _spread(late for _, late in stormy),
        "calm": _spread(late for at, late in samples if calm.start <= at < calm.end),
    }


def _is_judged(due: Due) -> bool:
    """What fired, and what was still waiting when an act overtook it."""
    return bool(due.fired) or (due.cancelled is not None and due.cancelled > due.wanted_at)


def _late(due: Due) -> float:
    ended = min(due.fired) if due.fired else due.cancelled
    assert ended is not None
    return ended - due.wanted_at


def _without(
    kinds: frozenset[str], samples: list[tuple[float, float]], windows: Windows
) -> Iterator[float]:
    """The lateness of those that met no window of the kinds."""
    for at, late in samples:
        met = windows.touching(at, at + late, after=_SHADOW_SECONDS)
        if not any(one.kind in kinds for one in met):
            yield late


def _spread(values: Iterable[float]) -> dict[str, float]:
    found = sorted(values)
    if not found:
        return {"n": 0, "p50": 0.0, "p99": 0.0, "max": 0.0}
    return {
        "n": len(found), "p50": round(found[len(found) // 2], 3),
        "p99": round(found[min(len(found) - 1, int(len(found) * 0.99))], 3),
        "max": round(found[-1], 3),
    }  # fmt: skip
