"""Who a matter would go to in a unit if it came now, and why (question)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from assignment import candidacy, choice, duty_roster
from organisation.models import Staff, Unit
from tickets.models import Ticket
from tickets.states import WITH_UNIT


@dataclass(frozen=True)
class Wanted:
    """What the choice of a person looks at besides the unit; `barred` are the keys of people who
    may take no part."""

    skill: str = ""
    territory_id: int | None = None
    wished: Staff | None = None
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Row:
    """One person as the try-out shows them."""

    staff: Staff
    standing: choice.Standing
    deputy: Staff | None
    stands_in_for: tuple[Staff, ...]


@dataclass(frozen=True)
class Prospect:
    """The person, the reasons as codes with their facts, and how everyone stood; `lately` is how
    much the person was given of late, `is_fallback` that nobody of the unit could take it."""

    person: Staff | None
    reasons: tuple[dict[str, object], ...]
    rows: tuple[Row, ...]
    lately: float = 0.0
    is_fallback: bool = False


def wanted_of(ticket: Ticket, skill: str) -> Wanted:
    """What the choice looks at, read off a ticket that may be unsaved."""
    return Wanted(
        skill=skill, territory_id=ticket.territory_id, wished=ticket.wished_handler,
        barred=_accused(ticket),
    )  # fmt: skip


def _accused(ticket: Ticket) -> frozenset[int]:
    """Whom a confidential report is about, with everyone in their chain; no statement for others."""
    if not ticket.is_confidential:
        return frozenset()
    named = ticket.accused_staff.values_list("pk", flat=True) if ticket.pk else ()
    return candidacy.in_the_chain_of(ticket.accused_unit) | frozenset(named)


def load_of(staff_ids: Iterable[int]) -> Mapping[int, int]:
    """Open tickets that each of the people holds."""
    held = Ticket.objects.filter(lead_handler__in=list(staff_ids), state__in=WITH_UNIT)
    counted = held.values("lead_handler").annotate(n=Count("pk"))
    return dict(counted.values_list("lead_handler", "n"))


def of(unit: Unit, wanted: Wanted, at: datetime) -> Prospect:
    """Whom the choice falls on in the unit, in two statements; where nobody of it can take work,
    its liaison, its leader, or the unit above (assignment.duty_roster.stand_by); None where no post
    of the tree is filled."""
    people = candidacy.of(unit, territory_id=wanted.territory_id, at=at)
    found = choice.choose(
        people.candidates(skill=wanted.skill, load=load_of(people.known), barred=wanted.barred),
        wished_id=wanted.wished.pk if wanted.wished else None,
    )
    names = dict(people.known)
    if wanted.wished is not None:
        names.setdefault(wanted.wished.pk, wanted.wished)
    reasons = tuple(_named(reason, names) for reason in found.reasons)
    rows = tuple(_row(standing, people.known) for standing in found.standings)
    if found.staff_id is not None:
        chosen = people.known[found.staff_id]
        return Prospect(chosen, reasons, rows, people.lately(chosen))
    person, why = _stand_by(unit, wanted, at)
    because: dict[str, object] = {"code": "nobody", "why": found.nobody_because}
    return Prospect(person, (*reasons, because, why), rows, is_fallback=True)


def _stand_by(unit: Unit, wanted: Wanted, at: datetime) -> tuple[Staff | None, dict[str, object]]:
    found = duty_roster.stand_by(unit, at, barred=wanted.barred)
    if found is None:
        return None, {"code": "tracker_fallback"}
    why: dict[str, object] = {"code": f"{found.code}_fallback", **_names("staff", [found.staff])}
    if found.unit != unit:
        why |= {"unit_zh": found.unit.name_zh, "unit_en": found.unit.name_en}
    if found.for_whom is not None:
        why |= _names("for", [found.for_whom])
    return found.staff, why


def _named(reason: Mapping[str, object], people: Mapping[int, Staff]) -> dict[str, object]:
    """The reason with names in place of the keys of people: history keeps what they were called."""
    told: Any = reason.get("staff")
    if told is None:
        return dict(reason)
    keys = told if isinstance(told, list) else [told]
    plain = {name: value for name, value in reason.items() if name != "staff"}
    return plain | _names("staff", [people[key] for key in keys if key in people])


def _names(field: str, people: list[Staff]) -> dict[str, object]:
    return {
        f"{field}_zh": "、".join(one.name_zh for one in people),
        f"{field}_en": ", ".join(one.name_en for one in people),
    }


def _row(standing: choice.Standing, people: Mapping[int, Staff]) -> Row:
    return Row(
        staff=people[standing.candidate.staff_id], standing=standing,
        deputy=people.get(standing.deputy_id or 0),
        stands_in_for=tuple(people[key] for key in standing.stands_in_for),
    )  # fmt: skip
