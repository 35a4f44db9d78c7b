"""Whatever people try, in whatever order, legal or not, the invariants of the desk hold."""

from datetime import timedelta
from random import Random

from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tests.tickets import invariants
from tests.tickets.acts import ACTS, Act, World
from tickets import permissions
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State

STARTS = (State.NEW, State.DISPATCHED, State.IN_PROGRESS, State.CALLBACK)
STEPS = st.lists(
    st.tuples(
        st.booleans(), st.integers(0, 2**20), st.sampled_from((0, 1, 5, 45, 600, 3000, 20_000))
    ),
    min_size=4, max_size=40,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[*HealthCheck])
@given(
    starts=st.lists(
        st.tuples(st.sampled_from((Kind.COMPLAINT, Kind.FAULT, Kind.REQUEST)), st.sampled_from(STARTS)),
        min_size=1, max_size=3,
    ),
    steps=STEPS,
)  # fmt: skip
def test_the_invariants_hold(
    cast: Cast, starts: list[tuple[Kind, State]], steps: list[tuple[bool, int, int]]
) -> None:
    with transaction.atomic():
        world = World(cast, cast.at + timedelta(hours=2), Random(0))
        world.tickets = [a_ticket(cast, kind=kind, state=state).pk for kind, state in starts]
        for is_guided, seed, minutes in steps:
            world.at += timedelta(minutes=minutes)
            world.random = Random(seed)
            take_a_step(world, is_guided)
        transaction.set_rollback(True)


def take_a_step(world: World, is_guided: bool) -> None:
    """One act on one ticket by somebody; what is refused changes nothing at all."""
    ticket = Ticket.objects.get(pk=world.random.choice(world.tickets))
    act, person = chosen(world, ticket, is_guided)
    note(f"{world.at:%m-%d %H:%M} {person}: {act.name} on {ticket} ({ticket.state})")
    before = {pk: invariants.look(pk) for pk in world.tickets}
    known = list(world.tickets)
    try:
        with transaction.atomic():
            act.do(world, ticket, person)
    except DeskError as refusal:
        note(f"   refused: {type(refusal).__name__}")
        for pk in known:
            assert invariants.history(pk) == before[pk].events
    for pk in world.tickets:
        invariants.check(world.cast, before.get(pk), pk)


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
