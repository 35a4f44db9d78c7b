"""The month's times of one reader: stays by stage and unit, means against what was promised on
average, and the rows behind each (question)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise as Words

from organisation.models import Unit
from reports import months, readers
from reports.figures import averages, dwell
from reports.figures.averages import Mean, Promise
from reports.figures.dwell import Dwell
from reports.months import Month, Span
from reports.readers import Reader
from servicedesk.lib.errors import NotVisible
from tickets.kinds import ClockName
from tickets.models import Clock, Holding, Policy
from tickets.models.policy import LimitUnit
from tickets.states import State

# Under this many a line is grey: chance alone moves it (domain §5d).
LEAST = 30

_STAGES = list(State)


@dataclass(frozen=True)
class StageRow:
    """One stage with one unit, or altogether; `query` leads to its stays."""

    stage: Words | str
    unit: Unit | None
    found: Dwell
    query: str

    @property
    def is_whole(self) -> bool:
        return self.found.unit_id is None

    @property
    def is_thin(self) -> bool:
        return self.found.n < LEAST


@dataclass(frozen=True)
class PromiseRow:
    """One promise with one unit, or altogether; the queries lead to what was measured, and to what
    still runs above the value."""

    policy: str
    clock: Words | str
    limit_unit: Words | str
    unit: Unit | None
    found: Mean
    query: str
    query_above: str

    @property
    def is_whole(self) -> bool:
        return self.found.unit_id is None

    @property
    def is_thin(self) -> bool:
        return self.found.n < LEAST

    @property
    def seconds(self) -> Mapping[str, float | None] | None:
        """The values in seconds, where the promise runs round the clock."""
        whole = self.found.promise.in_seconds
        if whole is None:
            return None
        one = whole / float(self.found.promise.amount)
        values = {"mean": self.found.mean, "median": self.found.median, "p90": self.found.p90}
        times = {name: None if value is None else value * one for name, value in values.items()}
        return times | {"promise": whole}


@dataclass(frozen=True)
class Times:
    """What the page shows."""

    month: Month
    unit: Unit | None
    stages: list[StageRow]
    promises: list[PromiseRow]
    is_masked: bool


def build(*, reader: Reader, month: Month, unit: Unit | None, at: datetime) -> Times:
    """The reader's month as it stands at `at`; readers without tickets of their own get none of
    it."""
    if reader.is_masked:
        return Times(month, unit, [], [], is_masked=True)
    span, tickets = months.span(month, settings.TIME_ZONE, at), readers.tickets(reader, unit)
    stays, means = dwell.table(tickets, span), averages.table(tickets, span)
    places = {one.unit_id for one in stays} | {one.unit_id for one in means}
    units = Unit.objects.in_bulk([place for place in places if place])
    address = {"month": str(month)} | ({"unit": unit.code} if unit else {})
    return Times(
        month, unit, _stages(stays, units, address), _promises(means, units, address),
        is_masked=False,
    )  # fmt: skip


def _stages(
    found: list[Dwell], units: Mapping[int, Unit], address: dict[str, str]
) -> list[StageRow]:
    """In the order of a ticket's way, each stage with its units from the longest median on."""
    order = {state.value: place for place, state in enumerate(_STAGES)}
    rows = sorted(
        found, key=lambda one: (order[one.state], one.unit_id is not None, -one.median)
    )  # fmt: skip
    return [
        StageRow(
            State(one.state).label, units.get(one.unit_id or 0), one,
            urlencode(address | {"what": "stay", "state": one.state} | _of(one.unit_id, units)),
        )
        for one in rows
    ]  # fmt: skip


