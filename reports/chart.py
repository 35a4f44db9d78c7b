"""Where the points and lines of the satisfaction chart lie, in whole units of its drawing (sum)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

LEFT, RIGHT, TOP, STEP = 250, 700, 34, 30
WIDTH = 720


@dataclass(frozen=True)
class Tick:
    x: int
    percent: int


@dataclass(frozen=True)
class Bar:
    """One unit: its point, the ends of its line, and its height."""

    y: int
    x: int
    low: int
    high: int


@dataclass(frozen=True)
class Scale:
    """From a round share below everything shown up to 100 %."""

    least: float

    def x(self, share: float) -> int:
        """How far to the right a share lies."""
        part = (share - self.least) / (1 - self.least)
        return round(LEFT + (RIGHT - LEFT) * min(max(part, 0.0), 1.0))

    @property
    def ticks(self) -> list[Tick]:
        """The least share, the middle and 100 %, in whole percents."""
        shares = (self.least, (1 + self.least) / 2, 1.0)
        return [Tick(self.x(share), round(100 * share)) for share in shares]


def scale(shares: Sequence[float]) -> Scale:
    """Round tens below the lowest share, and never so short that a point looks like an abyss."""
    lowest = min(shares, default=0.8)
    return Scale(min(max(floor(lowest * 10) / 10, 0.0), 0.8))


def bar(place: int, rate: float, low: float, high: float, by: Scale) -> Bar:
    """The drawing of one unit, from the top."""
    return Bar(TOP + STEP * place, by.x(rate), by.x(low), by.x(high))


def height(rows: int) -> int:
    """Of the whole drawing."""
    return TOP + STEP * rows + 30
