"""The routing rules of a company in words, which never win, and how they treat a matter (question)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from assignment import permissions, precedence, routing
from assignment.models import RoutingRule
from assignment.precedence import Verdict
from organisation.models import Staff, Unit
from tickets import prospects
from tickets.kinds import Kind
from tickets.models import Category
from tickets.prospects import Prospect, Wanted


@dataclass(frozen=True)
class Entry:
    """One rule with the words of its codes; `beaten_by` are the numbers of rules that always come
    before it."""

    rule: RoutingRule
    category: str
    kind: str
    beaten_by: tuple[int, ...] = ()
    may_change: bool = False
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Trial:
    """Where a made-up matter would go: the unit, the person, and everything that spoke for it."""

    unit: Unit | None
    reasons: tuple[dict[str, object], ...]
    prospect: Prospect | None
    fitting: tuple[Entry, ...]
    others: tuple[Entry, ...]


def seen_by(user: Staff) -> list[RoutingRule]:
    """The rules of the companies the person configures or works in, those of the group that count
    for them included; the ones in force first."""
    path = user.scope_path
    codes = [code for code in path.split("/") if code]
    above = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes))]
    found = RoutingRule.objects.filter(
        Q(company__path__startswith=path) | Q(company__path__in=above)
    )
    found = found.select_related("company", "unit", "territory")
    return list(found.order_by("-is_active", "company__path", "kind", "category_code", "pk"))


def entries(user: Staff) -> list[Entry]:
    """Every rule the person sees, with those said to be there in vain; two statements."""
    rules = seen_by(user)
    names, parents = _categories()
    live = [rule for rule in rules if rule.is_active]
    return [
        _entry(
            rule, names,
            beaten_by=tuple(sorted(in_vain(rule, live, parents))) if rule.is_active else (),
            may_change=permissions.may_configure(user, rule.company),
        )
        for rule in rules
    ]  # fmt: skip


def in_vain(rule: RoutingRule, live: Iterable[RoutingRule], parents: dict[str, str]) -> set[int]:
    """The rules in force that between them always win before this one; empty if it can win."""
    counting = [
        one.as_rule for one in live
        if rule.company.path.startswith(one.company.path) and one.unit.is_active
    ]  # fmt: skip
    return precedence.beaten_by(rule.as_rule, counting, parents=parents)


def always_before(rule: RoutingRule) -> list[int]:
    """The same for one rule, read fresh."""
    if not rule.is_active:
        return []
    live = RoutingRule.objects.of_company(rule.company.path)
    return sorted(in_vain(rule, live, _categories()[1]))


def words() -> dict[str, dict[str, Any]]:
    """The words of the codes that a rule keeps, by column."""
    return {"kind": dict(Kind.choices), "category_code": _categories()[0]}


def trial(
    *,
    company: Unit,
    kind: str,
    category: Category,
    territory: Any,
    is_key_account: bool,
    wished: Staff | None,
    at: datetime,
) -> Trial:
    """How the rules and the choice would treat such a matter at the instant. Writes nothing."""
    matter = routing.Matter(
        company_path=company.path, utility=category.utility, kind=kind,
        category_code=category.code, territory=territory, is_key_account=is_key_account,
        parent_code=category.parent.code if category.parent else "",
    )  # fmt: skip
    names, _parents = _categories()
    told = [_entry(fate.rule, names, verdict=fate.verdict) for fate in routing.fates(matter)]
    route = routing.route(matter)
    prospect = None
    if route is not None:
        wanted = Wanted(
            skill=route.skill, territory_id=territory.pk if territory else None, wished=wished
        )
        prospect = prospects.of(route.unit, wanted, at)
    return Trial(
        unit=route.unit if route else None, reasons=route.reasons if route else (),
        prospect=prospect,
        fitting=tuple(one for one in told if one.verdict and not one.verdict.misfits),
        others=tuple(one for one in told if one.verdict and one.verdict.misfits),
    )  # fmt: skip


def _entry(rule: RoutingRule, names: dict[str, str], **told: Any) -> Entry:
    kind = str(Kind(rule.kind).label) if rule.kind in Kind.values else rule.kind
    return Entry(rule, names.get(rule.category_code, rule.category_code), kind, **told)


def _categories() -> tuple[dict[str, str], dict[str, str]]:
    """The name of each category, and the group it stands in, by code."""
    found = list(Category.objects.filter(source="").select_related("parent"))
    names = {one.code: one.name for one in found}
    return names, {one.code: one.parent.code for one in found if one.parent}
