"""Which unit a matter goes to, and by which rule (question)."""

from dataclasses import dataclass

from assignment.models import RoutingRule
from organisation.models import Territory, Unit


@dataclass(frozen=True)
class Matter:
    """What routing looks at."""

    company_path: str
    utility: str
    kind: str
    category_code: str
    territory: Territory | None
    is_key_account: bool


@dataclass(frozen=True)
class Route:
    """The unit, the skill asked for, and why, as codes with their facts."""

    unit: Unit
    skill: str
    reasons: tuple[dict[str, object], ...]


_SELECTORS = ("utility", "kind", "category_code", "territory_id", "is_key_account")


def route(matter: Matter) -> Route | None:
    """The most specific active rule that fits, lowest rank first; None when no rule fits."""
    fitting = [rule for rule in _rules(matter.company_path) if _fits(rule, matter)]
    best = min(fitting, key=lambda rule: (-_how_specific(rule), rule.rank, rule.pk), default=None)
    if best is None:
        return None
    named = {name: getattr(best, name) for name in _SELECTORS if _is_set(getattr(best, name))}
    reason: dict[str, object] = {"code": "rule", "rule": best.pk, "by": sorted(named)}
    if best.territory:
        reason["territory_zh"] = best.territory.name_zh
        reason["territory_en"] = best.territory.name_en
    return Route(best.unit, best.skill, (reason,))


def _rules(company_path: str) -> list[RoutingRule]:
    rules = RoutingRule.objects.filter(is_active=True, unit__is_active=True)
    rules = rules.select_related("company", "unit", "territory")
    return [rule for rule in rules if company_path.startswith(rule.company.path)]


def _fits(rule: RoutingRule, matter: Matter) -> bool:
    wanted = {
        "utility": matter.utility,
        "kind": matter.kind,
        "category_code": matter.category_code,
        "territory_id": matter.territory.pk if matter.territory else None,
        "is_key_account": matter.is_key_account,
    }
    return all(
        not _is_set(getattr(rule, name)) or getattr(rule, name) == wanted[name]
        for name in _SELECTORS
    )


def _is_set(value: object) -> bool:
    return value not in ("", None)


def _how_specific(rule: RoutingRule) -> int:
    return sum(
        2 ** position for position, name in enumerate(_SELECTORS) if _is_set(getattr(rule, name))
    )
