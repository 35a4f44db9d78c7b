"""What one reader sees of the watch lists: which lists, over which part and time, how many, and
how the units compare (question)."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from reports import months, readers, watch
from reports.chance import Standing
from reports.heaps import Heap
from reports.months import Month, Span
from reports.readers import Reader
from reports.watch import rules_in_force
from reports.watch.definition import Look, Pattern
from reports.watch.rules_in_force import Rules
from servicedesk.lib import paging
from servicedesk.lib.errors import NotAllowed, NotVisible
from tickets.models import Ticket
from tickets.states import MOVES, Move

PERIODS = {"7": _("Last 7 days"), "30": _("Last 30 days"), "90": _("Last 90 days")}
_USUAL = "30"


@dataclass(frozen=True)
class Chosen:
    """What the address says: the last so many days or a month, and a unit with all below it."""

    reader: Reader
    period: str
    month: Month | None
    unit: Unit | None
    span: Span

    @classmethod
    def of(cls, reader: Reader, query: Mapping[str, str], now: datetime) -> "Chosen":
        """As the address says, the usual for what cannot be read; NotAllowed for whoever sees
        figures without tickets, NotVisible for a foreign as for an absent unit."""
        if reader.is_masked:
            raise NotAllowed
        typed = query.get("period", _USUAL)
        month = months.read(typed)
        period = str(month) if month else typed if typed in PERIODS else _USUAL
        span = (
            months.span(month, settings.TIME_ZONE, now)
            if month
            else Span(now - timedelta(days=int(period)), now, now)
        )
        return cls(reader, period, month, readers.unit(reader, query.get("unit", "")), span)

    @property
    def query(self) -> str:
        """The address of the same choice, for links."""
        return urlencode({"period": self.period} | ({"unit": self.unit.code} if self.unit else {}))

    def query_of_unit(self, unit: Unit) -> str:
        return urlencode({"period": self.period, "unit": unit.code})


@dataclass(frozen=True)
class Line:
    """One list on the overview: how many tickets it holds and how many units stand out."""

    pattern: Pattern
    count: int
    standing_out: int


@dataclass(frozen=True)
class UnitLine:
    """One unit beside a list."""

    unit: Unit
    standing: Standing
    query: str
    heap: Heap | None = None


def patterns(reader: Reader) -> list[Pattern]:
    """The lists the reader may open: those about callbacks are not for whose work they rate."""
    return [one for one in watch.ALL if reader.sees_draw or not one.is_secret]


def pattern(reader: Reader, code: str) -> Pattern:
    """The list of that code; NotVisible for a secret as for an absent one."""
    found = next((one for one in patterns(reader) if one.code == code), None)
    if found is None:
        raise NotVisible
    return found


def look(one: Pattern, chosen: Chosen, rules: Rules) -> Look:
    """The list's view of the chosen part. Confidential reports are on no list: who has one, and
    how it goes, is for those named for it alone."""
    return Look(
        reader_tickets=readers.tickets(chosen.reader, chosen.unit).that_name_no_informant(),
        visible=Ticket.objects.visible_to(chosen.reader.user).that_name_no_informant(),
        span=chosen.span, measures=rules.measures(one), words=rules.words_of(one),
    )  # fmt: skip


def line(one: Pattern, chosen: Chosen) -> Line:
    """One list with its number of tickets and of units that stand out."""
    at = look(one, chosen, rules_in_force.read())
    standings = one.standings(at)
    return Line(one, len(one.found(at)), sum(each.stands_out for each in standings.values()))


def units(
    one: Pattern, at: Look, chosen: Chosen, heaps_of: Mapping[int, Heap]
) -> list[UnitLine]:
    """The units beside the list, those that stand out first, then by share."""
    standings = one.standings(at)
    found = Unit.objects.in_bulk([pk for pk in standings if pk is not None])
    lines = [
        UnitLine(found[pk], standing, chosen.query_of_unit(found[pk]), heaps_of.get(pk))
        for pk, standing in standings.items()
        if pk is not None and pk in found
    ]
    return sorted(lines, key=_how_far)


def heaps_of(one: Pattern, at: Look) -> dict[int, Heap]:
    """The heaps by unit of a list that has them."""
    return one.heaps(at) if one.heaps else {}


def _how_far(line: UnitLine) -> tuple[bool, float, str]:
    return not line.standing.stands_out, -(line.standing.share or 0), line.unit.code


def page(one: Pattern, at: Look, before: str | None, size: int) -> paging.Page:
    """So many tickets of the list, newest first, with all that a line shows."""
    ids = [pk for pk, _unit in one.found(at)]
    found = at.reader_tickets.filter(pk__in=_next(ids, before, size + 1)).select_related(
        "category", "lead_unit", "intake_unit", "lead_handler", "tracker"
    )
    return paging.newest_first(found.defer("words"), None, size)


def _next(ids: list[int], before: str | None, size: int) -> list[int]:
    """The highest ids below the key; a key that is no number starts at the top."""
    is_key = before is not None and before.isascii() and before.isdigit() and len(before) < 19
    below = [pk for pk in ids if pk < int(before)] if is_key and before else ids
    return heapq.nlargest(size, below)


@dataclass(frozen=True)
class Act:
    """A move that helps, as a link."""

    name: str
    label: str


@dataclass(frozen=True)
class Row:
    """A ticket of the list: the values of its columns, each with how it is written and the head of
    its column, and what the reader can do about it now."""

    ticket: Ticket
    values: list[tuple[str, Any, str]]
    acts: list[Act]


def told(one: Pattern, found: Sequence[Ticket], at: Look, user: Staff) -> list[Row]:
    """The rows of a page with their evidence."""
    values = one.evidence(found, at) if found else {}
    return [Row(ticket, _written(one, values[ticket.pk]), _acts(one, ticket, user)) for ticket in found]


def _written(one: Pattern, values: Sequence[Any]) -> list[tuple[str, Any, str]]:
    return [
        (column.shown.value, value, str(column.head))
        for column, value in zip(one.columns, values, strict=True)
    ]


# The page of each move that a list may lead to.
_MOVES = {
    "adjudicate": Move.ADJUDICATE, "dispatch": Move.DISPATCH, "merge": Move.MERGE,
    "priority": Move.SET_PRIORITY, "reassign": Move.REASSIGN, "reclassify": Move.RECLASSIFY,
    "reopen": Move.REOPEN, "resume": Move.RESUME, "review": Move.APPROVE,
    "supervise": Move.SUPERVISE, "unmerge": Move.UNMERGE, "urge": Move.URGE,
}  # fmt: skip


def _acts(one: Pattern, ticket: Ticket, user: Staff) -> list[Act]:
    """Moves of the list that the person's role includes and the ticket's state allows; the page of
    the move judges again."""
    return [
        Act(f"tickets:{name}", str(move.label))
        for name in one.acts
        for move in (_MOVES[name],)
        if MOVES[move].permissions & user.permissions and ticket.state in MOVES[move].sources
    ]
