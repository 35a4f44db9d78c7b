"""Everything people and the desk itself can do to a ticket, with arguments drawn at random, legal
or not. `ACTS` is what the property test of the invariants picks from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from organisation.models import Staff, Unit
from tests.cast import Cast
from tests.factories.tickets import CATEGORIES, a_request
from tickets import contact, dispatching, escalation, intake, lifecycle, supervision
from tickets.kinds import Kind, Means
from tickets.models import Ticket
from tickets.states import Move

WORDS = (
    "",
    " ",
    "客户来电催问。",
    "现场已处理，水压恢复。",
    "Told the customer.",
    "'\"<b>",
    "停" * 300,
)


@dataclass
class World:
    """The cast, the tickets alive in it, and the time it is there."""

    cast: Cast
    at: datetime
    random: Random
    tickets: list[int] = field(default_factory=list)

    def words(self) -> str:
        """Mostly something sensible, now and then nothing or too much."""
        return self.random.choice(WORDS) if self.random.random() < 0.2 else self.reason()

    def reason(self) -> str:
        return self.random.choice(WORDS[2:5])

    def moment(self) -> datetime:
        """Some instant around now, mostly ahead."""
        return self.at + timedelta(hours=self.random.randint(-24, 240))

    def person(self) -> Staff:
        return self.random.choice(list(self.cast.everyone().values()))

    def unit(self) -> Unit:
        cast = self.cast
        return self.random.choice([cast.unit, cast.other_unit, cast.centre, cast.company])

    def flag(self) -> bool:
        return self.random.random() < 0.5

    def another(self, ticket: Ticket) -> Ticket:
        return Ticket.objects.get(pk=self.random.choice(self.tickets))


Do = Callable[[World, Ticket, Staff], object]


@dataclass(frozen=True)
class Act:
    """One thing to do. `move` says when the table would allow it; None is the desk's own work."""

    name: str
    move: Move | None
    do: Do


ACTS: list[Act] = []


def act(move: Move | None) -> Callable[[Do], Do]:
    """Put the function among the acts."""

    def add(do: Do) -> Do:
        ACTS.append(Act(do.__name__, move, do))
        return do

    return add


@act(Move.INTAKE)
def log_another(world: World, ticket: Ticket, by: Staff) -> None:
    kind = world.random.choice(list(CATEGORIES))
    changes = {"accused_unit": world.cast.unit} if kind == Kind.REPORT else {}
    request = a_request(world.cast, kind=kind, **changes)
    logged = intake.pass_on(request=request, by=by, at=world.at)
    world.tickets.append(logged.pk)


@act(Move.RESOLVE_ON_THE_SPOT)
def resolve_on_the_spot(world: World, ticket: Ticket, by: Staff) -> None:
    lifecycle.resolve_on_the_spot(ticket=ticket, answer=world.words(), by=by, at=world.at)


@act(Move.DISPATCH)
def dispatch(world: World, ticket: Ticket, by: Staff) -> None:
    dispatching.dispatch(ticket=ticket, to=world.unit(), by=by, at=world.at)


@act(Move.ACCEPT)
def accept(world: World, ticket: Ticket, by: Staff) -> None:
    dispatching.accept(ticket=ticket, by=by, at=world.at)


@act(Move.REASSIGN)
def reassign(world: World, ticket: Ticket, by: Staff) -> None:
    dispatching.reassign(
        ticket=ticket, to=world.person(), reason=world.reason(), by=by, at=world.at
    )


@act(Move.CONTACT)
def speak(world: World, ticket: Ticket, by: Staff) -> None:
    contact.record(
        ticket=ticket, means=world.random.choice(list(Means)), is_reached=world.flag(),
        note=world.reason(), by=by, at=world.at,
    )  # fmt: skip


@act(Move.ARRIVE)
def arrive(world: World, ticket: Ticket, by: Staff) -> None:
    typed = world.moment() if world.flag() else None
    contact.arrive(ticket=ticket, arrived_at=typed, by=by, at=world.at)


@act(Move.REPORT_DONE)
def report_done(world: World, ticket: Ticket, by: Staff) -> None:
    is_told = world.flag()
    lifecycle.report_done(
        ticket=ticket, result=world.words(), is_customer_told=is_told,
        no_reply_reason=world.words()[:200], by=by, at=world.at,
    )  # fmt: skip


@act(Move.APPROVE)
def approve(world: World, ticket: Ticket, by: Staff) -> None:
    lifecycle.approve(ticket=ticket, by=by, at=world.at)


@act(Move.REJECT)
def reject(world: World, ticket: Ticket, by: Staff) -> None:
    lifecycle.reject(ticket=ticket, reason=world.words(), by=by, at=world.at)


@act(Move.REDO)
def redo(world: World, ticket: Ticket, by: Staff) -> None:
    supervisor = world.cast.supervisor if world.flag() else None
    lifecycle.redo(ticket=ticket, reason=world.reason(), supervisor=supervisor, by=by, at=world.at)


@act(Move.CLOSE)
def close(world: World, ticket: Ticket, by: Staff) -> None:
    lifecycle.close(ticket=ticket, reason="answered", by=by, at=world.at)


@act(Move.REOPEN)
def reopen(world: World, ticket: Ticket, by: Staff) -> None:
    lifecycle.reopen(ticket=ticket, reason=world.words(), supervisor=None, by=by, at=world.at)


@act(Move.URGE)
def urge(world: World, ticket: Ticket, by: Staff) -> None:
    supervision.urge(ticket=ticket, note=world.reason(), by=by, at=world.at)


@act(Move.CANCEL)
def cancel(world: World, ticket: Ticket, by: Staff) -> None:
    lifecycle.cancel(ticket=ticket, reason=world.words(), by=by, at=world.at)


@act(None)
def let_limits_fire(world: World, ticket: Ticket, by: Staff) -> None:
    while escalation.fire_due(by=None, at=world.at):
        pass
