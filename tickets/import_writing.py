"""Write loaded tickets and what belongs to them, a thousand at a time (ledger of the import)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from organisation.models import Staff
from servicedesk.lib import table_copy
from tickets import indexing, informants, loaded_history, numbering
from tickets.kinds import Kind
from tickets.loaded_history import Happened, Place, Reading
from tickets.mappings import Mapping, Matter
from tickets.models import Clock, Event, Holding, Ticket
from tickets.states import Happening

_EVENT = ("ticket_id", "unit_id", "code", "at", "from_state", "to_state", "facts")
_HOLDING = ("ticket_id", "state", "unit_id", "staff_id", "from_at", "to_at")
_CLOCK = (
    "ticket_id", "name", "measure", "limit_id", "generation", "started_at", "due_at",
    "first_due_at", "stopped_at", "missed_at", "is_provisional",
)  # fmt: skip

# What people change by working on a ticket: once they have, a later file no longer decides it.
_LIFE = frozenset({
    "state", "outcome", "result", "done_at", "closed_at", "replied_at", "lead_unit_id",
    "scope_path", "next_due_at", "next_due_clock", "next_due_from", "latest_event_at",
})  # fmt: skip
# What follows from other columns is not told twice in the history.
_DERIVED = frozenset({
    "source_digest", "latest_event_at", "next_due_at", "next_due_clock", "next_due_from",
    "promised_at", "done_at",
})  # fmt: skip
_LOADED = "loaded_version"


Placed = tuple[Reading, Place]
# Ticket, unit, what the file tells, the loading.
History = tuple[int, int, list[Happened], Happened]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which file by which mapping, who loads it, and when."""

    mapping: Mapping
    file: str
    by: Staff | None
    at: datetime

    def happened(self, code: Happening, state: str, facts: dict[str, Any]) -> Happened:
        """The loading itself, as an event."""
        told = {"source": self.mapping.source, "file": self.file, **facts}
        return Happened(code, self.at, state, state, told)


def create(*, origin: Origin, readings: Sequence[Placed]) -> None:
    """New tickets with history, stay and clock."""
    ids = table_copy.next_ids(Ticket, len(readings))
    numbers = _numbers([reading.matter for reading, _place in readings])
    tickets, histories = [], []
    for pk, number, (reading, place) in zip(ids, numbers, readings, strict=True):
        values = _values(origin, reading, place)
        values |= {
            "id": pk, "number": number, "version": 1, "original_kind": values["kind"],
            "intake_unit_id": place.intake_unit_id, "tracker_id": place.tracker_id,
            "words": _words(values, number),
        }  # fmt: skip
        values["source_facts"][_LOADED] = 1
        tickets.append(list(values.values()))
        loaded = origin.happened(Happening.IMPORTED, reading.matter.state, {"line": reading.line})
        told = loaded_history.events(reading.matter, place)
        histories.append((pk, place.unit_id, told, loaded))
    # Every row tells the same columns in the same order.
    columns = tuple(values)
    untold = {name: value for name, value in _untold().items() if name not in columns}
    table_copy.insert(Ticket, columns, tickets, untold)
    _write_histories(origin, histories)
    _stays_and_clocks(origin, [(pk, *placed) for pk, placed in zip(ids, readings, strict=True)], {})


def amend(*, origin: Origin, readings: Sequence[Placed]) -> None:
    """Bring tickets that are already here to what the file now tells. Where people have worked on
    one meanwhile, its life here stands; the rest follows the file, and the history says so."""
    standing = _locked(origin, readings)
    written: list[list[Any]] = []
    histories: list[History] = []
    lives: list[tuple[int, Reading, Place]] = []
    columns = (*_told_columns(), "version", "reopen_count", "words")
    for reading, place in readings:
        ticket = standing[reading.matter.external_number]
        values, told, loaded = _amended(origin, ticket, reading, place)
        written.append([ticket.pk, *(values[name] for name in columns)])
        histories.append((ticket.pk, place.unit_id, told, loaded))
        if _is_ours(ticket):
            lives.append((ticket.pk, reading, place))
    table_copy.update(Ticket, columns, written)
    _write_histories(origin, histories)
    _live_again(origin, lives)


def _is_ours(ticket: Ticket) -> bool:
    """Whether nobody has worked on the ticket since it was loaded."""
    return bool(ticket.version == ticket.source_facts.get(_LOADED))


def _amended(
    origin: Origin, ticket: Ticket, reading: Reading, place: Place
) -> tuple[dict[str, Any], list[Happened], Happened]:
    """The new columns, what happened between the files, and the amendment itself."""
    is_ours = _is_ours(ticket)
    values = _values(origin, reading, place)
    if ticket.is_confidential:
        # Once a report always one, whatever a later file calls it.
        values = _kept_apart(values)
    values["promised_at"] = ticket.promised_at or values["promised_at"]
    if not is_ours:
        values |= {name: getattr(ticket, name) for name in _LIFE}
    facts = {"line": reading.line, "changed": _changed(ticket, values), "kept": not is_ours}
    was_closed = ticket.closed_at is not None
    told = loaded_history.turns(reading.matter, was_closed, origin.at) if is_ours else []
    is_reopened = any(one.code == Happening.REOPENED for one in told)
    values["version"] = ticket.version + 1
    values["reopen_count"] = ticket.reopen_count + is_reopened
    values["source_facts"][_LOADED] = (
        values["version"] if is_ours else ticket.source_facts.get(_LOADED)
    )
    values["words"] = _words(values, ticket.number)
    return values, told, origin.happened(Happening.AMENDED, values["state"], facts)


