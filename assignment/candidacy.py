"""Who of a unit work could go to now, with what the choice looks at (question)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Exists, F, OuterRef, Q, Value
from django.db.models.expressions import Combinable

from assignment import lately
from assignment.choice import Candidate
from assignment.models import Duty, Responsibility
from organisation.models import Staff, Unit
from organisation.models.staff import StaffQuerySet
from organisation.roles import Permission, Role

HANDS = (Role.HANDLER, Role.FIELD_WORKER)


@dataclass(frozen=True)
class People:
    """The people of a unit, those rostered for it, and the deputies of its absent ones."""

    unit: Unit
    known: dict[int, Staff]
    of_unit: frozenset[int]
    at: datetime

    def candidates(
        self, *, skill: str, load: Mapping[int, int], barred: Collection[int] = ()
    ) -> list[Candidate]:
        """Everyone as the choice sees them; `barred` are keys of people."""
        return [self._candidate(one, skill, load, barred) for one in self.known.values()]

    def lately(self, one: Staff) -> float:
        """How much the person was given of late, as it counts now."""
        given_at, amount = one.given_at, one.given_lately  # type: ignore[attr-defined]
        return lately.left(amount or 0.0, given_at, self.at)

    def _candidate(
        self, one: Staff, skill: str, load: Mapping[int, int], barred: Collection[int]
    ) -> Candidate:
        return Candidate(
            staff_id=one.pk, staff_number=one.staff_number,
            is_present=one.presence != Staff.Presence.ABSENT,
            is_rostered=one.is_rostered,  # type: ignore[attr-defined]
            has_skill=bool(skill) and skill in one.skills,
            has_territory=one.has_territory,  # type: ignore[attr-defined]
            is_of_unit=one.pk in self.of_unit,
            is_out=one.presence == Staff.Presence.AWAY,
            is_barred=one.pk in barred,
            load=load.get(one.pk, 0), most_open=one.most_open,
            lately=self.lately(one), last_given_at=one.given_at,  # type: ignore[attr-defined]
            deputy_id=one.deputy_id,
        )  # fmt: skip


def in_the_chain_of(accused: Unit | None) -> frozenset[int]:
    """Everyone with a seat or a post in the unit a report is about, above it or below it; whatever
    their rank they take no part in it (举报)."""
    if accused is None:
        return frozenset()
    chain = Unit.objects.filter(
        Q(path__startswith=accused.path) | Q(path__in=accused.paths_to_root)
    ).values("pk")
    concerned = Q(unit__in=chain) | Q(leader_of__in=chain) | Q(liaison_of__in=chain)
    return frozenset(Staff.objects.filter(concerned).values_list("pk", flat=True))


def of(unit: Unit, *, territory_id: int | None, at: datetime) -> People:
    """The people of the unit or, where it has no hands of its own, of those below it; one
    statement."""
    found = _concerned(unit, at).annotate(
        is_own=_own(unit), has_territory=_answers_for(territory_id),
        given_at=F("last_given__at"), given_lately=F("last_given__lately"),
    )  # fmt: skip
    people = [one for one in found.select_related("unit") if _may_handle(one)]
    own = {one.pk for one in people if one.is_own or one.is_rostered}  # type: ignore[attr-defined]
    return People(unit, {one.pk: one for one in people}, frozenset(own), at)


def units_to_lock(unit: Unit, at: datetime) -> Q:
    """Which units' rows a choice must hold, so that no other choice gives to the same people."""
    return Q(pk=unit.pk) | Q(pk__in=_concerned(unit, at).values("unit"))


def _concerned(unit: Unit, at: datetime) -> StaffQuerySet:
    turns = Duty.objects.running(at).filter(staff=OuterRef("pk"), role__in=HANDS)
    own_turn = Exists(turns.filter(Q(unit=unit) | Q(unit=OuterRef("unit"))))
    active = Staff.objects.filter(is_active=True)
    first = active.annotate(is_rostered=own_turn).filter(
        _own(unit) | Exists(turns.filter(unit=unit))
    )
    deputies = first.filter(presence=Staff.Presence.ABSENT).values("deputy")
    return active.annotate(is_rostered=own_turn).filter(
        Q(pk__in=first.values("pk")) | Q(pk__in=deputies)
    )


def _own(unit: Unit) -> Q:
    """The hands of the unit itself or, where it has none, of the units below it."""
    hands = Q(is_active=True, roles__overlap=list(HANDS))
    has_own = Exists(Staff.objects.filter(hands, unit=unit.pk))
    below = Q(unit__path__startswith=unit.path) & ~Q(has_own)
    return hands & (Q(unit=unit.pk) | below)


def _answers_for(territory_id: int | None) -> Combinable:
    if territory_id is None:
        return Value(False, output_field=BooleanField())
    answering = Responsibility.objects.filter(
        staff=OuterRef("pk"), territory=territory_id, is_active=True
    )
    return Exists(answering)


def _may_handle(one: Staff) -> bool:
    return Permission.HANDLE in one.permissions
