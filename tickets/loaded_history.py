"""What a ticket loaded from a file looks like in the tables: pure values, no database (sum)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.mappings import Matter
from tickets.states import Happening, State

# The one clock a file tells of: the answer that was due when the file says.
CLOCK, MEASURE = "reply", "max"


@dataclass(frozen=True, slots=True)
class Reading:
    """One readable row: where it stands, what it tells, and the digest of that. A row that a later
    one of the same file overrides makes a ticket, but changes none."""

    line: int
    matter: Matter
    digest: str
    is_overridden: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of the tables point to."""

    unit_id: int
    unit_code: str
    company_path: str
    category_id: int
    intake_unit_id: int
    tracker_id: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One event, before it has a ticket's id."""

    code: Happening
    at: datetime
    from_state: str
    to_state: str
    facts: dict[str, Any]


def digest(matter: Matter) -> str:
    """The same for the same told facts, whatever file or day they come from."""
    return hashlib.sha256(repr(matter).encode()).hexdigest()


def ticket_values(matter: Matter, place: Place, source: str, language: str) -> dict[str, Any]:
    """Every column of the ticket that the file decides, by attribute name."""
    is_closed = matter.state == State.CLOSED
    is_due = matter.due_at is not None and not is_closed
    return {
        "source": source, "external_number": matter.external_number, "language": language,
        "source_digest": digest(matter), "source_due_at": matter.due_at,
        "source_facts": dict(matter.facts),
        "kind": matter.kind, "utility": matter.utility, "channel": matter.channel,
        "category_id": place.category_id, "subject": matter.subject, "text": matter.text,
        "address": matter.address, "contact_name": matter.contact_name,
        "is_confidential": False,
        "state": matter.state, "outcome": matter.outcome, "result": matter.result,
        "scope_path": place.company_path, "lead_unit_id": place.unit_id,
        "received_at": matter.received_at, "promised_at": matter.due_at,
        "done_at": matter.closed_at, "closed_at": matter.closed_at,
        "replied_at": matter.replied_at,
        "next_due_at": matter.due_at if is_due else None,
        "next_due_clock": CLOCK if is_due else "",
        "next_due_from": matter.received_at if is_due else None,
        "latest_event_at": latest_at(matter),
    }  # fmt: skip


def latest_at(matter: Matter) -> datetime:
    """The last instant the file tells of; loading is not part of the ticket's life."""
    return max(matter.received_at, matter.closed_at or matter.received_at)


def events(matter: Matter, place: Place) -> list[Happened]:
    """The history as far as the file tells it."""
    passed_on = State.IN_PROGRESS if matter.state == State.CLOSED else State(matter.state)
    told = [
        Happened(
            Happening.RECEIVED, matter.received_at, State.DRAFT, State.NEW,
            {"channel": matter.channel},
        ),
        Happened(
            Happening.DISPATCHED, matter.received_at, State.NEW, passed_on,
            {"unit": place.unit_code, "handler_id": None},
        ),
    ]  # fmt: skip
    return [*told, *ending(matter)]


def ending(matter: Matter) -> list[Happened]:
    """Reported done and closed in the instant the file gives; nothing for an open matter."""
    if matter.closed_at is None:
        return []
    done, closed = State.DONE_PENDING_REVIEW, State.CLOSED
    facts = {"result": matter.result, "told": matter.replied_at is not None, "why_not": ""}
    return [
        Happened(Happening.DONE, matter.closed_at, State.IN_PROGRESS, done, facts),
        Happened(Happening.CLOSED, matter.closed_at, done, closed, {"reason": "file"}),
    ]


def holding(matter: Matter, place: Place) -> tuple[Any, ...]:
    """State, unit, person, from, to: one stay from receipt to the end, so that the stays add up
    to the ticket's life. A file does not tell of stages in between."""
    stage = State.IN_PROGRESS if matter.closed_at else State(matter.state)
    return (stage, place.unit_id, None, matter.received_at, matter.closed_at)


def clock(
    matter: Matter, now: datetime, first_due_at: datetime | None, missed_at: datetime | None
) -> tuple[Any, ...]:
    """Name, measure, limit, generation, started, due, first due, stopped, missed, provisional.

    A due time that lies behind us is judged here and recorded as past; it never fires. What an
    earlier load promised first, or found missed, remains.
    """
    due_at = matter.due_at
    is_missed = due_at is not None and (matter.closed_at or now) > due_at
    return (
        CLOCK, MEASURE, None, 1, matter.received_at, due_at, first_due_at or due_at,
        matter.closed_at, missed_at or (due_at if is_missed else None), False,
    )  # fmt: skip


def turns(matter: Matter, was_closed: bool, at: datetime) -> list[Happened]:
    """What happened between two files: closed, or open again."""
    if matter.closed_at is not None and not was_closed:
        return ending(matter)
    if matter.closed_at is None and was_closed:
        return [Happened(Happening.REOPENED, at, State.CLOSED, matter.state, {"reason": "file"})]
    return []
