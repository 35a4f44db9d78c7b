"""Choose one person out of several, and say why (sum)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """Someone work could go to, with what the choice looks at."""

    staff_id: int
    staff_number: str
    is_rostered: bool
    is_present: bool
    has_skill: bool
    load: int


@dataclass(frozen=True)
class Choice:
    """The chosen person and the reasons as codes with their facts."""

    staff_id: int
    reasons: tuple[dict[str, object], ...]


def choose(candidates: Sequence[Candidate]) -> Choice | None:
    """The present, then rostered, then skilled person with the fewest open tickets; None if nobody
    is present. Ties fall to the lower staff number, so equal inputs give equal answers."""
    present = [one for one in candidates if one.is_present]
    if not present:
        return None
    best = min(present, key=_rank)
    reasons: list[dict[str, object]] = [
        {"code": "on_roster" if best.is_rostered else "present"},
        {"code": "fewest_open", "load": best.load, "among": len(present)},
    ]
    if best.has_skill:
        reasons.insert(1, {"code": "has_skill"})
    return Choice(best.staff_id, tuple(reasons))


def _rank(one: Candidate) -> tuple[bool, bool, int, str]:
    return (not one.is_rostered, not one.has_skill, one.load, one.staff_number)
