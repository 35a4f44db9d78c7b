"""Whom a call reaches that must reach somebody, and why them (question).

The chain, at the unit and then at each above it: who has the turn on the roster, who holds the post,
who has the role there, each by the deputy (AB岗) when absent; then the offices below it whose people
serve the whole company; where all who hold the role are absent, that unit's liaison. If the role is
there nowhere, the roles of the next rungs, then supervisors, executives and administrators. Only when
nobody at all is there does it reach somebody absent.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q

from assignment.models import Duty
from organisation.models import Staff, Unit
from organisation.roles import Role

# Whose turn makes somebody the duty leader (带班领导), the nearer unit first.
LEADING = (Role.UNIT_LEADER, Role.EXECUTIVE)

# Who is asked when nobody of the ladder is there.
_IN_THE_END = (Role.SUPERVISOR, Role.EXECUTIVE, Role.ADMINISTRATOR)

# These serve the whole company from an office of their own, which lies beside the unit, not above.
_OF_OFFICES = frozenset(
    {
        Role.DISPATCHER, Role.QUALITY_REVIEWER, Role.SUPERVISOR, Role.EXECUTIVE, Role.AUDITOR,
        Role.ADMINISTRATOR,
    }
)  # fmt: skip


class Why(StrEnum):
    """By what somebody is the one: a turn on the roster, a post, a role, standing in for another,
    because others are absent; codes, templates have the words."""

    TURN = "turn"
    POST = "post"
    ROLE = "role"
    LIAISON = "liaison"
    NEXT_RUNG = "next_rung"
    IN_THE_END = "in_the_end"
    THOUGH_ABSENT = "though_absent"


@dataclass(frozen=True)
class Answer:
    """The person, by what, as which role and of which unit; `stands_for` is the absent one they are
    the deputy of, `absent` those who were asked before and were not there."""

    staff: Staff
    why: Why
    role: Role
    unit: Unit
    stands_for: Staff | None = None
    absent: tuple[Staff, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the very person whose turn or post it is was there."""
        return self.why in {Why.TURN, Why.POST, Why.ROLE} and not self.absent

    def facts(self) -> dict[str, Any]:
        """Codes and names for an event: history remembers what people were called."""
        found: dict[str, Any] = {
            "zh": self.staff.name_zh, "en": self.staff.name_en, "why": str(self.why),
            "role": str(self.role), "unit_zh": self.unit.name_zh, "unit_en": self.unit.name_en,
        }  # fmt: skip
        if self.stands_for is not None:
            found["for"] = absence(self.stands_for)
        others = [one for one in self.absent if one != self.stands_for]
        if others:
            found["absent"] = [absence(one) for one in others]
        return found


def absence(one: Staff) -> dict[str, Any]:
    """Who is not there and, if they said so, until when."""
    is_back_known = one.presence == Staff.Presence.ABSENT and one.back_at is not None
    until = one.back_at.isoformat() if is_back_known and one.back_at else None
    return {"zh": one.name_zh, "en": one.name_en, **({"until": until} if until else {})}


def is_there(one: Staff) -> bool:
    """Whether the person can be reached: active and not absent; who is out on a job can."""
    return one.is_active and one.presence != Staff.Presence.ABSENT


