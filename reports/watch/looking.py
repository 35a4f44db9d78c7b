"""What one reader sees of the watch lists: which lists, over which part and time, how many, and
how the units compare (question)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from organisation.models import Unit
from reports import months, readers, watch
from reports.chance import Standing
from reports.months import Month, Span
from reports.readers import Reader
from reports.watch import rules_in_force
from reports.watch.definition import Look, Pattern
from reports.watch.rules_in_force import Rules
from servicedesk.lib.errors import NotAllowed, NotVisible
from tickets.models import Ticket

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
    """The list's view of the chosen part."""
    return Look(
        reader_tickets=readers.tickets(chosen.reader, chosen.unit),
        visible=Ticket.objects.visible_to(chosen.reader.user),
        span=chosen.span, measures=rules.measures(one), words=rules.words_of(one),
    )  # fmt: skip


def overview(chosen: Chosen) -> list[Line]:
    """Every list with its number of tickets and of units that stand out."""
    rules = rules_in_force.read()
    return [_line(one, look(one, chosen, rules)) for one in patterns(chosen.reader)]


def _line(one: Pattern, at: Look) -> Line:
    standings = one.standings(at)
    return Line(one, one.hits(at).count(), sum(each.stands_out for each in standings.values()))


def units(one: Pattern, at: Look, chosen: Chosen) -> list[UnitLine]:
    """The units beside the list, those that stand out first, then by share."""
    standings = one.standings(at)
    found = Unit.objects.in_bulk([pk for pk in standings if pk is not None])
    lines = [
        UnitLine(found[pk], standing, chosen.query_of_unit(found[pk]))
        for pk, standing in standings.items()
        if pk in found
    ]
    return sorted(lines, key=_how_far)


def _how_far(line: UnitLine) -> tuple[bool, float, str]:
    return not line.standing.stands_out, -(line.standing.share or 0), line.unit.code


def rows(one: Pattern, at: Look) -> QuerySet[Ticket]:
    """The tickets of the list with all that a line shows."""
    found = one.hits(at).select_related(
        "category", "lead_unit", "intake_unit", "lead_handler", "tracker"
    )
    return found.defer("words")


def evidence(one: Pattern, found: Sequence[Ticket], at: Look) -> dict[int, list[tuple[str, object]]]:
    """For each ticket its values, each with how it is written."""
    told = one.evidence(found, at) if found else {}
    return {
        pk: list(zip(_shown(one), values, strict=True)) for pk, values in told.items()
    }


def _shown(one: Pattern) -> Iterable[str]:
    return [str(column.shown.value) for column in one.columns]
