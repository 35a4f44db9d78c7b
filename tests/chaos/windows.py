"""When something was away: the stretches in which an answer 5xx is no surprise, and lateness has a
cause that is not the engine. Times are this machine's, which are the database's too."""

import time
from dataclasses import dataclass, field


@dataclass
class Window:
    """One stretch; `end` is 0 while it lasts."""

    kind: str
    start: float
    end: float = 0.0

    def touches(self, start: float, end: float) -> bool:
        """Whether the stretch from `start` to `end` has an instant in common with it."""
        return start <= (self.end or float("inf")) and end >= self.start


@dataclass
class Windows:
    """All of one storm."""

    all: list[Window] = field(default_factory=list)

    def open(self, kind: str) -> Window:
        """A window that begins now."""
        window = Window(kind, time.time())
        self.all.append(window)
        return window

    def close(self, window: Window) -> None:
        """It ends now."""
        window.end = time.time()

    def touching(self, start: float, end: float, *, after: float = 0.0) -> list[Window]:
        """Those that touch the stretch, each taken `after` seconds longer."""
        return [one for one in self.all if one.touches(start - after, end)]

    def summary(self) -> dict[str, dict[str, float]]:
        """Of each kind how many, and the longest in seconds."""
        found: dict[str, dict[str, float]] = {}
        for one in self.all:
            kept = found.setdefault(one.kind, {"n": 0, "longest": 0.0})
            kept["n"] += 1
            kept["longest"] = round(max(kept["longest"], (one.end or time.time()) - one.start), 2)
        return found
