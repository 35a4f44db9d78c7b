"""Limits of seconds, written as the rows an administrator would write: they fire in a test."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from organisation.roles import Role
from tickets.kinds import Kind
from tickets.models import Ladder, Limit, Policy, Rung
from tickets.states import Happening

CATEGORY = "power-complaint-staff"
_ENDS = [
    Happening.DONE, Happening.RESOLVED_ON_THE_SPOT, Happening.CLOSED, Happening.CANCELLED,
]  # fmt: skip


def answer_within_three_seconds(at: datetime) -> None:
    """A complaint must be answered 3 s after the first talk; 1.2 s later the supervisor hears."""
    policy, ladder = _policy(at), _ladder({Role.SUPERVISOR: "0.02"})
    _limit(policy, "restore", amount=8, unit="hours", starts_on=Happening.RECEIVED)
    _limit(policy, "reply", amount="0.05", starts_on=Happening.CONTACTED, ladder=ladder)


def sign_within_three_seconds(at: datetime) -> None:
    """A complaint must be signed for 3 s after it was dispatched, or the desk signs; its customer
    must be rung up within 6 s, and the supervisor hears 6 s after that. Each ticket that nobody
    looks at so fires three times, and is signed for once."""
    policy, ladder = _policy(at), _ladder({Role.SUPERVISOR: "0.1"})
    _limit(policy, "sign", amount="0.05", starts_on=Happening.DISPATCHED)
    _limit(policy, "first_contact", amount="0.1", starts_on=Happening.DISPATCHED, ladder=ladder)


def fire_many_times_within_seconds(at: datetime) -> None:
    """Four clocks of 3 to 12 s with reminders and rungs: a complaint that nobody touches fires
    fourteen times within a quarter of a minute, the first time half a second after dispatch."""
    policy, ladder = _policy(at), _ladder({Role.UNIT_LEADER: "0.02", Role.SUPERVISOR: "0.04"})
    _limit(policy, "sign", amount="0.05", starts_on=Happening.DISPATCHED, reminders=[50])
    _limit(
        policy, "first_contact", amount="0.08", starts_on=Happening.DISPATCHED, ladder=ladder,
        reminders=[10, 80], stops_on=[*_ENDS, Happening.CONTACTED],
    )  # fmt: skip
    _limit(
        policy, "reply", amount="0.15", starts_on=Happening.RECEIVED, ladder=ladder,
        reminders=[50],
    )  # fmt: skip
    _limit(policy, "total", amount="0.20", starts_on=Happening.RECEIVED, ladder=ladder)


def _policy(at: datetime) -> Policy:
    return Policy.objects.create(
        code="seconds", version=1, name_en="Limit of seconds", name_zh="按秒时限", utility="power",
        kind=Kind.COMPLAINT, category_code=CATEGORY, effective_at=at, created_at=at,
    )  # fmt: skip


def _ladder(minutes: dict[Role, str]) -> Ladder:
    ladder = Ladder.objects.create(
        code="seconds", version=1, name_en="Ladder of seconds", name_zh="按秒上报层级"
    )
    for order, (role, after) in enumerate(minutes.items(), start=1):
        Rung.objects.create(
            ladder=ladder, order=order, after_amount=Decimal(after), after_unit="minutes", role=role
        )
    return ladder


def _limit(
    policy: Policy, clock: str, *, amount: str | int, starts_on: Happening,
    unit: str = "minutes", ladder: Ladder | None = None, reminders: Sequence[int] = (),
    stops_on: Sequence[Happening] = (),
) -> None:  # fmt: skip
    stops_on = stops_on or ([*_ENDS, Happening.SIGNED] if clock == "sign" else _ENDS)
    Limit.objects.create(
        policy=policy, clock=clock, amount=Decimal(amount), unit=unit, starts_on=starts_on,
        stops_on=list(stops_on), calendar_code="round-the-clock", is_internal=clock == "sign",
        ladder=ladder, reminder_percents=list(reminders),
    )  # fmt: skip
