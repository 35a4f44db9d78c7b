"""What one version of a ladder says, as a plain value that can be compared and written again
(question)."""

from dataclasses import dataclass
from decimal import Decimal

from tickets.models import Ladder

RUNG = (
    "after_amount", "after_unit", "role", "repeat_amount", "repeat_unit", "most_repeats",
)  # fmt: skip


@dataclass(frozen=True)
class RungWording:
    """Who hears of a missed limit, how long after; and how often again until they acknowledge."""

    after_amount: Decimal
    after_unit: str
    role: str
    repeat_amount: Decimal | None = None
    repeat_unit: str = "minutes"
    most_repeats: int = 0


@dataclass(frozen=True)
class Wording:
    """All that one version of a ladder says; the rungs in the order they come."""

    name_en: str
    name_zh: str
    rungs: tuple[RungWording, ...]


def says(ladder: Ladder) -> Wording:
    """What a version says, as its editor would write it."""
    rungs = sorted(ladder.rungs.all(), key=lambda rung: rung.order)
    said = tuple(RungWording(**{name: getattr(rung, name) for name in RUNG}) for rung in rungs)
    return Wording(ladder.name_en, ladder.name_zh, said)
