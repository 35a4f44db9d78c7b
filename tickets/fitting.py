"""Write as policies the limits by which another system set its due times (verb)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction

from organisation.models import Calendar, Staff
from tickets import external_codes, limit_fitting, replaying
from tickets.kinds import ClockName
from tickets.limit_fitting import Fit, Sample
from tickets.mappings import Mapping
from tickets.models import Limit, Policy
from tickets.replaying import FITTED, Parity
from tickets.states import Happening

# A file does not say since when its limits hold.
_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
_STOPS = (Happening.DONE, Happening.RESOLVED_ON_THE_SPOT, Happening.CLOSED, Happening.CANCELLED)


@dataclass(frozen=True)
class Fitted:
    """How many categories have a steady limit, how many have none, and new policy versions."""

    known: int
    unknown: int
    written: int


def fit(
    *, path: Path, mapping: Mapping, parity: Parity, by: Staff | None, at: datetime
) -> Fitted:
    """Fit a limit for each category on the chosen rows and keep it as a policy version; a second
    run on the same rows writes nothing."""
    samples: dict[str, list[Sample]] = {}
    names: dict[str, tuple[str, str]] = {}
    for matter in replaying.rows(path, mapping, parity, at):
        if matter is None or matter.due_at is None or not replaying.is_possible(matter):
            continue
        code = replaying.code_of(mapping, matter)
        names[code] = (matter.category, matter.utility)
        samples.setdefault(code, []).append(Sample(matter.received_at, matter.due_at))
    fits, hours = limit_fitting.fit(samples, mapping.zone.key)
    with transaction.atomic():
        calendar = _calendar(mapping, hours, at)
        written = sum(
            _write(mapping, code, names[code], found, calendar, at) for code, found in fits.items()
        )
    return Fitted(len(fits), len(samples) - len(fits), written)


def _calendar(mapping: Mapping, hours: tuple[time, time] | None, at: datetime) -> str:
    code = external_codes.code(FITTED, mapping.source, most=30)
    wanted: dict[str, Any] = {
        "name_en": f"{mapping.name_en}: office days", "name_zh": f"{mapping.name_zh}：办公日",
        "time_zone": mapping.zone.key, "week": limit_fitting.week(hours),
        "holidays_observed": False,
    }  # fmt: skip
    latest = Calendar.objects.filter(code=code).order_by("-version").first()
    if latest is None or any(getattr(latest, name) != value for name, value in wanted.items()):
        version = latest.version + 1 if latest else 1
        Calendar.objects.create(code=code, version=version, created_at=at, **wanted)
    return code


def _write(
    mapping: Mapping, category: str, name: tuple[str, str], found: Fit, calendar: str, at: datetime
) -> bool:
    """Whether a new version was needed."""
    label, utility = name
    code = external_codes.code(FITTED, mapping.source, category, most=60)
    limit = _limit(found, calendar)
    latest = Policy.objects.filter(code=code).order_by("-version").first()
    if latest is not None and _says(latest, limit):
        return False
    said_en = f"Fitted: explains {found.agreeing} of {found.samples} rows of {mapping.name_en}."
    said_zh = f"由数据拟合：解释{mapping.name_zh}{found.samples}条中的{found.agreeing}条。"
    policy = Policy.objects.create(
        code=code, version=latest.version + 1 if latest else 1, effective_at=_SINCE,
        utility=utility, category_code=category, created_at=at,
        name_en=label[:120], name_zh=label[:120],
        source_en=said_en[:300], source_zh=said_zh[:300],
    )  # fmt: skip
    Limit.objects.create(policy=policy, **limit)
    return True


def _limit(found: Fit, calendar: str) -> dict[str, Any]:
    shape = found.shape
    return {
        "clock": ClockName.REPLY, "amount": found.amount, "unit": str(shape.unit),
        "counting": str(shape.counting), "ends": Limit.Ends.MIDNIGHT, "cut_off": shape.cut_off,
        "next_opening": shape.next_opening, "starts_on": Happening.RECEIVED,
        "stops_on": [*_STOPS], "calendar_code": calendar, "is_internal": False,
    }  # fmt: skip


def _says(policy: Policy, limit: dict[str, Any]) -> bool:
    standing = policy.limits.first()
    return standing is not None and all(
        getattr(standing, name) == value for name, value in limit.items()
    )
