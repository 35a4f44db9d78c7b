"""Another system's due times against this desk's own: which rows agree, and why not (question)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from tickets import deadlines, external_codes, import_reading, limit_fitting, policies
from tickets.loaded_history import Reading
from tickets.mappings import Mapping, Matter
from tickets.models import Policy
from tickets.states import Happening

FITTED = "fit"
_EXAMPLES = 5
_IMPOSSIBLE = timedelta(days=5 * 365)


class Parity(StrEnum):
    """Which rows of a file, the first being number 0."""

    EVEN = "even"
    ODD = "odd"
    ALL = "all"


class Reason(StrEnum):
    """Why a row was not judged, or how the two due times differ."""

    UNREADABLE = "unreadable"
    NO_TARGET = "no_target"
    IMPOSSIBLE_TARGET = "impossible_target"
    UNKNOWN_TYPE = "unknown_type"
    MINUTES_EARLIER = "minutes_earlier"
    MINUTES_LATER = "minutes_later"
    DAYS_EARLIER = "days_earlier"
    DAYS_LATER = "days_later"


NOT_JUDGED = frozenset(
    {Reason.UNREADABLE, Reason.NO_TARGET, Reason.IMPOSSIBLE_TARGET, Reason.UNKNOWN_TYPE}
)


@dataclass
class Verdict:
    """What came of a file: `rows` = `matched` + the sum of `by_reason`."""

    rows: int = 0
    matched: int = 0
    by_reason: Counter[Reason] = field(default_factory=Counter)
    examples: dict[Reason, list[str]] = field(default_factory=dict)
    by_category: Counter[str] = field(default_factory=Counter)

    @property
    def judged(self) -> int:
        """Rows with a possible target of a type whose limit is known."""
        return self.rows - sum(self.by_reason[reason] for reason in NOT_JUDGED)


def code_of(mapping: Mapping, matter: Matter) -> str:
    """The code of the matter's category, as importing it would give."""
    return external_codes.of_category(
        mapping.source, matter.utility, matter.category_group, matter.category, is_leaf=True
    )


def rows(path: Path, mapping: Mapping, parity: Parity, now: datetime) -> Iterator[Matter | None]:
    """The matters of the chosen rows; None for a row that cannot be read."""
    number = 0
    for batch in import_reading.batches(path, mapping, {}, now):
        for read in batch:
            if parity == Parity.ALL or (number % 2 == 1) == (parity == Parity.ODD):
                yield read.matter if isinstance(read, Reading) else None
            number += 1


def known(mapping: Mapping, at: datetime) -> dict[str, Policy]:
    """The fitted policies in force, by the category they are for."""
    fitted = Policy.objects.in_force(at).filter(code__startswith=f"{FITTED}-{mapping.source}-")
    return {policy.category_code: policy for policy in fitted}


def judge(path: Path, mapping: Mapping, parity: Parity, at: datetime) -> Verdict:
    """Every chosen row against the due time that the desk's engine plans for it."""
    verdict, limits = Verdict(), known(mapping, at)
    calendars = {
        code: policies.calendar(code, version)
        for code, version in policies.newest_calendars().items()
    }
    for matter in rows(path, mapping, parity, at):
        verdict.rows += 1
        reason = _reason(matter, mapping, limits, calendars)
        if reason is None:
            verdict.matched += 1
            continue
        verdict.by_reason[reason] += 1
        if matter is not None and reason not in NOT_JUDGED:
            verdict.by_category[matter.category] += 1
            shown = verdict.examples.setdefault(reason, [])
            if len(shown) < _EXAMPLES:
                shown.append(matter.external_number)
    return verdict


def is_possible(matter: Matter) -> bool:
    """Whether the target lies after the receipt and within five years of it."""
    assert matter.due_at is not None
    return timedelta(0) < matter.due_at - matter.received_at <= _IMPOSSIBLE


def _reason(
    matter: Matter | None,
    mapping: Mapping,
    limits: dict[str, Policy],
    calendars: dict[str, policies.working_time.WorkingCalendar],
) -> Reason | None:
    if matter is None:
        return Reason.UNREADABLE
    if matter.due_at is None:
        return Reason.NO_TARGET
    if not is_possible(matter):
        return Reason.IMPOSSIBLE_TARGET
    policy = limits.get(code_of(mapping, matter))
    if policy is None:
        return Reason.UNKNOWN_TYPE
    received = deadlines.EventFact(code=Happening.RECEIVED, at=matter.received_at)
    (planned,) = deadlines.plan(policies.rules(policy.pk), calendars, [received])
    assert planned.due_at is not None
    return _difference(matter.due_at - planned.due_at)


def _difference(gap: timedelta) -> Reason | None:
    """How the file's due time lies to the planned one; None within the tolerance."""
    if abs(gap) <= limit_fitting.TOLERANCE:
        return None
    if abs(gap) <= timedelta(hours=1):
        return Reason.MINUTES_EARLIER if gap < timedelta(0) else Reason.MINUTES_LATER
    return Reason.DAYS_EARLIER if gap < timedelta(0) else Reason.DAYS_LATER
