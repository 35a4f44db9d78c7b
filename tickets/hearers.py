"""Who hears what a deadline has to say, each with the reason why them (question)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assignment import on_duty
from assignment.on_duty import Answer, OnDuty
from organisation import office_hours
from organisation.models import Staff, Unit
from organisation.roles import Role
from tickets import confidants, sight
from tickets.models import Ticket


@dataclass(frozen=True)
class Hearer:
    """A person and the codes and names of the reason, as events and messages keep it."""

    staff: Staff
    because: dict[str, Any]
    answer: Answer | None = None

    @classmethod
    def by(cls, staff: Staff, why: str) -> "Hearer":
        return cls(staff, {"zh": staff.name_zh, "en": staff.name_en, "why": why})

    @classmethod
    def of(cls, answer: Answer) -> "Hearer":
        return cls(answer.staff, answer.facts(), answer)


@dataclass
class Room:
    """Everybody who may hear of the tickets of one batch, read once at the instant; seven statements
    however many tickets."""

    at: datetime
    tickets: Sequence[Ticket]
    roles: Sequence[str] = ()
    people: dict[int, Staff] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {one.lead_handler_id for one in self.tickets} | {one.tracker_id for one in self.tickets}
        staff = Staff.objects.filter(pk__in=[pk for pk in named if pk is not None])
        self.people = {one.pk: one for one in staff.select_related("deputy")}
        wanted = {one.lead_unit_id or one.intake_unit_id for one in self.tickets}
        wanted |= {one.unit_id for one in self.people.values() if not on_duty.is_there(one)}
        self.units = Unit.objects.in_bulk([pk for pk in wanted if pk is not None])
        self.duty = OnDuty(self.at, list(self.units.values()), self.roles)
        for one in self.tickets:
            # Whoever tells of the ticket later need not read its unit again.
            if one.lead_unit_id is not None:
                one.lead_unit = self.units[one.lead_unit_id]
        self.is_office_hours = office_hours.is_open(self.at)

    def unit_of(self, ticket: Ticket) -> Unit:
        """The unit whose posts answer for the ticket now."""
        return self.units[ticket.lead_unit_id or ticket.intake_unit_id]

    def handler(self, ticket: Ticket) -> Hearer | None:
        """Who has the ticket or, while they are absent, their deputy."""
        return there(self.people.get(ticket.lead_handler_id or 0), "handler")

    def tracker(self, ticket: Ticket) -> Hearer | None:
        """The first-asked tracker or, while they are absent, their deputy or leader."""
        tracker = self.people[ticket.tracker_id]
        found = there(tracker, "tracker")
        if found is None and tracker.unit_id in self.units:
            found = self._answering(self.units[tracker.unit_id], Role.UNIT_LEADER)
            if found is not None:
                because = {**found.because, "tracker": on_duty.absence(tracker)}
                found = Hearer(found.staff, because, found.answer)
        return found

    def holder(self, ticket: Ticket, role: Role, then: Sequence[Role] = ()) -> Hearer | None:
        """Who answers for the ticket's unit in the role."""
        return self._answering(self.unit_of(ticket), role, then)

    def leading(self, ticket: Ticket) -> Hearer | None:
        """Out of hours who leads on duty (带班领导), when the holders of the posts are at home."""
        found = None if self.is_office_hours else self.duty.leading(self.unit_of(ticket))
        return Hearer.by(found, "duty_leader") if found is not None else None

    def _answering(self, unit: Unit, role: Role, then: Sequence[Role] = ()) -> Hearer | None:
        answer = self.duty.answering(unit, role, then)
        return Hearer.of(answer) if answer is not None else None


def there(one: Staff | None, why: str) -> Hearer | None:
    """The person if there, else their deputy, with the reason; None where neither is."""
    if one is None or on_duty.is_there(one):
        return Hearer.by(one, why) if one is not None else None
    deputy = one.deputy
    if deputy is None or not on_duty.is_there(deputy):
        return None
    found = Hearer.by(deputy, why)
    return Hearer(deputy, {**found.because, "for": on_duty.absence(one)})


def each_once(hearers: Iterable[Hearer | None]) -> list[Hearer]:
    """Each person once, by the first reason named."""
    found: dict[int, Hearer] = {}
    for one in hearers:
        if one is not None:
            found.setdefault(one.staff.pk, one)
    return list(found.values())


def allowed(hearers: list[Hearer], ticket: Ticket) -> list[Hearer]:
    """Those who may hear of it or, for each of them that a confidential report is kept from, whoever
    answers for it instead: what is missed is never silent (design §4.7)."""
    if not ticket.is_confidential:
        return hearers
    heard = [one for one in hearers if sight.may_hear(one.staff, ticket)]
    if len(heard) == len(hearers) > 0:
        return heard
    instead = confidants.answering(ticket)
    return each_once([*heard, Hearer.by(instead, "confidant") if instead else None])


def facts(hearers: Iterable[Hearer]) -> dict[str, Any]:
    """Who heard and why, as the facts of an event keep it."""
    heard = list(hearers)
    return {
        "told": [one.staff.name_zh for one in heard],
        "told_en": [one.staff.name_en for one in heard],
        "heard": [one.because for one in heard],
    }
