"""What a unit's figures are to reach in a month (question)."""

from dataclasses import dataclass
from datetime import date

from reports.models import Target


@dataclass(frozen=True)
class Goals:
    """The targets in force on one day, read once."""

    targets: tuple[Target, ...]

    @classmethod
    def on(cls, day: date) -> "Goals":
        """The targets of that day, in one query."""
        return cls(tuple(Target.objects.in_force(day)))

    def of(self, path: str) -> dict[str, float]:
        """Target share (0 to 1) by figure for the unit of that path; the nearest one above wins."""
        fitting = [t for t in self.targets if t.unit is None or path.startswith(t.unit.path)]
        nearest_last = sorted(fitting, key=lambda t: len(t.unit.path) if t.unit else 0)
        return {target.figure: float(target.percent) / 100 for target in nearest_last}
