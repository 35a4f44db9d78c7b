"""What one version of a policy says, as a plain value that can be compared and written again
(question)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from organisation import working_time
from organisation.models import Unit
from tickets.limit_wording import ENDS, LimitWording
from tickets.models import Limit, Policy
from tickets.states import Happening


@dataclass(frozen=True)
class Wording:
    """All that one version says; an empty selector fits everything."""

    name_en: str
    name_zh: str
    limits: tuple[LimitWording, ...]
    utility: str = ""
    kind: str = ""
    category_code: str = ""
    area_class: str = ""
    channel: str = ""
    level: int | None = None
    customer_class: str = ""
    special_period: str = ""
    company: Unit | None = None
    source_en: str = ""
    source_zh: str = ""
    doubt_en: str = ""
    doubt_zh: str = ""
    return_amount: Decimal = Decimal(1)
    return_unit: str = "working_days"
    return_calendar_code: str = "working-days-cn"
    most_extensions: int = 1
    suspension_days: tuple[tuple[str, int], ...] = ()


SELECTORS = (
    "utility", "kind", "category_code", "area_class", "channel", "level", "customer_class",
    "special_period", "company",
)  # fmt: skip
COLUMNS = (
    *SELECTORS, "name_en", "name_zh", "source_en", "source_zh", "doubt_en", "doubt_zh",
    "return_amount", "return_unit", "return_calendar_code", "most_extensions",
)  # fmt: skip
LIMIT_COLUMNS = (
    "clock", "amount", "unit", "counting", "ends", "cut_off", "next_opening", "measure",
    "starts_on", "calendar_code", "is_internal", "procedure_en", "procedure_zh",
)  # fmt: skip


def newest(code: str) -> Policy | None:
    """The version of a policy written last, in force or planned; None where there is none."""
    rows = Policy.objects.filter(code=code, called_off_at=None).order_by("-version")
    return rows.select_related("company", "made_by").first()


def says(policy: Policy) -> Wording:
    """What a version says, as its editor would write it."""
    rows = sorted(policy.limits.select_related("ladder"), key=lambda limit: limit.pk)
    columns: dict[str, Any] = {name: getattr(policy, name) for name in COLUMNS}
    rest = tuple(sorted((reason, int(days)) for reason, days in policy.suspension_days.items()))
    return Wording(**columns, suspension_days=rest, limits=tuple(_says(row) for row in rows))


def _says(row: Limit) -> LimitWording:
    columns: dict[str, Any] = {name: getattr(row, name) for name in LIMIT_COLUMNS}
    return LimitWording(
        **columns, stops_on=_stops(row.stops_on),
        reminder_percents=tuple(row.reminder_percents),
        reminder_minutes=tuple(row.reminder_minutes), ladder=row.ladder.code if row.ladder else "",
    )  # fmt: skip


def tidy(wording: Wording) -> Wording:
    """As it will be read back: the stops in one order, without the ends that stop every clock."""
    limits = tuple(replace(one, stops_on=_stops(one.stops_on)) for one in wording.limits)
    return replace(wording, limits=limits, suspension_days=tuple(sorted(wording.suspension_days)))


def _stops(codes: Iterable[str]) -> tuple[str, ...]:
    # What nothing but the end of the ticket stops is said to stop with its closing.
    return tuple(sorted({code for code in codes if code not in ENDS})) or (str(Happening.CLOSED),)


def is_same(policy: Policy, wording: Wording) -> bool:
    """Whether the version says just that."""
    return says(policy) == tidy(wording)


def arithmetic(limit: LimitWording) -> working_time.Limit:
    """The limit as the engine counts it."""
    return working_time.Limit(
        amount=limit.amount, unit=working_time.Unit(limit.unit),
        counting=working_time.Counting(limit.counting), ends=working_time.Ending(limit.ends),
        cut_off=limit.cut_off, next_opening=limit.next_opening,
    )  # fmt: skip