def _changed(ticket: Ticket, values: dict[str, Any]) -> list[str]:
    """Names of what the file now tells otherwise."""
    before = {**vars(ticket), "source_facts": dict(ticket.source_facts)}
    before["source_facts"].pop(_LOADED, None)
    return [
        name for name, value in values.items() if name not in _DERIVED and before[name] != value
    ]


def _locked(origin: Origin, readings: Sequence[Placed]) -> dict[str, Ticket]:
    numbers = [reading.matter.external_number for reading, _place in readings]
    found = Ticket.objects.filter(source=origin.mapping.source, external_number__in=numbers)
    locked = found.select_for_update(no_key=True, of=("self",)).order_by("pk").defer("words")
    return {ticket.external_number: ticket for ticket in locked}


def _live_again(origin: Origin, lives: Sequence[tuple[int, Reading, Place]]) -> None:
    """Stays and clocks anew from the file; what was promised first and missed once remains."""
    ids = [pk for pk, _reading, _place in lives]
    clocks = Clock.objects.filter(ticket__in=ids)
    before = {
        pk: (first_due_at, missed_at)
        for pk, first_due_at, missed_at in clocks.values_list(
            "ticket_id", "first_due_at", "missed_at"
        )
    }
    clocks.delete()
    Holding.objects.filter(ticket__in=ids).delete()
    _stays_and_clocks(origin, lives, before)


def _stays_and_clocks(
    origin: Origin,
    lives: Sequence[tuple[int, Reading, Place]],
    before: dict[int, tuple[datetime | None, datetime | None]],
) -> None:
    table_copy.insert(
        Holding, _HOLDING,
        [(pk, *loaded_history.holding(reading.matter, place)) for pk, reading, place in lives],
    )  # fmt: skip
    table_copy.insert(Clock, _CLOCK, _clocks(origin, lives, before))


def _clocks(
    origin: Origin,
    lives: Sequence[tuple[int, Reading, Place]],
    before: dict[int, tuple[datetime | None, datetime | None]],
) -> Iterator[tuple[Any, ...]]:
    """A clock for each matter whose due time the file tells; without one nothing was promised."""
    for pk, reading, _place in lives:
        if reading.matter.due_at is not None:
            first_due_at, missed_at = before.get(pk, (None, None))
            clock = loaded_history.clock(reading.matter, origin.at, first_due_at, missed_at)
            yield (pk, *clock)


def _values(origin: Origin, reading: Reading, place: Place) -> dict[str, Any]:
    mapping = origin.mapping
    values = loaded_history.ticket_values(reading.matter, place, mapping.source, mapping.language)
    return _kept_apart(values) if reading.matter.kind == Kind.REPORT else values


def _kept_apart(values: dict[str, Any]) -> dict[str, Any]:
    """As for a report taken here: lists and notices show none of its words (举报保密)."""
    subject = informants.subject(values["language"])
    return {**values, "is_confidential": True, "subject": subject}


def _write_histories(origin: Origin, histories: Sequence[History]) -> None:
    """What files tell, done by nobody here, then the loading, which somebody here did."""
    nobody = {"recorded_at": origin.at, "by_id": None, "by_name": ""}
    told = [
        _event(pk, unit_id, happened)
        for pk, unit_id, before, _loaded in histories
        for happened in before
    ]
    table_copy.insert(Event, _EVENT, told, nobody)
    by = origin.by
    loader = nobody | {"by_id": by.pk, "by_name": by.name_zh} if by else nobody
    table_copy.insert(
        Event, _EVENT,
        [
            _event(pk, by.unit_id if by else unit_id, loaded)
            for pk, unit_id, _before, loaded in histories
        ],
        loader,
    )  # fmt: skip


def _event(pk: int, unit_id: int, happened: Happened) -> tuple[Any, ...]:
    return (
        pk, unit_id, happened.code, happened.at, happened.from_state, happened.to_state,
        happened.facts,
    )  # fmt: skip


def _words(values: dict[str, Any], number: str) -> table_copy.Vector:
    told: tuple[str, ...] = (values["subject"], values["text"], values["result"])
    if not values["is_confidential"]:
        told += (values["address"], values["contact_name"])
    return table_copy.vector(indexing.terms(told, number, values["external_number"]))


def _numbers(matters: Sequence[Matter]) -> list[str]:
    """A number of its day of receipt for each matter, in order; days are asked for in one order
    by everybody, so that two loads cannot wait for each other."""
    zone = ZoneInfo(settings.TIME_ZONE)
    by_day = defaultdict(list)
    for position, matter in enumerate(matters):
        by_day[matter.received_at.astimezone(zone).date()].append(position)
    numbers = [""] * len(matters)
    for _day, positions in sorted(by_day.items()):
        taken = numbering.take(at=matters[positions[0]].received_at, how_many=len(positions))
        for position, number in zip(positions, taken, strict=True):
            numbers[position] = number
    return numbers


@cache
def _untold() -> dict[str, Any]:
    """What each column of a ticket holds where a file says nothing of it."""
    return {one.attname: one.get_default() for one in Ticket._meta.concrete_fields}


@cache
def _told_columns() -> tuple[str, ...]:
    """The columns a file decides."""
    return (
        "source_digest", "source_due_at", "source_facts", "kind", "utility", "channel",
        "category_id", "subject", "text", "address", "contact_name", "promised_at", "is_confidential",
        *sorted(_LIFE),
    )  # fmt: skip
