"""From whom a confidential report is kept, and who answers for it instead (question).

The same rule as Ticket.objects.visible_to(), asked of people instead of tickets.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q

from organisation import roles
from organisation.models import Staff, Unit
from organisation.roles import Permission, Role
from tickets.models import Ticket


def accused(ticket: Ticket) -> frozenset[int]:
    """Ids of the people whom the report names."""
    return frozenset(ticket.accused_staff.values_list("pk", flat=True)) if ticket.pk else frozenset()


def excluded(people: Iterable[Staff], unit: Unit | None, named: Collection[int]) -> set[int]:
    """Ids of those among the people whom a report about the unit and the named people is kept
    from: themselves named, or with a seat or a post in the unit or anywhere above or below it."""
    asked = {one.pk: one for one in people}
    found = {pk for pk in asked if pk in named}
    if unit is None:
        return found
    found |= {pk for pk, one in asked.items() if _is_one_chain(one.unit, unit)}
    posts = Unit.objects.filter(Q(leader__in=asked) | Q(liaison__in=asked))
    for post in posts.only("path", "leader_id", "liaison_id"):
        if _is_one_chain(post, unit):
            found |= {pk for pk in (post.leader_id, post.liaison_id) if pk in asked}
    return found


def is_excluded(staff: Staff, ticket: Ticket) -> bool:
    """Whether this report is about the person or about their own chain."""
    return bool(excluded([staff], ticket.accused_unit, accused(ticket)))


def keeps_out(unit: Unit, ticket: Ticket) -> bool:
    """Whether the unit is above, below or the one that the report is about."""
    return ticket.accused_unit is not None and _is_one_chain(unit, ticket.accused_unit)


def nearest(
    *, scope_path: str, near: Unit | None, unit: Unit | None, named: Collection[int]
) -> Staff | None:
    """Whoever may read a report about the unit and the named people and sits nearest: supervisors
    first, those present first. None when there is nobody outside the chain."""
    holders = roles.holding(Permission.SEE_CONFIDENTIAL) & roles.holding(Permission.SEE_SCOPE)
    people = Staff.objects.filter(is_active=True, roles__overlap=sorted(holders))
    reaching = [
        one for one in people.select_related("unit").order_by("staff_number")
        if scope_path.startswith(one.scope_path)
    ]  # fmt: skip
    barred = excluded(reaching, unit, named)
    path = near.path if near else scope_path
    free = [one for one in reaching if one.pk not in barred]
    return min(free, key=lambda one: _distance(one, path), default=None)


def answering(ticket: Ticket) -> Staff | None:
    """Who answers for a report where the people of the ladder may not hear of it."""
    return nearest(
        scope_path=ticket.scope_path, near=ticket.lead_unit or ticket.intake_unit,
        unit=ticket.accused_unit, named=accused(ticket),
    )  # fmt: skip


def _distance(staff: Staff, path: str) -> tuple[bool, bool, int, int]:
    own, other = staff.unit.path.split("/"), path.split("/")
    shared = next((n for n, (a, b) in enumerate(zip(own, other, strict=False)) if a != b), len(own))
    is_absent = staff.presence == Staff.Presence.ABSENT
    return is_absent, not staff.has(Role.SUPERVISOR), -shared, len(own)


def _is_one_chain(one: Unit, other: Unit) -> bool:
    return one.path.startswith(other.path) or other.path.startswith(one.path)
