"""Play the matters of a loaded file through rules and choice, and weigh the loads (sum).

A file tells which unit took a matter and when it was closed, not who worked there. So the rules are
read off the file (each category goes where most of it went), each unit is given made-up people on
two turns (day 07–19, night 19–07) by its volume, and every matter leaves its holder's hands at its
own closing time. With leave, another one of each turn is away each week and stood in for: then they
are equals no longer, as whoever was away in a busy week had less.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from assignment import choice, lately, precedence

# So many matters a person of a made-up crew is meant to get, and how small and large a crew is.
EACH_GETS, FEWEST, MOST = 120, 3, 12
# Whoever got fewer is not compared: chance alone would make them busy or idle.
ENOUGH = 20
TURNS = ("day", "night")
_DAY_BEGINS, _DAY_ENDS = 7, 19
_MONDAY, _WEEK = datetime(1970, 1, 5, tzinfo=UTC), timedelta(weeks=1)


@dataclass(frozen=True)
class Arrival:
    """What a row of the file tells of one matter."""

    unit: str
    category: str
    group: str
    kind: str
    utility: str
    received_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """The equals of one turn of one unit: how many matters each was given, and the busiest of them
    as a share of their mean."""

    unit: str
    turn: str
    people: int
    matters: int
    busiest: int
    most_held: int
    share: float


@dataclass(frozen=True)
class Played:
    """All outcomes with at least two people to compare, and how often the rules sent a matter where
    the file says it went."""

    matters: int
    rules: int
    as_in_the_file: float
    outcomes: tuple[Outcome, ...]

    @property
    def worst(self) -> float:
        """The largest share of all turns; 0 where there is nothing to compare."""
        return max((one.share for one in self.outcomes), default=0.0)


@dataclass
class _Person:
    number: int
    turn: str
    load: int = 0
    given: int = 0
    most_held: int = 0
    lately: float = 0.0
    last_given_at: datetime | None = None


@dataclass
class _Desk:
    """Everyone's state while the file is played."""

    crews: dict[str, list[_Person]]
    zone: ZoneInfo
    has_leave: bool
    closing: list[tuple[datetime, str, int]] = field(default_factory=list)


def play(arrivals: Sequence[Arrival], zone: ZoneInfo, *, has_leave: bool = False) -> Played:
    """The whole file in order of time."""
    units = sorted({one.unit for one in arrivals})
    rules, parents = _rules(arrivals, units)
    known: dict[tuple[str, str, str, str], str] = {}
    desk = _Desk(_crews(arrivals), zone, has_leave)
    agreed = 0
    for one in sorted(arrivals, key=lambda one: (one.received_at, one.category)):
        shown = (one.category, one.group, one.kind, one.utility)
        if shown not in known:
            winner = precedence.best(rules, _asked(one, parents))
            assert winner is not None, "each category of the file has a rule"
            known[shown] = units[winner.key % len(units)]
        agreed += known[shown] == one.unit
        _give(desk, known[shown], one)
    return Played(
        matters=len(arrivals), rules=len(rules), as_in_the_file=agreed / max(1, len(arrivals)),
        outcomes=tuple(_outcomes(desk.crews)),
    )  # fmt: skip


def _rules(
    arrivals: Iterable[Arrival], units: Sequence[str]
) -> tuple[list[precedence.Rule], Mapping[str, str]]:
    """A rule for each category and each group: where most of it went. The rest of its key by the
    number of units is the unit."""
    went: dict[str, Counter[str]] = defaultdict(Counter)
    parents: dict[str, str] = {}
    for one in arrivals:
        went[f"c:{one.category}"][one.unit] += 1
        went[f"g:{one.group}"][one.unit] += 1
        parents[f"c:{one.category}"] = f"g:{one.group}"
    rules = []
    for place, (code, counted) in enumerate(sorted(went.items())):
        most = max(counted.values())
        unit = min(name for name, n in counted.items() if n == most)
        rules.append(precedence.Rule(place * len(units) + units.index(unit), category=code))
    return rules, parents


def _asked(one: Arrival, parents: Mapping[str, str]) -> precedence.Asked:
    leaf = f"c:{one.category}"
    return precedence.Asked(one.utility, one.kind, (leaf, parents[leaf]), None, False)


def _crews(arrivals: Iterable[Arrival]) -> dict[str, list[_Person]]:
    crews = {}
    for unit, n in Counter(one.unit for one in arrivals).items():
        size = min(MOST, max(FEWEST, n // EACH_GETS // len(TURNS)))
        turns = [turn for turn in TURNS for _ in range(size)]
        crews[unit] = [_Person(number, turn) for number, turn in enumerate(turns)]
    return crews


def _give(desk: _Desk, unit: str, one: Arrival) -> None:
    while desk.closing and desk.closing[0][0] <= one.received_at:
        _, where, number = heapq.heappop(desk.closing)
        desk.crews[where][number].load -= 1
    crew = desk.crews[unit]
    found = choice.choose(_candidates(desk, crew, one.received_at))
    assert found.staff_id is not None, "of a made-up crew somebody is always there"
    person = crew[found.staff_id - 1]
    person.load += 1
    person.given += 1
    person.most_held = max(person.most_held, person.load)
    person.lately = 1 + lately.left(person.lately, person.last_given_at, one.received_at)
    person.last_given_at = one.received_at
    if one.closed_at is not None:
        heapq.heappush(desk.closing, (max(one.closed_at, one.received_at), unit, person.number))


def _candidates(desk: _Desk, crew: Sequence[_Person], at: datetime) -> list[choice.Candidate]:
    is_day = _DAY_BEGINS <= at.astimezone(desk.zone).hour < _DAY_ENDS
    turn, week, size = TURNS[not is_day], (at - _MONDAY) // _WEEK, len(crew) // len(TURNS)
    return [
        choice.Candidate(
            staff_id=one.number + 1, staff_number=f"{one.number:04}",
            is_present=not desk.has_leave or one.number % size != week % size, is_rostered=one.turn == turn,
            load=one.load, lately=lately.left(one.lately, one.last_given_at, at),
            last_given_at=one.last_given_at,
            deputy_id=one.number // size * size + (one.number + 1) % size + 1,
        )
        for one in crew
    ]  # fmt: skip


def _outcomes(crews: Mapping[str, Sequence[_Person]]) -> Iterable[Outcome]:
    for unit in sorted(crews):
        for turn in TURNS:
            equals = [one for one in crews[unit] if one.turn == turn and one.given >= ENOUGH]
            if len(equals) < 2:
                continue
            given = [one.given for one in equals]
            yield Outcome(
                unit=unit, turn=turn, people=len(equals), matters=sum(given), busiest=max(given),
                most_held=max(one.most_held for one in equals),
                share=round(max(given) * len(given) / sum(given), 4),
            )  # fmt: skip