def _promises(
    found: list[Mean], units: Mapping[int, Unit], address: dict[str, str]
) -> list[PromiseRow]:
    named = Policy.objects.filter(code__in={one.promise.policy for one in found})
    names = {one.code: one.name for one in named.order_by("version")}
    rows = []
    for one in found:
        promise = one.promise
        place = address | _of(one.unit_id, units) | {
            "policy": promise.policy, "clock": promise.clock, "amount": str(promise.amount),
            "in": promise.unit,
        }  # fmt: skip
        rows.append(
            PromiseRow(
                names[promise.policy], ClockName(promise.clock).label,
                LimitUnit(promise.unit).label, units.get(one.unit_id or 0), one,
                urlencode(place | {"what": "average"}) if one.n else "",
                urlencode(place | {"what": "above"}) if one.above else "",
            )
        )  # fmt: skip
    return rows


def _of(unit_id: int | None, units: Mapping[int, Unit]) -> dict[str, str]:
    """The place in an address: a unit by its code, `-` for nobody; nothing for all together."""
    if unit_id is None:
        return {}
    return {"of": units[unit_id].code if unit_id else "-"}


@dataclass(frozen=True)
class Chosen:
    """The line that is opened."""

    what: str
    month: Month
    unit: Unit | None
    of: Unit | None
    is_nobody: bool
    state: State | None
    promise: Promise | None

    @property
    def unit_id(self) -> int | None:
        if self.is_nobody:
            return 0
        return self.of.pk if self.of else None

    @property
    def clock(self) -> Words | str:
        return ClockName(self.promise.clock).label if self.promise else ""


def chosen(reader: Reader, query: Mapping[str, str], month: Month) -> Chosen:
    """As the address says; NotVisible for what does not exist or is not for the reader."""
    what, place = query.get("what", ""), query.get("of", "")
    if reader.is_masked or what not in ("stay", "average", "above"):
        raise NotVisible
    is_stay = what == "stay"
    return Chosen(
        what=what, month=month, unit=readers.unit(reader, query.get("unit", "")),
        of=None if place in ("", "-") else _any_unit(place), is_nobody=place == "-",
        state=_state(query) if is_stay else None, promise=None if is_stay else _promise(query),
    )  # fmt: skip


def _any_unit(code: str) -> Unit:
    """A unit by its code: it names a line of a table, whose rows are the reader's own tickets."""
    found = Unit.objects.filter(code=code[:30]).first()
    if found is None:
        raise NotVisible
    return found


def _state(query: Mapping[str, str]) -> State:
    if query.get("state") not in State.values:
        raise NotVisible
    return State(query["state"])


def _promise(query: Mapping[str, str]) -> Promise:
    clock, unit = query.get("clock", ""), query.get("in", "")
    try:
        amount = Decimal(query.get("amount", "")[:12])
    except InvalidOperation:
        raise NotVisible from None
    if clock not in ClockName.values or unit not in LimitUnit.values or not amount.is_finite():
        raise NotVisible
    return Promise(query.get("policy", "")[:60], clock, amount, unit)


def rows(reader: Reader, one: Chosen, at: datetime) -> QuerySet[Holding] | QuerySet[Clock]:
    """Exactly the stays or clocks that the line counts."""
    span, tickets = (
        months.span(one.month, settings.TIME_ZONE, at),
        readers.tickets(reader, one.unit),
    )
    if one.state is not None:
        return dwell.of_place(dwell.ended(tickets, span), one.state, one.unit_id)
    return _clocks(one, tickets, span)


def _clocks(one: Chosen, tickets: readers.TicketQuerySet, span: Span) -> QuerySet[Clock]:
    assert one.promise is not None
    found = averages.measured if one.what == "average" else averages.above
    return averages.of_promise(found(tickets, span), one.promise, one.unit_id)


def for_list(found: QuerySet[Holding] | QuerySet[Clock]) -> QuerySet[Holding] | QuerySet[Clock]:
    """With all that a line of the list shows, in one query."""
    names = ("ticket__category", "ticket__lead_unit", "ticket__intake_unit")
    mine = ("unit", "staff") if found.model is Holding else ("limit",)
    return found.select_related(*names, *mine).defer("ticket__words", "ticket__text")
