"""Every figure of the desk, each defined once (question)."""

from reports.figures import arranged, satisfaction, timeliness, workload
from reports.figures.definition import Basis, Figure, Part

ALL: tuple[Figure, ...] = (
    *workload.FIGURES, *workload.REGROUPED, *timeliness.FIGURES, *satisfaction.FIGURES,
    *arranged.FIGURES,
)  # fmt: skip
BY_CODE: dict[str, Figure] = {figure.code: figure for figure in ALL}

# Raised whenever one of the definitions changes, so that an old report says what it meant.
VERSION = 2

__all__ = ["ALL", "BY_CODE", "VERSION", "Basis", "Figure", "Part"]
