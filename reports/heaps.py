"""A heap just below a limit: more there than to both sides of it (sum).

What people do by themselves thins out evenly on the way past a limit, so of the cases in three
neighbouring stretches of equal width — one before, the last one before the limit, the one after —
a third lies in the middle one, or fewer where they thin out fast. A time that was bent to fit
leaves the stretch after the limit and turns up in the one before it. Honest people hurry as well:
the middle may hold `times` what its neighbours do before anything is said (domain §6 row 14).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports import chance

# How many stretches are counted before and after the limit.
BEFORE, AFTER = 5, 5


# A bar of the drawing, in its whole units.
STEP, HEIGHT, TOP = 60, 110, 26


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch: how far to the right, how high, how many; whether it is the one before the
    limit."""

    x: int
    height: int
    n: int
    is_last_before: bool

    @property
    def y(self) -> int:
        return TOP + HEIGHT - self.height

    @property
    def middle(self) -> int:
        return self.x + STEP // 2

    @property
    def label_y(self) -> int:
        return self.y - 5


@dataclass(frozen=True, slots=True)
class Heap:
    """How many lie in each stretch around the limit, and how likely the last before it is."""

    bins: tuple[int, ...]
    probability: float

    @property
    def below(self) -> int:
        """In the last stretch before the limit."""
        return self.bins[BEFORE - 1]

    @property
    def left(self) -> int:
        """In the one before that."""
        return self.bins[BEFORE - 2]

    @property
    def above(self) -> int:
        """In the first stretch after the limit."""
        return self.bins[BEFORE]

    @property
    def highest(self) -> int:
        return max(self.bins)

    @property
    def bars(self) -> list["Bar"]:
        """The drawing, from left to right; the limit lies between the two halves."""
        return [
            Bar(place * STEP, round(HEIGHT * n / max(self.highest, 1)), n, place == BEFORE - 1)
            for place, n in enumerate(self.bins)
        ]


def heap(bins: Mapping[int, int], *, times: float) -> Heap:
    """The heap of counts by stretch: -1 is the last before the limit, 0 the first after it; what
    lies farther away is left out."""
    counts = tuple(bins.get(place, 0) for place in range(-BEFORE, AFTER))
    around = sum(counts[BEFORE - 2 : BEFORE + 1])
    return Heap(counts, chance.at_least(counts[BEFORE - 1], around, times / (times + 2)))


def together(several: Iterable[Heap], *, times: float) -> Heap:
    """The heap of all of them."""
    bins: Counter[int] = Counter()
    for one in several:
        bins.update(dict(enumerate(one.bins, start=-BEFORE)))
    return heap(bins, times=times)
