"""Every figure of the desk, each defined once (question)."""

from reports.figures import satisfaction, timeliness, workload
from reports.figures.definition import Basis, Figure, Part

ALL: tuple[Figure, ...] = (*workload.FIGURES, *timeliness.FIGURES, *satisfaction.FIGURES)
BY_CODE: dict[str, Figure] = {figure.code: figure for figure in ALL}

# Raised whenever one of the definitions changes, so that an old report says what it meant.
VERSION = 1

__all__ = ["ALL", "BY_CODE", "VERSION", "Basis", "Figure", "Part"]
