"""Whole lives of many tickets as rows: what the verbs would have written, by COPY in seconds.

A `Life` takes steps as `tickets.transition` does: each is an event, a change of place ends one
holding and begins the next, the ticket's columns fold up. tests/reports/watch compares the two.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models.expressions import DatabaseDefault

from organisation.models import Staff, Unit
from servicedesk.lib import table_copy, text_folding
from surveys.models import Answer, Attempt, Invitation
from tickets.models import Clock, Event, Holding, Ticket
from tickets.states import OPEN, Happening, State

_MODELS = (Ticket, Event, Holding, Clock, Invitation, Attempt, Answer)


def _plain(model: Any) -> dict[str, Any]:
    """Every column with its default; without those that only the database knows."""
    fresh = model()
    columns = {f.column: getattr(fresh, f.attname) for f in model._meta.concrete_fields}
    return {name: v for name, v in columns.items() if not isinstance(v, DatabaseDefault)}


_PLAIN = {model: _plain(model) for model in _MODELS}


@dataclass
class Book:
    """Collects rows and writes them all; ids are its own, far from what tests make one by one."""

    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=lambda: {m: [] for m in _MODELS})
    serial: dict[Any, int] = field(default_factory=lambda: dict.fromkeys(_MODELS, 10_000_000))

    def add(self, model: Any, **values: Any) -> int:
        self.serial[model] += 1
        self.rows[model].append({"id": self.serial[model], **values})
        return self.serial[model]

    def write(self) -> None:
        for model in _MODELS:
            found = self.rows[model]
            names = sorted({*_PLAIN[model], *(name for row in found for name in row)})
            table_copy.insert(
                model, names, ([row.get(n, _PLAIN[model].get(n)) for n in names] for row in found)
            )
            self.rows[model] = []


class Life:
    """One ticket, step by step; `end` puts it into the book."""

    def __init__(self, book: Book, *, at: datetime, by: Staff, **columns: Any) -> None:
        self.book, self.received_at, self.by = book, at, by
        self.pk = book.add(Ticket)
        self.ticket = book.rows[Ticket][-1]
        self.ticket |= {
            "number": f"20260101-{self.pk}-0", "scope_path": by.unit.company_path,
            "intake_unit_id": by.unit_id, "tracker_id": by.pk, "received_at": at, "state": State.DRAFT,
            "utility": "power", "channel": "hotline", "language": "zh-hans", **columns,
        }  # fmt: skip
        self.place: tuple[Any, ...] | None = None
        self.step(Happening.RECEIVED, at, by, State.NEW, channel="hotline")

    def step(
        self, code: Happening, at: datetime, by: Staff | None, target: State | None = None,
        unit: Unit | None | bool = False, handler: Staff | None | bool = False, **facts: Any,
    ) -> None:
        """One event; `unit` and `handler` change the place when given, to nobody when None."""
        row = self.ticket
        from_state, row["state"] = row["state"], target or row["state"]
        if unit is not False:
            row["lead_unit_id"] = unit.pk if isinstance(unit, Unit) else None
        if handler is not False:
            row["lead_handler_id"] = handler.pk if isinstance(handler, Staff) else None
        row["latest_event_at"] = at
        row["version"] = row.get("version", 0) + 1
        self.book.add(
            Event, ticket_id=self.pk, code=code, at=at, recorded_at=at, facts=facts,
            by_id=by.pk if by else None, by_name=by.name_zh if by else "",
            unit_id=by.unit_id if by else row.get("lead_unit_id"), from_state=from_state,
            to_state=row["state"],
        )  # fmt: skip
        self._hand_on(at)

    def _hand_on(self, at: datetime) -> None:
        row = self.ticket
        place = (row["state"], row.get("lead_unit_id"), row.get("lead_handler_id"))
        if place == self.place:
            return
        if self.place is not None and self.place[0] in OPEN:
            self.holding["to_at"] = at
        self.place = place
        if row["state"] in OPEN:
            self.book.add(
                Holding, ticket_id=self.pk, state=place[0], unit_id=place[1], staff_id=place[2],
                from_at=at,
            )  # fmt: skip
            self.holding = self.book.rows[Holding][-1]

    def done(self, at: datetime, by: Staff, *, result: str = "已处理。") -> None:
        self.ticket |= {"done_at": at, "replied_at": at, "outcome": "done", "result": result}
        self.step(
            Happening.DONE, at, by, State.DONE_PENDING_REVIEW, result=result, told=True, why_not=""
        )

    def approve(self, at: datetime, by: Staff) -> None:
        self.ticket["reviewer_id"] = by.pk
        self.step(Happening.APPROVED, at, by, State.CALLBACK)

    def close(self, at: datetime, by: Staff | None, reason: str = "answered") -> None:
        """The tracker confirms that the customer was told, and the matter ends."""
        self.ticket |= {"told_confirmed_at": at, "closed_at": at}
        self.step(Happening.TOLD_CONFIRMED, at, self.by, means="phone", note="")
        self.step(Happening.CLOSED, at, by, State.CLOSED, reason=reason)

    def clock(self, name: str, due: datetime, **columns: Any) -> None:
        row = {"started_at": self.received_at, "due_at": due, "first_due_at": due, **columns}
        self.book.add(Clock, ticket_id=self.pk, name=name, measure="max", **row)

    def asking(self, at: datetime, ends: datetime, plan: int, **columns: Any) -> int:
        """Drawn for a callback."""
        row = self.ticket
        return self.book.add(
            Invitation, ticket_id=self.pk, round=1, unit_id=row.get("lead_unit_id"),
            kind=row["kind"], stratum="made", plan_id=plan, is_drawn=True, why="sample", seed="made",
            created_at=at, window_ends_at=ends, **columns,
        )  # fmt: skip


def vector(text: str) -> table_copy.Vector:
    """What the text is found by."""
    return table_copy.vector(text_folding.bigrams(text))
