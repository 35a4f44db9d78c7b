"""What goes wrong when, drawn from a seed: a plan that can be read before anything is killed.

Besides the steady killing of single processes (`gap`), each kind of trouble comes about every so
many seconds; a short storm gets at least one of each.
"""

from dataclasses import dataclass
from random import Random

#: How long the killer rests between two kills of single processes, in seconds (F1).
GAP = (0.05, 0.30)
# Nothing begins so shortly before the end that it could not be seen through.
_LAST_SECONDS = 2.0


@dataclass(frozen=True)
class Trouble:
    """One kind: how often, in which ways by turns, and how long it lasts."""

    kind: str
    every: float
    ways: tuple[str, ...]
    lasts: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Episode:
    """One trouble at its time; seconds since the storm's beginning."""

    at: float
    kind: str
    way: str
    seconds: float


TROUBLES: tuple[Trouble, ...] = (
    # F4, F5
    Trouble("postgres", 20, ("tree", "tree", "parent", "tree", "tree", "immediate")),
    Trouble("terminate", 55, ("storm",), (1.5, 3)),
    # F6; FLUSHALL leaves a working broker that has forgotten everything
    Trouble("redis", 16, ("kill", "flush", "kill", "flush", "absent"), (3, 8)),
    # F8
    Trouble("frozen", 75, ("sweeper", "sweeper", "relay"), (7, 10)),
    # F9
    Trouble("bad-postgres", 80, ("reset-after", "blackhole", "reset-before", "cut", "slow"), (2, 4)),
    Trouble("bad-redis", 90, ("blackhole", "slow", "cut"), (3, 6)),
    Trouble("bad-mail", 85, ("cut", "blackhole", "slow"), (2, 4)),
    # F11
    Trouble("five-sweepers", 110, ("spawn",), (5, 10)),
    Trouble("rolling-restart", 100, ("all",)),
)  # fmt: skip


def plan(seconds: float, random: Random) -> list[Episode]:
    """The episodes of a storm of so many seconds, in the order of their beginning."""
    last = max(seconds - _LAST_SECONDS, seconds / 2)
    episodes = [one for trouble in TROUBLES for one in _of(trouble, last, random)]
    return sorted(episodes, key=lambda one: one.at)


def _of(trouble: Trouble, last: float, random: Random) -> list[Episode]:
    count = max(1, int(last / trouble.every + 0.5))
    apart = last / count
    first = random.randrange(len(trouble.ways))
    return [
        Episode(
            round(apart * (place + random.uniform(0.15, 0.85)), 2), trouble.kind,
            trouble.ways[(first + place) % len(trouble.ways)],
            round(random.uniform(*trouble.lasts), 2),
        )
        for place in range(count)
    ]  # fmt: skip
