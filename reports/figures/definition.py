"""What a figure is: one definition that gives the number and the list behind it (question)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Model, Q
from django.utils.functional import Promise

from reports.months import Span


class Part(StrEnum):
    """Which of a figure's tickets: all it counts, those that make it, those that do not."""

    ALL = "all"
    HIT = "hit"
    MISS = "miss"


@dataclass(frozen=True)
class Basis:
    """Which rows belong to a month, and by which of their instants (统计时间口径).

    `of` is the model whose rows are found by `within`; rows of another model than Ticket have a
    `ticket`. With `by_ticket` several rows of one ticket count once.
    """

    code: str
    name: Promise
    of: type[Model]
    within: Callable[[Span], Q]
    by_ticket: bool = False


@dataclass(frozen=True)
class Figure:
    """A count, or with `hit` or `miss` a rate: those that are hit, of those counted.

    `hit` and `miss` divide what is counted in two; a figure names one of them. `is_secret` keeps
    the list from those whose work is being rated: they must not learn who will be called.
    """

    code: str
    name: Promise
    meaning: Promise
    basis: Basis
    counted: Q = field(default_factory=Q)
    hit: Q | None = None
    miss: Q | None = None
    version: int = 1
    is_secret: bool = False

    @property
    def is_rate(self) -> bool:
        return self.hit is not None or self.miss is not None

    def of_part(self, part: Part) -> Q:
        """The filter of one part, over rows that are within the basis."""
        if part == Part.ALL or not self.is_rate:
            return self.counted
        if self.hit is not None:
            return self.counted & (self.hit if part == Part.HIT else ~self.hit)
        missed = self.miss or Q()
        return self.counted & (missed if part == Part.MISS else ~missed)
