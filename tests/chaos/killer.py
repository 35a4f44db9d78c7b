"""Kills single processes of the desk, one after the other, chosen by the seed (F1, F2)."""

import os
import signal
import time
from collections import Counter
from contextlib import suppress
from random import Random

from tests.chaos import brood
from tests.chaos.brood import Brood

# How often which of them is chosen. What costs much to start again is chosen seldom; the sweepers,
# whose work this is about, most often.
_WEIGHTS = {
    "sweeper": 46, "relay": 26, "web worker": 9, "pool worker": 14, "celery": 2, "web": 1,
    "sink": 2,
}  # fmt: skip

# A sweeper is spared until another has lived so long: one is always at work.
_AT_WORK_SECONDS = 0.25
_NAMES = {"sweeper": "deadlines", "relay": "relay", "celery": "worker", "web": "web", "sink": ""}


class Killer:
    """Knows both nurseries; counts what it has killed by kind."""

    def __init__(self, web: Brood, loops: Brood, random: Random) -> None:
        self.web, self.loops, self.random = web, loops, random
        self.killed: Counter[str] = Counter()
        #: Names that an episode has laid its hand on.
        self.spared: set[str] = set()

    def kill_one(self) -> None:
        """One more, if there is one of the kind that was drawn."""
        kind = self.random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        is_child = kind in {"web worker", "pool worker"}
        self.killed[kind] += self._kill_child(kind) if is_child else self._kill_named(kind)

    def _kill_child(self, kind: str) -> bool:
        house, prefix = (self.web, "web") if kind == "web worker" else (self.loops, "worker")
        parents = [pid for name, pid in sorted(house.living.items()) if name.startswith(prefix)]
        pids = [pid for parent in parents for pid in brood.children(parent)]
        if not pids:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.random.choice(pids), signal.SIGKILL)
        return True

    def _kill_named(self, kind: str) -> bool:
        house = self.web if kind == "web" else self.loops
        names = [
            name for name in sorted(house.living)
            if name not in self.spared and _is_of_kind(name, kind)
        ]  # fmt: skip
        if kind == "sweeper":
            names = [name for name in names if self._is_another_at_work(name)]
        return bool(names) and house.kill(self.random.choice(names))

    def _is_another_at_work(self, name: str) -> bool:
        now = time.monotonic()
        return any(
            now - self.loops.born_at[other] > _AT_WORK_SECONDS
            for other in self.loops.living
            if other != name and other not in self.spared and other.startswith("deadlines")
        )


def _is_of_kind(name: str, kind: str) -> bool:
    if kind == "sink":
        return name.endswith("-sink")
    return name.startswith(_NAMES[kind])
