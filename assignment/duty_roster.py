"""Who is really there: on the roster, present, or standing in as deputy (question)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from assignment.models import Duty
from organisation import office_hours
from organisation.models import Staff, Unit
from organisation.roles import Role

# Whose turn makes somebody the duty leader (带班领导), the nearer unit first.
LEADING = (Role.UNIT_LEADER, Role.EXECUTIVE)


@dataclass(frozen=True)
class StandBy:
    """Who takes what nobody of the unit can: the person, the code of their post, and its unit."""

    staff: Staff
    code: str
    unit: Unit
    for_whom: Staff | None = None


def on_roster(unit: Unit, role: Role, at: datetime) -> set[int]:
    """Ids of those rostered for the unit in the role at the instant."""
    duties = Duty.objects.running(at).filter(unit=unit, role=role)
    return set(duties.values_list("staff_id", flat=True))


def responsible(unit: Unit, role: Role, at: datetime) -> Staff | None:
    """Who answers for the unit in the role now: the roster first, then the post's holder in the
    unit or the nearest unit above; an absent one by their deputy (AB岗). None when nobody holds
    the role anywhere up the tree."""
    for place in _up_the_tree(unit):
        found = _in(place, role, at)
        if found is not None:
            return found
    return None


def duty_leader(unit: Unit, at: datetime) -> Staff | None:
    """The leader on duty (带班领导) for the unit or the nearest one above, or their deputy; None in
    office hours, when the holders of the posts are there, and where no leader is rostered."""
    turns = Duty.objects.running(at).filter(role__in=LEADING, unit__path__in=unit.paths_to_root)
    turns = turns.select_related("staff__deputy").order_by("-unit__path", "staff__staff_number")
    there = [present for turn in turns if (present := _present(turn.staff))]
    return there[0] if there and not office_hours.is_open(at, unit.company_path) else None


def stand_by(unit: Unit, at: datetime, *, barred: Collection[int] = ()) -> StandBy | None:
    """Who takes work that nobody of the unit can: its liaison (联络员), then its leader, each by
    roster, by post or by deputy, then the same in the unit above, up to the root. If nobody of them
    is there, the nearest post holder though absent; None only where no post is filled."""
    places = list(_up_the_tree(unit))
    for place in places:
        for code, holder in _posts(place, at):
            found = _present(holder)
            if found is not None and found.pk not in barred:
                return StandBy(found, code, place, holder if found != holder else None)
    for place in places:
        for code, holder in _posts(place, at):
            if holder.is_active and holder.pk not in barred:
                return StandBy(holder, code, place)
    return None


def coming_week(company_path: str, at: datetime) -> list[Duty]:
    """The turns of the company's units that are running or begin within seven days."""
    turns = Duty.objects.between(at, at + timedelta(days=7))
    turns = turns.filter(unit__path__startswith=company_path).select_related("unit", "staff")
    return list(turns.order_by("from_at", "unit__path", "role")[:400])


def _up_the_tree(unit: Unit) -> Iterator[Unit]:
    """The unit and those above it, nearest first, with their posts."""
    above = Unit.objects.filter(path__in=unit.paths_to_root).order_by("-path")
    return iter(above.select_related("leader__deputy", "liaison__deputy"))


def _posts(unit: Unit, at: datetime) -> Iterator[tuple[str, Staff]]:
    for code, role, holder in (
        ("liaison", Role.LIAISON, unit.liaison), ("leader", Role.UNIT_LEADER, unit.leader)
    ):  # fmt: skip
        for turn in _turns(unit, role, at):
            yield code, turn.staff
        if holder is not None:
            yield code, holder


def _turns(unit: Unit, role: Role, at: datetime) -> list[Duty]:
    turns = Duty.objects.running(at).filter(unit=unit, role=role).order_by("staff__staff_number")
    return list(turns.select_related("staff__deputy"))


def _in(unit: Unit, role: Role, at: datetime) -> Staff | None:
    choices = [turn.staff for turn in _turns(unit, role, at)]
    if role == Role.UNIT_LEADER and unit.leader:
        choices.append(unit.leader)
    if role == Role.LIAISON and unit.liaison:
        choices.append(unit.liaison)
    people = Staff.objects.with_role(role).select_related("deputy")
    choices += list(people.filter(unit=unit).order_by("staff_number"))
    there = [present for one in choices if (present := _present(one))]
    return there[0] if there else None


def _present(staff: Staff) -> Staff | None:
    """The person if there, else their deputy if there, else None."""
    for one in (staff, staff.deputy):
        if one is not None and one.is_active and one.presence != Staff.Presence.ABSENT:
            return one
    return None
