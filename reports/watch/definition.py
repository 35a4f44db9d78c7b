"""What a watch list is: one way of shirking, who shows its traces, and how it is judged (question).

A list gives evidence, never a verdict: a person looks at each case before anything follows.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports import chance
from reports.chance import Standing
from reports.heaps import Heap
from reports.months import Span
from tickets.models import Event
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening

Counts = dict[int | None, int]
Pairs = list[tuple[int, int | None]]


class Measured(StrEnum):
    """What a threshold counts in; the template has its word."""

    TIMES = "times"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    PERCENT = "percent"
    FOLD = "fold"


@dataclass(frozen=True)
class Threshold:
    """One number that decides what a list shows: what the desk ships and why; rows may differ."""

    name: str
    label: Promise
    default: Decimal
    measured: Measured
    reason: Promise
    least: Decimal = Decimal(1)


# Of every list: how many times the others' share a unit may have, and from how many cases on.
FOLD = Threshold(
    "fold", _("Share of the others a unit may reach"), Decimal(2), Measured.FOLD,
    _("Honest units differ by their area and mix; twice the others' share is still ordinary."),
)  # fmt: skip
LEAST = Threshold(
    "least", _("Cases before a unit is named"), Decimal(4), Measured.TIMES,
    _("One, two or three cases can happen to anybody; a small unit is not accused by chance."),
)  # fmt: skip


class Shown(StrEnum):
    """How a template writes one value of the evidence; words somebody wrote (WORDS) may hold names
    and numbers, and do not leave the desk in a file."""

    TEXT = "text"
    COUNT = "count"
    MOMENT = "moment"
    LENGTH = "length"
    PERCENT = "percent"
    NAMES = "names"
    NUMBERS = "numbers"
    WORDS = "words"


@dataclass(frozen=True)
class Column:
    """One column of evidence: its head and how its values are written."""

    head: Promise
    shown: Shown


@dataclass(frozen=True)
class Look:
    """What is looked at: the tickets the reader may see of the chosen unit, all they may see (to
    name another ticket by its number), the period, and the numbers and words in force."""

    reader_tickets: TicketQuerySet
    visible: TicketQuerySet
    span: Span
    measures: Mapping[str, Decimal] = field(default_factory=dict)
    words: Sequence[str] = ()
    memo: dict[str, "Pairs"] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.span.at

    @property
    def period(self) -> tuple[datetime, datetime]:
        """For `__range`-like filters: from, and just before."""
        return self.span.start, self.span.past_end

    def number(self, name: str) -> int:
        return int(self.measures[name])

    def minutes(self, name: str) -> timedelta:
        return timedelta(minutes=float(self.measures[name]))

    def hours(self, name: str) -> timedelta:
        return timedelta(hours=float(self.measures[name]))

    def days(self, name: str) -> timedelta:
        return timedelta(days=float(self.measures[name]))

    def within(self, column: str) -> dict[str, datetime]:
        """Filters by which the column lies in the period."""
        return {f"{column}__gte": self.span.start, f"{column}__lt": self.span.past_end}

    def received(self) -> TicketQuerySet:
        return self.reader_tickets.filter(**self.within("received_at"))

    def done(self) -> TicketQuerySet:
        """Reported done in the period, by people here: a loaded file tells no steps."""
        return self.reader_tickets.filter(**self.within("done_at"), source="")

    def happened(self, *codes: Happening) -> QuerySet[Event]:
        """Events of the codes in the period."""
        return Event.objects.filter(code__in=codes, **self.within("at"))

    def with_event(self, *codes: Happening) -> TicketQuerySet:
        """Tickets to which one of the codes happened in the period."""
        return self.reader_tickets.filter(pk__in=self.happened(*codes).values("ticket_id"))


Finder = Callable[[Look], TicketQuerySet]
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Pattern:
    """One list. `hits` are its tickets, `base` those that could have been: a unit's cases are its
    hits of its base. Both are laid to the unit that `laid_to` names, the hits by `count` where
    somebody else did it; `judge` compares otherwise than with the other units.

    `evidence` gives for a page of tickets the values of the columns by ticket; `cheats` are the rows
    of domain §6; `acts` the addresses of moves that help. A secret list is not for those whose work
    the callbacks rate. `is_present` lists look at what is open now, whatever the period.
    """

    code: str
    cheats: tuple[int, ...]
    name: Promise
    shows: Promise
    proves_not: Promise
    hits: Finder
    base: Finder
    columns: tuple[Column, ...]
    evidence: Callable[[Sequence[Any], Look], dict[int, Values]]
    thresholds: tuple[Threshold, ...] = ()
    acts: tuple[str, ...] = ("supervise",)
    laid_to: str = "lead_unit"
    count: Callable[[Look, TicketQuerySet], Counts] | None = None
    judge: Callable[[Look, "Pattern"], dict[int | None, Standing]] | None = None
    heaps: Callable[[Look], dict[int, Heap]] | None = None
    panel: Callable[[Look], Any] | None = None
    words: str = ""
    is_secret: bool = False
    is_present: bool = False

    @property
    def has_heaps(self) -> bool:
        return self.heaps is not None

    @property
    def has_panel(self) -> bool:
        return self.panel is not None

    @property
    def all_thresholds(self) -> tuple[Threshold, ...]:
        return (*self.thresholds, FOLD, LEAST)

    def found(self, look: Look) -> Pairs:
        """Its tickets, each with the unit it is laid to; asked of the database once a look."""
        if self.code not in look.memo:
            pairs = self.hits(look).order_by().values_list("pk", self.laid_to)
            look.memo[self.code] = list(pairs)
        return look.memo[self.code]

    def cases(self, look: Look) -> Counts:
        """How many of its tickets by the unit they are laid to."""
        if self.count is not None:
            return self.count(look, self.hits(look))
        return dict(Counter(unit for _pk, unit in self.found(look)))

    def chances(self, look: Look) -> Counts:
        """How many tickets of each unit could have been cases."""
        return grouped(self.base(look), self.laid_to)

    def standings(self, look: Look) -> dict[int | None, Standing]:
        """Each unit with anything to count, held against the others."""
        if self.judge is not None:
            return self.judge(look, self)
        return compared(look, self.cases(look), self.chances(look))


def grouped(rows: QuerySet[Any], column: str) -> Counts:
    """How many rows by the value of a column."""
    return dict(rows.order_by().values_list(column).annotate(n=Count("pk")))


def compared(look: Look, hits: Counts, base: Counts) -> dict[int | None, Standing]:
    """The units of the base by what chance leaves of their hits; a ticket that no unit leads yet is
    laid to none."""
    pairs = {
        unit: (hits.get(unit, 0), max(base.get(unit, 0), hits.get(unit, 0)))
        for unit in {*base, *hits} - {None}
    }
    return dict(
        chance.compare(pairs, times=float(look.measures["fold"]), least=look.number("least"))
    )
