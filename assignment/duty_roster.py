"""Who is really there: on the roster, present, or standing in as deputy (question)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from assignment.models import Duty
from assignment.on_duty import OnDuty
from organisation import office_hours
from organisation.models import Staff, Unit
from organisation.roles import Role


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
    """Who is there to act for the unit in the role: the roster first, then the post's holder, then
    whoever has the role, in the unit, the nearest one above or an office of it; an absent one by
    their deputy (AB岗). None where nobody of them is there."""
    return OnDuty(at, [unit], [role]).acting(unit, role)


def duty_leader(unit: Unit, at: datetime) -> Staff | None:
    """The leader on duty (带班领导) for the unit or the nearest one above, or their deputy; None in
    office hours, when the holders of the posts are there, and where no leader is rostered."""
    if office_hours.is_open(at, unit.company_path):
        return None
    return OnDuty(at, [unit]).leading(unit)


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


def _present(staff: Staff) -> Staff | None:
    """The person if there, else their deputy if there, else None."""
    for one in (staff, staff.deputy):
        if one is not None and one.is_active and one.presence != Staff.Presence.ABSENT:
            return one
    return None
