"""A seeded month of tickets with limits, askings and answers, written as rows: many and quick."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from organisation.models import Unit
from surveys.models import Answer, Attempt, Instrument, Invitation, SamplingPlan
from tests.cast import Cast
from tests.factories.tickets import CATEGORIES
from tickets.kinds import Kind
from tickets.models import Clock, Ticket
from tickets.states import State

HOUR = timedelta(hours=1)
_RATINGS = ("satisfied",) * 4 + ("fairly", "dissatisfied", "no_opinion")
KINDS = (Kind.FAULT, Kind.COMPLAINT, Kind.ENQUIRY)


@dataclass
class Maker:
    """Writes one ticket, clock, asking or answer at a time; every field may be given."""

    cast: Cast
    serial: int = 0

    def __post_init__(self) -> None:
        at = self.cast.at
        self.plan = SamplingPlan.objects.create(version=900, created_at=at)
        self.instrument = Instrument.objects.create(
            code="made", version=1, mode="phone", questions=[], name_en="Made", name_zh="自造",
            created_at=at,
        )  # fmt: skip
        self.categories = {kind: self.cast.category(CATEGORIES[kind]) for kind in CATEGORIES}

    def ticket(
        self, *, at: datetime, unit: Unit | None = None, kind: Kind = Kind.COMPLAINT,
        **changes: Any,
    ) -> Ticket:
        """A ticket received at that instant; closed when closed_at is given."""
        self.serial += 1
        lead = unit or self.cast.unit
        fields: dict[str, Any] = {
            "number": f"20260101-{self.serial:04d}-0", "kind": kind, "original_kind": kind,
            "utility": "power", "category": self.categories[kind], "channel": "hotline",
            "subject": f"made {self.serial}", "text": "made", "scope_path": lead.company_path,
            "intake_unit": self.cast.centre, "tracker": self.cast.operator, "lead_unit": lead,
            "received_at": at, "latest_event_at": at, "replied_at": at,
            "state": State.CLOSED if changes.get("closed_at") else State.IN_PROGRESS,
            "told_confirmed_at": changes.get("closed_at"),
        }  # fmt: skip
        return Ticket.objects.create(**fields | changes)

    def clock(self, ticket: Ticket, *, due: datetime, name: str = "reply", **changes: Any) -> Clock:
        """A limit of the ticket, running since its receipt."""
        fields: dict[str, Any] = {
            "ticket": ticket, "name": name, "measure": "max", "due_at": due, "first_due_at": due,
            "started_at": ticket.received_at,
        }  # fmt: skip
        return Clock.objects.create(**fields | changes)

    def asking(
        self, ticket: Ticket, *, at: datetime, round: int = 1, **changes: Any  # noqa: A002
    ) -> Invitation:
        """The ticket up for its callback; drawn by rule unless said otherwise."""
        is_drawn = changes.get("is_drawn", not changes.get("exclusion"))
        fields: dict[str, Any] = {
            "ticket": ticket, "round": round, "unit": ticket.lead_unit, "kind": ticket.kind,
            "stratum": "made", "plan": self.plan, "is_drawn": is_drawn,
            "why": "complaint" if is_drawn else "", "seed": "made", "created_at": at,
            "window_ends_at": at + 72 * HOUR,
        }  # fmt: skip
        return Invitation.objects.create(**fields | changes)

    def answer(
        self, asking: Invitation, *, at: datetime, solved: str = "solved",
        satisfied: str = "satisfied", mode: str = "phone", **changes: Any,
    ) -> Answer:
        """What the customer said."""
        by = self.cast.callback_agent if mode == "phone" else None
        fields: dict[str, Any] = {
            "invitation": asking, "instrument": self.instrument, "mode": mode, "solved": solved,
            "satisfied": satisfied, "consequence": "closed", "by": by, "at": at,
        }  # fmt: skip
        return Answer.objects.create(**fields | changes)

    def attempt(self, asking: Invitation, *, at: datetime, result: str) -> Attempt:
        """One call."""
        return Attempt.objects.create(
            invitation=asking, result=result, by=self.cast.callback_agent, at=at
        )


def fill(maker: Maker, *, start: datetime, days: int, tickets: int, seed: int = 1) -> None:
    """So many tickets over the days, in three units and three kinds, with all that happens."""
    dice = random.Random(seed)
    cast = maker.cast
    for _ in range(tickets):
        at = start + timedelta(seconds=dice.randrange(days * 86400))
        unit = dice.choice((cast.unit, cast.unit, cast.other_unit, None))
        _live(maker, dice, at, unit)


def _live(maker: Maker, dice: random.Random, at: datetime, unit: Unit | None) -> None:
    done = at + dice.randrange(1, 200) * HOUR
    is_closed = dice.random() < 0.7
    ticket = maker.ticket(
        at=at, unit=unit, kind=dice.choice(KINDS), urge_count=dice.choice((0, 0, 0, 2)),
        done_at=done if is_closed else None,
        closed_at=done + dice.randrange(1, 90) * HOUR if is_closed else None,
        **({"lead_unit": None} if unit is None else {}),
        **({"state": State.NEW} if unit is None and not is_closed else {}),
    )  # fmt: skip
    for name in dice.choice(((), ("reply",), ("restore",), ("reply", "restore"))):
        due = at + dice.randrange(1, 200) * HOUR
        is_late = not is_closed or done > due
        is_seen = is_late and dice.random() < 0.8
        maker.clock(
            ticket, name=name, due=due, stopped_at=done if is_closed else None,
            missed_at=due if is_seen else None,
        )
    if is_closed:
        _ask(maker, dice, ticket, done)


def _ask(maker: Maker, dice: random.Random, ticket: Ticket, at: datetime) -> None:
    for number in range(1, dice.choice((1, 1, 1, 2)) + 1):
        asked = at + number * HOUR
        if dice.random() < 0.1:
            why = dice.choice(("anonymous", "staff"))
            maker.asking(ticket, at=asked, round=number, exclusion=why)
            continue
        is_drawn = dice.random() < 0.6
        asking = maker.asking(ticket, at=asked, round=number, is_drawn=is_drawn)
        if is_drawn:
            maker.attempt(asking, at=asked, result=dice.choice(("no_answer", "refused", "busy")))
        if dice.random() < 0.5:
            maker.answer(
                asking, at=asked + HOUR, mode="phone" if is_drawn else "link",
                solved=dice.choice(("solved", "solved", "partly", "not", "unknown")),
                satisfied=dice.choice(_RATINGS),
                doubt="too_fast" if not is_drawn and dice.random() < 0.3 else "",
            )  # fmt: skip
