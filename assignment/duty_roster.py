"""Who is really there: on the roster, present, or standing in as deputy (question)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from assignment.choice import Candidate
from assignment.models import Duty
from organisation.models import Staff, Unit
from organisation.roles import Role


def on_roster(unit: Unit, role: Role, at: datetime) -> set[int]:
    """Ids of those rostered for the unit in the role at the instant."""
    duties = Duty.objects.filter(unit=unit, role=role, from_at__lte=at, to_at__gt=at)
    return set(duties.values_list("staff_id", flat=True))


def candidates(
    unit: Unit, *, skill: str, at: datetime, load: Mapping[int, int]
) -> list[Candidate]:
    """Handlers and field workers of the unit or, where it has none of its own, below it."""
    hands = Staff.objects.filter(is_active=True, roles__overlap=[Role.HANDLER, Role.FIELD_WORKER])
    people = list(hands.filter(unit=unit)) or list(hands.filter(unit__path__startswith=unit.path))
    rostered = on_roster(unit, Role.HANDLER, at)
    return [
        Candidate(
            staff_id=one.pk, staff_number=one.staff_number, is_rostered=one.pk in rostered,
            is_present=one.presence != Staff.Presence.ABSENT,
            has_skill=bool(skill) and skill in one.skills, load=load.get(one.pk, 0),
        )
        for one in people
    ]  # fmt: skip


def responsible(unit: Unit, role: Role, at: datetime) -> Staff | None:
    """Who answers for the unit in the role now: the roster first, then the post's holder in the
    unit or the nearest unit above; an absent one by their deputy (AB岗). None when nobody holds
    the role anywhere up the tree."""
    above = Unit.objects.filter(path__in=unit.paths_to_root).order_by("-path")
    for place in above.select_related("leader__deputy", "liaison__deputy"):
        found = _in(place, role, at)
        if found is not None:
            return found
    return None


def _in(unit: Unit, role: Role, at: datetime) -> Staff | None:
    rostered = on_roster(unit, role, at)
    people = Staff.objects.with_role(role).select_related("deputy")
    choices = list(people.filter(pk__in=rostered).order_by("staff_number"))
    if role == Role.UNIT_LEADER and unit.leader:
        choices.append(unit.leader)
    if role == Role.LIAISON and unit.liaison:
        choices.append(unit.liaison)
    choices += list(people.filter(unit=unit).order_by("staff_number"))
    there = [present for one in choices if (present := _present(one))]
    return there[0] if there else None


def _present(staff: Staff) -> Staff | None:
    """The person if there, else their deputy if there, else None."""
    for one in (staff, staff.deputy):
        if one is not None and one.is_active and one.presence != Staff.Presence.ABSENT:
            return one
    return None


def coming_week(company_path: str, at: datetime) -> list[Duty]:
    """The turns of the company's units that are running or begin within seven days."""
    turns = Duty.objects.filter(unit__path__startswith=company_path, to_at__gt=at)
    turns = turns.filter(from_at__lt=at + timedelta(days=7)).select_related("unit", "staff")
    return list(turns.order_by("from_at", "unit__path", "role")[:400])
