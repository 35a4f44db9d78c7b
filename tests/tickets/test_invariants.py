"""Whatever people try, in whatever order, legal or not, the invariants of the desk hold.

Two walks: short ones that Hypothesis draws and shrinks, and long ones from a seed of the day (SEED
in the environment repeats one), which get further and end in a report that must add up.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random, SystemRandom

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from organisation.models import Staff
from reports import drilldown, monthly, readers
from reports.months import Month
from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tests.tickets import acts_of_answering, invariants
from tests.tickets.acts import ACTS, Act, World
from tickets import permissions
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State

STARTS = (State.NEW, State.DISPATCHED, State.IN_PROGRESS, State.CALLBACK)
MINUTES = (0, 1, 5, 45, 600, 3000, 20_000)
SEED = int(os.environ.get("SEED", SystemRandom().randrange(10**6)))
WALKS, LENGTH, NEW_ONES = 4, 240, 0.08

assert acts_of_answering, "its acts are in ACTS"


@dataclass
class Journal:
    """What was done and refused, to be read when something breaks."""

    lines: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


@settings(max_examples=25, suppress_health_check=[*HealthCheck])
@given(
    starts=st.lists(st.sampled_from(STARTS), min_size=1, max_size=3),
    steps=st.lists(
        st.tuples(st.booleans(), st.integers(0, 2**20), st.sampled_from(MINUTES)),
        min_size=4, max_size=25,
    ),
)  # fmt: skip
def test_the_invariants_hold_on_short_walks(
    cast: Cast, starts: list[State], steps: list[tuple[bool, int, int]]
) -> None:
    journal = Journal()
    with transaction.atomic():
        world = begun(cast, starts, Random(0))
        for is_guided, seed, minutes in steps:
            world.at += timedelta(minutes=minutes)
            world.random = Random(seed)
            take_a_step(world, is_guided, journal)
            note(journal.lines[-1])
        transaction.set_rollback(True)


@pytest.mark.parametrize("walk", range(WALKS))
def test_the_invariants_hold_on_long_walks(cast: Cast, walk: int) -> None:
    random, journal = Random(SEED * 100 + walk), Journal()
    world = begun(cast, random.sample(STARTS, 3), random)
    try:
        for _ in range(LENGTH):
            world.at += timedelta(minutes=random.choice(MINUTES[:5]))
            if random.random() < NEW_ONES:
                world.tickets.append(another(world).pk)
            take_a_step(world, random.random() < 0.8, journal)
        check_all(world)
        report_adds_up(world)
    except BaseException:
        print(f"SEED={SEED}, walk {walk}:", *journal.lines, sep="\n")  # noqa: T201
        raise
    print(f"\nSEED={SEED} walk {walk}: {len(world.tickets)} tickets;", end=" ")  # noqa: T201
    print(f"done {dict(journal.done)}; refused {journal.refused.total()}")  # noqa: T201
    assert len(journal.done) >= 12, "the walk got nowhere"


def begun(cast: Cast, starts: list[State], random: Random) -> World:
    world = World(cast, cast.at + timedelta(hours=2), random)
    kinds = (Kind.COMPLAINT, Kind.FAULT, Kind.REQUEST)
    world.tickets = [
        a_ticket(cast, kind=kind, state=state).pk
        for kind, state in zip(kinds, starts, strict=False)
    ]
    return world


def another(world: World) -> Ticket:
    """One more ticket, somewhere on its way."""
    kind = world.random.choice((Kind.COMPLAINT, Kind.FAULT, Kind.REQUEST, Kind.REPORT))
    changes = {"accused_unit": world.cast.other_unit} if kind == Kind.REPORT else {}
    state = State.NEW if kind == Kind.REPORT else world.random.choice(STARTS)
    return a_ticket(world.cast, kind=kind, state=state, at=world.at - timedelta(hours=2), **changes)


def take_a_step(world: World, is_guided: bool, journal: Journal) -> None:
    """One act on one ticket by somebody; what is refused changes nothing of it at all."""
    ticket = Ticket.objects.get(pk=world.random.choice(world.tickets[-12:]))
    act, person = chosen(world, ticket, is_guided)
    line = f"{world.at:%m-%d %H:%M} {person}: {act.name} on {ticket} ({ticket.state})"
    journal.lines.append(line)
    before = invariants.look(ticket.pk)
    known = list(world.tickets)
    try:
        with transaction.atomic():
            act.do(world, ticket, person)
        journal.done[act.name] += 1
    except DeskError as refusal:
        journal.lines[-1] = f"{line}: refused, {type(refusal).__name__}"
        journal.refused[act.name] += 1
        world.tickets = known
        assert invariants.history(ticket.pk) == before.events
    invariants.check(world.cast, before, ticket.pk)
    for born in world.tickets[len(known) :]:
        invariants.check(world.cast, None, born)
    if len(journal.lines) % 20 == 0:
        check_all(world)


def check_all(world: World) -> None:
    for pk in world.tickets:
        invariants.check(world.cast, None, pk)


def chosen(world: World, ticket: Ticket, is_guided: bool) -> tuple[Act, Staff]:
    """Any act by anybody; guided, one that the table allows now by somebody who may."""
    people = list(world.cast.everyone().values())
    if is_guided:
        open_to = {person: permissions.open_moves(person, ticket) for person in people}
        fitting = [
            (one, person) for one in ACTS for person in people if one.move in open_to[person]
        ]
        if fitting:
            name = world.random.choice(sorted({one.name for one, _ in fitting}))
            return world.random.choice([pair for pair in fitting if pair[0].name == name])
    return world.random.choice(ACTS), world.random.choice(people)


def report_adds_up(world: World) -> None:
    """9. Every number of the report is the length of the list behind it."""
    reader = readers.of(world.cast.supervisor)
    month = Month(world.cast.at.year, world.cast.at.month)
    report = monthly.build(reader=reader, month=month, unit=None, at=world.at)
    seen = 0
    for cell in report.total.cells.values():
        for query, number in ((cell.query_all, cell.n), (cell.query_hit, cell.hit)):
            if not query:
                continue
            seen += 1
            asked = dict(pair.split("=") for pair in query.split("&"))
            chosen_number = drilldown.Chosen.of(reader, asked, month)
            assert drilldown.rows(reader, chosen_number, world.at).count() == number
    assert seen > 10
