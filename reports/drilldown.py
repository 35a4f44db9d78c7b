"""The tickets behind one number (question)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from organisation.models import Unit
from reports import figures, months, readers
from reports.figures import Figure, Part, counting
from reports.months import Month
from reports.readers import Reader
from servicedesk.lib.errors import NotVisible
from tickets.kinds import Kind
from tickets.models import Ticket

_PART_NAMES = {
    Part.ALL: _("All that count"),
    Part.HIT: _("Made it"),
    Part.MISS: _("Did not make it"),
}


@dataclass(frozen=True)
class Chosen:
    """Which number is opened: `unit` narrows to a unit with all below it, `row` to one alone."""

    figure: Figure
    part: Part
    month: Month
    unit: Unit | None
    row: Unit | None
    kind: Kind | None

    @classmethod
    def of(cls, reader: Reader, query: Mapping[str, str], month: Month) -> "Chosen":
        """As the address says; NotVisible for what does not exist or is not for the reader."""
        figure = figures.BY_CODE.get(query.get("figure", ""))
        part, kind = query.get("part", Part.ALL), query.get("kind", "")
        is_known = part in set(Part) and (not kind or kind in Kind.values)
        if figure is None or not is_known or reader.is_masked:
            raise NotVisible
        if figure.is_secret and not reader.sees_draw:
            raise NotVisible
        return cls(
            figure=figure, part=Part(part), month=month,
            unit=readers.unit(reader, query.get("unit", "")),
            row=readers.unit(reader, query.get("row", "")),
            kind=Kind(kind) if kind else None,
        )  # fmt: skip

    @property
    def parts(self) -> list[dict[str, object]]:
        """The three lists of a rate, for the tabs above the one that is open."""
        address = {"month": str(self.month), "figure": self.figure.code}
        places = {"unit": self.unit, "row": self.row}
        address |= {name: unit.code for name, unit in places.items() if unit}
        address |= {"kind": self.kind} if self.kind else {}
        return [
            {"query": urlencode(address | {"part": part}), "label": label,
             "is_chosen": part == self.part}
            for part, label in _PART_NAMES.items()
        ]  # fmt: skip


def rows(reader: Reader, chosen: Chosen, at: datetime) -> QuerySet[Model]:
    """Exactly the rows that the number counts."""
    tickets = readers.tickets(reader, chosen.unit)
    if chosen.row:
        tickets = tickets.filter(readers.of_unit(chosen.row))
    if chosen.kind:
        tickets = tickets.filter(kind=chosen.kind)
    span = months.span(chosen.month, settings.TIME_ZONE, at)
    return counting.rows(chosen.figure, chosen.part, tickets, span)


def for_list(found: QuerySet[Model]) -> QuerySet[Any]:
    """With all that a line of the list shows, in one query."""
    if found.model is Ticket:
        return found.select_related("category", "lead_unit", "intake_unit").defer("words", "text")
    with_ticket = found.select_related(
        "ticket__category", "ticket__lead_unit", "ticket__intake_unit", "answer"
    )
    return with_ticket.defer("ticket__words", "ticket__text")
