"""The presence board (去向牌): where everyone is, and whose open work lies still (question)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from organisation import permissions
from organisation.models import Staff, Unit
from tickets import prospects, successors


@dataclass(frozen=True)
class Place:
    """One person on the board. `lies_still` says that they are absent and hold open work,
    `is_back_late` that the time of coming back has passed, `may_give` that the reader may hand their
    work over."""

    staff: Staff
    load: int
    may_place: bool
    may_give: bool
    lies_still: bool
    is_back_late: bool


@dataclass(frozen=True)
class Board:
    """The units of a company with their people, and how many are absent with open work."""

    units: tuple[tuple[Unit, tuple[Place, ...]], ...]
    absent: int
    lying_still: int


def of(user: Staff, at: datetime, presence: str = "") -> Board:
    """The board of the person's company, in two statements; narrowed to one presence if named."""
    people = Staff.objects.filter(
        is_active=True, unit__is_active=True, unit__path__startswith=user.unit.company_path
    )
    people = people.select_related("unit", "deputy").order_by("unit__path", "staff_number")
    known = list(people)
    load = prospects.load_of([one.pk for one in known])
    places = [_place(one, load.get(one.pk, 0), user, at) for one in known]
    shown = [one for one in places if presence in ("", one.staff.presence)]
    return Board(
        units=tuple(_by_unit(shown)),
        absent=sum(one.staff.presence == Staff.Presence.ABSENT for one in places),
        lying_still=sum(one.lies_still for one in places),
    )


def _place(one: Staff, load: int, user: Staff, at: datetime) -> Place:
    is_absent = one.presence == Staff.Presence.ABSENT
    return Place(
        staff=one, load=load, may_place=permissions.may_place(user, one),
        may_give=successors.may_give_for(user, one), lies_still=is_absent and load > 0,
        is_back_late=is_absent and one.back_at is not None and one.back_at <= at,
    )  # fmt: skip


def _by_unit(places: list[Place]) -> Iterator[tuple[Unit, tuple[Place, ...]]]:
    for _, group in groupby(places, key=lambda one: one.staff.unit_id):
        found = tuple(group)
        yield found[0].staff.unit, found