@dataclass
class OnDuty:
    """The units of one batch with everybody who may answer for them at one instant: read once, four
    statements however many units."""

    at: datetime
    units: Collection[Unit]
    roles: Collection[str] = ()
    places: dict[str, Unit] = field(default_factory=dict)
    turns: dict[tuple[int, str], list[Staff]] = field(default_factory=dict)
    holders: dict[tuple[int, str], list[Staff]] = field(default_factory=dict)
    offices: dict[str, dict[str, Unit]] = field(default_factory=dict)
    answers: dict[tuple[int, str, tuple[str, ...]], Answer | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        paths = {path for unit in self.units for path in unit.paths_to_root}
        above = Unit.objects.filter(path__in=paths)
        self.places = {
            one.path: one for one in above.select_related("leader__deputy", "liaison__deputy")
        }
        ids = [one.pk for one in self.places.values()]
        companies = {unit.company_path for unit in self.units}
        self.offices = defaultdict(dict)
        self._read_turns(ids, companies)
        self._read_holders(ids, companies)

    def _read_turns(self, unit_ids: list[int], companies: set[str]) -> None:
        self.turns = defaultdict(list)
        of_office = Q(unit__company_path__in=companies, role__in=_OF_OFFICES)
        running = Duty.objects.running(self.at).filter(Q(unit__in=unit_ids) | of_office)
        people = running.select_related("unit", "staff__deputy")
        for turn in people.order_by("staff__staff_number"):
            self.turns[turn.unit_id, turn.role].append(turn.staff)
            self._note_office(turn.unit, turn.role)

    def _read_holders(self, unit_ids: list[int], companies: set[str]) -> None:
        self.holders = defaultdict(list)
        asked = {str(Role.UNIT_LEADER), str(Role.LIAISON), *map(str, _IN_THE_END)}
        asked |= {str(role) for role in self.roles}
        of_office = Q(
            unit__company_path__in=companies, roles__overlap=sorted(asked & set(_OF_OFFICES))
        )
        people = Staff.objects.filter(
            Q(unit__in=unit_ids, roles__overlap=sorted(asked)) | of_office, is_active=True
        )
        for one in people.select_related("deputy", "unit").order_by("staff_number"):
            for role in one.roles:
                self.holders[one.unit_id, role].append(one)
                self._note_office(one.unit, role)

    def _note_office(self, unit: Unit, role: str) -> None:
        if role in _OF_OFFICES and unit.path not in self.places:
            self.offices[role][unit.path] = unit

    def answering(self, unit: Unit, role: Role, then: Sequence[Role] = ()) -> Answer | None:
        """Who answers for the unit in the role now, else in the roles named next, else in the end;
        None only where the company has nobody in any of them."""
        key = (unit.pk, str(role), tuple(map(str, then)))
        if key not in self.answers:
            self.answers[key] = self._found(unit, role, then)
        return self.answers[key]

    def _found(self, unit: Unit, role: Role, then: Sequence[Role]) -> Answer | None:
        absent: list[Staff] = []
        roles = [(role, None), *((one, Why.NEXT_RUNG) for one in then)]
        roles += [(one, Why.IN_THE_END) for one in _IN_THE_END if one not in {role, *then}]
        for asked, why in roles:
            found = self._in_role(unit, asked, why, absent)
            if found is not None:
                return found
        return self._though_absent(unit, role, absent)

    def _in_role(
        self, unit: Unit, role: Role, why: Why | None, absent: list[Staff]
    ) -> Answer | None:
        for place in self._up_the_tree(unit):
            before = len(absent)
            for office in (place, *self._offices(place, role, unit.company_path)):
                for code, holder in self._choices(office, role):
                    found = self._there(holder)
                    if found is not None:
                        stands_for = None if found == holder else holder
                        gone = _once([*absent, *([stands_for] if stands_for else [])])
                        return Answer(found, why or code, role, office, stands_for, gone)
                    absent.append(holder)
            if len(absent) > before and role != Role.LIAISON:
                liaison = next(
                    (one for _, one in self._choices(place, Role.LIAISON) if is_there(one)), None
                )
                if liaison is not None:
                    return Answer(liaison, Why.LIAISON, Role.LIAISON, place, None, _once(absent))
        return None

    def acting(self, unit: Unit, role: Role) -> Staff | None:
        """Who is there in the very role, by themselves or as deputy; None where nobody is."""
        for place in self._up_the_tree(unit):
            for office in (place, *self._offices(place, role, unit.company_path)):
                for _, holder in self._choices(office, role):
                    found = self._there(holder)
                    if found is not None:
                        return found
        return None

    def _though_absent(self, unit: Unit, role: Role, absent: list[Staff]) -> Answer | None:
        """Somebody must hear, and read it on coming back: of those in office first."""
        found = next((one for one in absent if one.is_active), None)
        if found is None:
            return None
        rest = tuple(one for one in _once(absent) if one != found)
        return Answer(found, Why.THOUGH_ABSENT, role, unit, None, rest)

    def leading(self, unit: Unit) -> Staff | None:
        """Whose turn it is to lead on duty (带班领导) for the unit or the nearest one above, or
        their deputy."""
        for place in self._up_the_tree(unit):
            for role in LEADING:
                for holder in self.turns.get((place.pk, role), ()):
                    found = self._there(holder)
                    if found is not None:
                        return found
        return None

    def _up_the_tree(self, unit: Unit) -> Iterator[Unit]:
        for path in reversed(unit.paths_to_root):
            if path in self.places:
                yield self.places[path]

    def _offices(self, place: Unit, role: Role, company_path: str) -> list[Unit]:
        """The offices of the company below the place whose people have the role, by their path."""
        if not place.path.startswith(company_path):
            return []
        known = self.offices.get(role, {})
        return [known[path] for path in sorted(known) if path.startswith(place.path)]

    def _choices(self, place: Unit, role: Role) -> Iterator[tuple[Why, Staff]]:
        seen: set[int] = set()
        post = {Role.UNIT_LEADER: place.leader, Role.LIAISON: place.liaison}.get(role)
        named = [(Why.TURN, one) for one in self.turns.get((place.pk, role), ())]
        named += [(Why.POST, post)] if post is not None else []
        named += [(Why.ROLE, one) for one in self.holders.get((place.pk, role), ())]
        for why, one in named:
            if one.pk not in seen:
                seen.add(one.pk)
                yield why, one

    @staticmethod
    def _there(holder: Staff) -> Staff | None:
        """The person if there, else their deputy if there, else None."""
        for one in (holder, holder.deputy):
            if one is not None and is_there(one):
                return one
        return None


def _once(people: Sequence[Staff]) -> tuple[Staff, ...]:
    return tuple({one.pk: one for one in people}.values())
