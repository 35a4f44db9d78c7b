"""Whether a policy can keep what it says: its limits by themselves, and beside calendars, people,
categories and the other policies (question)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from organisation.models import Staff
from tickets import limit_checks, policies, policy_wording
from tickets.kinds import CustomerClass
from tickets.limit_checks import Code, Finding, Severity
from tickets.models import Category, Ladder, Policy, SpecialPeriod
from tickets.policy_wording import Wording

# Sorts of customers that weigh the same, and that one customer may be of at once.
_TOGETHER = (
    {CustomerClass.ORDINARY, CustomerClass.FIRM}, {CustomerClass.ORDINARY, CustomerClass.PERSON},
)  # fmt: skip
_SAME = ("utility", "kind", "category_code", "area_class", "channel", "level", "company_id")


def of_wording(wording: Wording, *, code: str, at: datetime) -> list[Finding]:
    """What is doubtful in a policy as it is written, the gravest first; `code` is its own where it
    has one already. Counted from four moments of each day of a year."""
    others = [row for row in policies.in_force(at) if row.code != code]
    return limit_checks.sorted_by_weight(_all(wording, others, at))


def of_policy(policy: Policy, *, at: datetime) -> list[Finding]:
    """The same for a version that is saved."""
    return of_wording(policy_wording.says(policy), code=policy.code, at=at)


def of_all_in_force(at: datetime) -> Iterator[tuple[Policy, list[Finding]]]:
    """Every policy in force with what is doubtful in it."""
    standing = policies.in_force(at)
    for policy in standing:
        others = [row for row in standing if row.code != policy.code]
        found = _all(policy_wording.says(policy), others, at)
        yield policy, limit_checks.sorted_by_weight(found)


def _all(wording: Wording, others: Iterable[Policy], at: datetime) -> Iterator[Finding]:
    path = wording.company.company_path if wording.company else ""
    versions = policies.newest_calendars(path)
    calendars = {code: policies.calendar(code, version) for code, version in versions.items()}
    zone = timezone.get_default_timezone_name()
    tried = limit_checks.starts(at, zone)
    yield from limit_checks.of_limits(wording.limits, calendars, tried)
    yield from _of_ladders(wording)
    yield from _of_selectors(wording)
    yield from _of_others(wording, others)


def _of_ladders(wording: Wording) -> Iterator[Finding]:
    """Rungs that nobody stands on: an escalation would reach the deputies of nobody."""
    wanted = {limit.ladder: limit.clock for limit in wording.limits if limit.ladder}
    ladders = Ladder.objects.newest().filter(code__in=wanted).prefetch_related("rungs")
    path = wording.company.company_path if wording.company else ""
    staff = Staff.objects.filter(is_active=True, unit__path__startswith=path)
    if wording.utility:
        ours = staff.filter(Q(unit__utility=wording.utility) | Q(unit__utility=""))
        staff = ours if ours.exists() else staff
    held = {role for roles in staff.values_list("roles", flat=True) for role in roles}
    for ladder in ladders:
        for role in sorted({rung.role for rung in ladder.rungs.all()} - held):
            facts = {
                "clock": wanted[ladder.code], "ladder": ladder.code, "role": role,
                "name": ladder.name,
            }  # fmt: skip
            yield Finding(Code.NOBODY_HOLDS, Severity.WARNING, facts)


def _of_selectors(wording: Wording) -> Iterator[Finding]:
    """Selectors that no matter can fit."""
    if wording.category_code:
        yield from _of_category(wording)
    period = wording.special_period
    if period and not SpecialPeriod.objects.filter(code=period, ended_at=None).exists():
        yield Finding(Code.UNKNOWN_PERIOD, Severity.ERROR, {"period": period})


def _of_category(wording: Wording) -> Iterator[Finding]:
    code = wording.category_code
    row = Category.objects.filter(code=code, is_active=True).first()
    if row is None:
        yield Finding(Code.UNKNOWN_CATEGORY, Severity.ERROR, {"category": code})
        return
    is_other_line = wording.utility not in ("", row.utility)
    is_other_kind = bool(row.kind) and wording.kind not in ("", row.kind)
    if is_other_line or is_other_kind:
        facts = {"category": code, "utility": row.utility, "kind": row.kind}
        yield Finding(Code.OTHER_MATTER, Severity.ERROR, facts)


def _of_others(wording: Wording, others: Iterable[Policy]) -> Iterator[Finding]:
    """Policies that are exactly as specific, so that the alphabet would decide."""
    for row in others:
        if not _weighs_the_same(wording, row):
            continue
        is_twin = (wording.special_period, wording.customer_class) == (
            row.special_period, row.customer_class,
        )  # fmt: skip
        facts = {"policy": row.code, "name": row.name}
        if is_twin:
            yield Finding(Code.SAME_WEIGHT, Severity.ERROR, facts)
        else:
            yield Finding(Code.BOTH_MAY_FIT, Severity.WARNING, facts)


def _weighs_the_same(wording: Wording, row: Policy) -> bool:
    company_id = wording.company.pk if wording.company else None
    ours = [company_id if name == "company_id" else getattr(wording, name) for name in _SAME]
    if ours != [getattr(row, name) for name in _SAME]:
        return False
    if bool(wording.special_period) != bool(row.special_period):
        return False
    sorts = {wording.customer_class, row.customer_class}
    return len(sorts) == 1 or sorts in _TOGETHER
