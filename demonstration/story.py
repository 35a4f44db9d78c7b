"""Whom and what made-up tickets draw on, and one ticket's life as it is being lived (sum)."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer, Premises, SupplyAccount
from demonstration.lives import Life
from notifications.models import Outbox
from organisation.models import Staff, Unit
from tickets.models import Category, Ticket

Steps = Generator[datetime, None, datetime]

# What the answer of a customer changes in a ticket.
_AFTER_ASKING = (
    "state", "supervisor", "redo_count", "reopen_count", "latest_event_at", "closed_at", "done_at",
    "told_confirmed_at", "untold_reason",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """What lives draw on: people by staff number, units and categories by code, customers in
    order."""

    staff: dict[str, Staff]
    units: dict[str, Unit]
    categories: dict[str, Category]
    customers: list[tuple[Customer, Premises, dict[str, SupplyAccount]]]

    def one_of(self, company: str, team: str, choice: int) -> Staff:
        """Somebody of the team of the company."""
        numbers = _TEAMS[company][team]
        return self.staff[numbers[choice % len(numbers)]]

    def other_unit(self, company: str, unit: Unit, choice: int) -> Unit:
        """A station or crew of the company whose leader sits in it, other than the unit; never
        the office that handles reports."""
        fit = [
            one for one in self.units.values()
            if one.is_handling and one.code.startswith(f"{company}-") and one.pk != unit.pk
            and one.code != f"{company}-A" and one.leader and one.leader.unit_id == one.pk
            and one.leader_id != unit.leader_id
        ]  # fmt: skip
        return fit[choice % len(fit)]


_TEAMS = {
    "LJP": {
        "counter": ("clerk",), "hotline": ("operator", "P1002", "P1003", "operator"),
        "dispatch": ("dispatcher", "P1005"), "quality": ("reviewer", "P3002"),
        "callback": ("callback", "P1007"), "supervision": ("supervisor", "P4002"),
        "executives": ("executive",),
    },
    "LJT": {
        "counter": ("T1005",), "hotline": ("T1001", "T1002"), "dispatch": ("T1003",),
        "quality": ("T3001",), "callback": ("T1004",), "supervision": ("T4002",),
        "executives": ("T4001",),
    },
}  # fmt: skip


@dataclass
class Story:
    """A life being lived, and the ticket once there is one; `withheld` are the messages that
    history did not send."""

    life: Life
    world: World
    withheld: list[Outbox]
    ticket: Ticket | None = None

    def say(self, pair: tuple[str, str]) -> str:
        """The text in the language of the ticket."""
        return pair[1] if self.life.language == "en" and pair[1] else pair[0]

    def by(self, team: str) -> Staff:
        """Who does this for the company."""
        return self.world.one_of(self.life.company, team, self.life.choice)

    def known(self) -> Ticket:
        """The ticket as the last step left it; a verb reads it again under its lock."""
        assert self.ticket is not None
        return self.ticket

    def now(self) -> Ticket:
        """The ticket read again, after steps that do not hand it back."""
        ticket = self.known()
        ticket.refresh_from_db(fields=_AFTER_ASKING)
        return ticket

    def hand(self) -> Staff:
        """Whoever has the ticket in hand."""
        ticket = self.known()
        assert ticket.lead_handler is not None
        return self.world.staff[ticket.lead_handler.staff_number]

    def lead(self) -> Unit:
        """The unit that has the ticket, with its leader."""
        ticket = self.known()
        assert ticket.lead_unit is not None
        return self.world.units[ticket.lead_unit.code]

    def leader(self) -> Staff:
        """Whoever leads the unit that has the ticket."""
        leader = self.lead().leader
        assert leader is not None
        return self.world.staff[leader.staff_number]

    def neighbour(self, turn: int = 0) -> Unit:
        """Another unit of the company."""
        return self.world.other_unit(self.life.company, self.lead(), self.life.choice + turn)

    def halts(self, step: str) -> bool:
        return self.life.halts_before == step
