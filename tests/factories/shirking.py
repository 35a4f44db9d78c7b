"""A company of many units, most of them honest and a few that shirk, drawn anew from a seed.

Honest units differ: each has its own habit, so that some return more, call later or type more by
hand than others, and every trace of shirking happens to honest people now and then (`HONEST`).
A planted unit shows one trace in `share` of the tickets that could show it.
"""

import math
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from customers.models import Premises
from organisation.models import Staff, Unit
from surveys.models import Instrument, SamplingPlan
from tests.cast import Cast
from tests.factories.lives import Book
from tickets.models import Category, Limit
from tickets.models.policy import LimitUnit

DAYS = 60
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

# How often each trace is found where nobody shirks, of the tickets that could show it.
HONEST = {
    "ping-pong": 0.008, "moves-without-progress": 0.03, "nobody-has-it": 0.02, "absent-holder": 0.02,
    "done-without-contact": 0.03, "done-at-once": 0.02, "said-unsolved": 0.07, "repeated": 0.02,
    "ended-at-dispatch": 0.008, "called-first": 0.02, "withdrawn-after-contact": 0.01,
    "contact-changed": 0.01, "downgraded": 0.03, "strong-words": 0.03, "complaints-fell": 0.0,
    "contact-without-ticket": 0.01, "split-and-merged": 0.015, "sent-several-times": 0.01,
    "stopped-when-due": 0.02, "typed-in-later": 0.04, "last-minutes": 0.01, "holiday-hole": 0.03,
    "priority-overrides": 0.02, "several-voices": 0.02,
}  # fmt: skip


# So many tickets in two months a unit must have before its share of them can speak: some traces
# show on complaints alone, or on what is open, or against the month before.
ENOUGH = {
    "complaints-fell": 900, "holiday-hole": 450, "said-unsolved": 180, "downgraded": 180,
    "called-first": 140, "done-at-once": 140, "typed-in-later": 140,
}  # fmt: skip
USUALLY_ENOUGH = 100


@dataclass(frozen=True)
class Strength:
    """How much is planted: which share of a unit's tickets, and how boldly (0 to 1: a weak plant
    often stays below the threshold of its list)."""

    name: str
    share: float
    bold: float


WEAK, MEDIUM, STRONG = Strength("weak", 0.05, 0.5), Strength("medium", 0.2, 0.9), Strength("strong", 0.5, 1)


@dataclass
class Station:
    """One handling unit with its people, the counter that takes matters in for it, and its size."""

    unit: Unit
    hall: Unit
    leader: Staff
    worker: Staff
    absent: Staff
    clerk: Staff
    size: int
    habit: dict[str, float] = field(default_factory=dict)
    planted: str = ""


@dataclass
class World:
    """What was drawn: the stations, and by trace the ids of the tickets that were made to show it
    in planted units."""

    cast: Cast
    dice: random.Random
    now: datetime
    strength: Strength | None
    stations: list[Station] = field(default_factory=list)
    planted: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    book: Book = field(default_factory=Book)
    places: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        at = self.now
        self.plan = SamplingPlan.objects.create(version=900, created_at=at).pk
        self.instrument = Instrument.objects.create(
            code="made", version=1, mode="phone", questions=[], name_en="Made", name_zh="自造",
            created_at=at,
        ).pk  # fmt: skip
        self.limit = Limit.objects.filter(unit=LimitUnit.WORKING_DAYS).order_by("id")[0].pk
        self.category = dict(Category.objects.values_list("code", "pk"))

    def place(self) -> int:
        """A place that no other ticket has."""
        return self.places.pop()

    def shows(self, station: Station, trace: str, pk: int) -> bool:
        """Whether this ticket shows the trace: by plan in a planted unit, else by honest chance."""
        chance = HONEST[trace] * station.habit.setdefault(trace, self._habit())
        is_planted = station.planted == trace and self.strength is not None
        if is_planted and self.dice.random() < self.strength.share:  # type: ignore[union-attr]
            self.planted[trace].append(pk)
            return True
        return self.dice.random() < chance

    def _habit(self) -> float:
        """Honest units differ by a third to either side, some more."""
        return math.exp(self.dice.gauss(0, 0.3))

    def is_bold(self, station: Station, trace: str) -> bool:
        """Whether a trace goes beyond the threshold of its list; honest ones do as they come."""
        if station.planted == trace and self.strength is not None:
            return self.dice.random() < self.strength.bold
        return True


def found(
    cast: Cast, *, seed: int, stations: int, now: datetime, strength: Strength | None = None,
    traces: list[str] | None = None, each: int = 3,
) -> World:
    """The company without tickets yet; with a strength, each trace planted in `each` units, which
    are made large enough for shares to mean anything."""
    world = World(cast, random.Random(seed), now, strength)
    world.stations = _stations(world, stations)
    if strength is not None:
        wanted = [trace for trace in traces or HONEST for _ in range(each)]
        for one, trace in zip(world.stations, wanted, strict=False):
            one.planted = trace
            one.size = max(one.size, ENOUGH.get(trace, USUALLY_ENOUGH))
    tickets = sum(one.size for one in world.stations)
    world.places = _places(2 * tickets + 100)
    return world


def _stations(world: World, how_many: int) -> list[Station]:
    units = [_unit(world, f"{sort}{n:03d}") for sort in "UH" for n in range(how_many)]
    Unit.objects.bulk_create(units)
    handling, halls = units[:how_many], units[how_many:]
    people = [
        _person(unit, role, n)
        for n, unit in enumerate(handling)
        for role in ("unit_leader", "handler", "field_worker")
    ]
    people += [_person(hall, "counter_clerk", n) for n, hall in enumerate(halls)]
    Staff.objects.bulk_create(people)
    absent = people[2 : 3 * how_many : 3]
    for one in absent:
        one.presence, one.presence_since = Staff.Presence.ABSENT, world.now - 5 * DAY
    Staff.objects.bulk_update(absent, ["presence", "presence_since"])
    return [
        Station(
            unit=handling[n], hall=halls[n], leader=people[3 * n], worker=people[3 * n + 1],
            absent=absent[n], clerk=people[3 * how_many + n],
            size=min(max(int(math.exp(world.dice.gauss(4.2, 0.7))), 8), 300),
        )
        for n in range(how_many)
    ]  # fmt: skip


def _unit(world: World, code: str) -> Unit:
    parent = world.cast.branch
    return Unit(
        code=code, name_en=code, name_zh=code, level="station", parent=parent, utility="power",
        path=f"{parent.path}{code}/", company_path=parent.company_path,
        is_handling=code.startswith("U"),
    )  # fmt: skip


def _person(unit: Unit, role: str, n: int) -> Staff:
    number = f"{unit.code}-{role}"
    return Staff(
        staff_number=number, name_en=number, name_zh=number, unit=unit, roles=[role], password="!",
    )


def _places(how_many: int) -> list[int]:
    rows = Premises.objects.bulk_create(
        [Premises(address=f"made {n}") for n in range(how_many)], batch_size=5000
    )
    return [row.pk for row in rows]


def plain_fields(world: World, station: Station, kind: str, category: str, text: str) -> dict[str, Any]:
    """What every made ticket has."""
    phone = f"139{world.dice.randrange(10**8):08d}"
    return {
        "kind": kind, "original_kind": kind, "category_id": world.category[category],
        "subject": text[:40], "text": text, "premises_id": world.place(), "contact_phone": phone,
        "contact_phone_hash": f"made{phone}", "customer_id": None,
    }  # fmt: skip
