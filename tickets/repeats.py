"""How often a rung is said again while nobody acknowledges it (question)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from organisation import working_time
from organisation.roles import Role
from tickets import policies
from tickets.models import Limit, Ticket


@dataclass(frozen=True)
class Rung:
    """What a rung asks for beside its role: the roles above it, and its repeats."""

    then: tuple[Role, ...]
    is_internal: bool
    calendar: str
    every: working_time.Limit | None
    most: int


@lru_cache(maxsize=2048)
def of_policy(policy_id: int) -> Mapping[tuple[str, str, str], Rung]:
    """The rungs of one policy version by clock, measure and stage; a version never changes, so this
    may be kept."""
    found: dict[tuple[str, str, str], Rung] = {}
    limits = Limit.objects.filter(policy_id=policy_id).exclude(ladder=None)
    for limit in limits.prefetch_related("ladder__rungs"):
        assert limit.ladder is not None
        rungs = sorted(limit.ladder.rungs.all(), key=lambda one: one.order)
        for n, rung in enumerate(rungs):
            every = None
            if rung.most_repeats and rung.repeat_amount is not None:
                unit = working_time.Unit(rung.repeat_unit)
                every = working_time.Limit(amount=rung.repeat_amount, unit=unit)
            found[limit.clock, limit.measure, f"rung-{rung.order}"] = Rung(
                then=tuple(Role(one.role) for one in rungs[n + 1 :]),
                is_internal=limit.is_internal, calendar=limit.calendar_code, every=every,
                most=rung.most_repeats,
            )  # fmt: skip
    return found


def rung(ticket: Ticket, clock: str, measure: str, stage: str) -> Rung | None:
    """What the policy the ticket keeps says of the rung."""
    if ticket.policy_id is None:
        return None
    return of_policy(ticket.policy_id).get((clock, measure, stage))


def following(ticket: Ticket, found: Rung, after: datetime) -> datetime | None:
    """The instant of the repeat that follows what was said at the instant; None without repeats."""
    if found.every is None:
        return None
    calendar = policies.calendars_of(ticket).get(found.calendar)
    return None if calendar is None else working_time.add(calendar, after, found.every).due_at
