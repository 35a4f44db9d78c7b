"""Limits of seconds, written as the rows an administrator would write: they fire in a test."""

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
    ladder = Ladder.objects.create(
        code="journey", version=1, name_en="Ladder of seconds", name_zh="按秒上报层级"
    )
    Rung.objects.create(
        ladder=ladder, order=1, after_amount=Decimal("0.02"), after_unit="minutes",
        role=Role.SUPERVISOR,
    )  # fmt: skip
    policy = Policy.objects.create(
        code="journey", version=1, name_en="Limit of seconds", name_zh="按秒时限", utility="power",
        kind=Kind.COMPLAINT, category_code=CATEGORY, effective_at=at, created_at=at,
    )  # fmt: skip
    common = {"policy": policy, "calendar_code": "round-the-clock", "stops_on": _ENDS}
    Limit.objects.create(
        clock="restore", amount=8, unit="hours", starts_on=Happening.RECEIVED, is_internal=False,
        **common,
    )  # fmt: skip
    Limit.objects.create(
        clock="reply", amount=Decimal("0.05"), unit="minutes", starts_on=Happening.CONTACTED,
        is_internal=False, ladder=ladder, **common,
    )  # fmt: skip
