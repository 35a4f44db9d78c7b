"""The chart of the units' satisfaction: point, line, target, and a list behind each (question)."""

from dataclasses import dataclass

from reports import chart
from reports.monthly import Cell, Report

# A drawing of more is not read; the table below it holds them all.
MOST = 40
_LONGEST = 30


@dataclass(frozen=True)
class Line:
    """One unit of the chart."""

    name: str
    short: str
    cell: Cell
    bar: chart.Bar

    @property
    def text_y(self) -> int:
        return self.bar.y + 4


@dataclass(frozen=True)
class Chart:
    """What the template draws."""

    lines: list[Line]
    ticks: list[chart.Tick]
    target: int | None
    height: int
    left_out: int

    @property
    def axis_y(self) -> int:
        return self.height - 26

    @property
    def label_y(self) -> int:
        return self.height - 8


def of(report: Report) -> Chart | None:
    """The chart of the report, None where no unit has an answer to show."""
    ranked = report.ranking
    rows = ranked[:MOST]
    if not rows:
        return None
    goal = report.total.satisfied.target
    intervals = [row.satisfied.interval for row in rows]
    scale = chart.scale([i.lower for i in intervals if i] + ([goal] if goal is not None else []))
    lines = [
        Line(str(row.name), _short(str(row.name)), row.satisfied,
             chart.bar(place, found.value, found.lower, found.upper, scale))
        for place, (row, found) in enumerate(zip(rows, intervals, strict=True)) if found
    ]  # fmt: skip
    return Chart(
        lines=lines, ticks=scale.ticks, target=scale.x(goal) if goal is not None else None,
        height=chart.height(len(lines)), left_out=len(ranked) - len(rows),
    )  # fmt: skip


def _short(name: str) -> str:
    """As much of a name as fits: a Chinese sign is as wide as two others."""
    width, kept = 0, ""
    for sign in name:
        width += 1 if sign.isascii() else 2
        if width > _LONGEST:
            return kept + "…"
        kept += sign
    return kept
