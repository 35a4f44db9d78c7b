"""Which unit a matter goes to, and by which rule (question)."""

from collections.abc import Sequence
from dataclasses import dataclass

from assignment import precedence
from assignment.models import RoutingRule
from organisation.models import Territory, Unit


@dataclass(frozen=True)
class Matter:
    """What routing looks at; `parent_code` is the category above the matter's own."""

    company_path: str
    utility: str
    kind: str
    category_code: str
    territory: Territory | None
    is_key_account: bool
    parent_code: str = ""

    @property
    def asked(self) -> precedence.Asked:
        """The same as a plain value."""
        codes = tuple(code for code in (self.category_code, self.parent_code) if code)
        territory = self.territory.pk if self.territory else None
        return precedence.Asked(self.utility, self.kind, codes, territory, self.is_key_account)


@dataclass(frozen=True)
class Route:
    """The unit, the skill asked for, and why, as codes with their facts."""

    unit: Unit
    skill: str
    reasons: tuple[dict[str, object], ...]


@dataclass(frozen=True)
class Fate:
    """How one rule fared with a matter."""

    rule: RoutingRule
    verdict: precedence.Verdict


# The names reasons had before there was a precedence of its own; tickets keep them.
_TOLD_AS = {"category": "category_code", "territory": "territory_id"}


def route(matter: Matter) -> Route | None:
    """Where the rule that wins sends the matter; None when no rule fits. One statement."""
    return routes([matter])[0]


def routes(matters: Sequence[Matter]) -> list[Route | None]:
    """The same for several matters, in their order; one statement for each company."""
    paths = {matter.company_path for matter in matters}
    rules = {path: list(RoutingRule.objects.of_company(path)) for path in paths}
    return [_route(matter, rules[matter.company_path]) for matter in matters]


def _route(matter: Matter, of_company: list[RoutingRule]) -> Route | None:
    rules = {rule.pk: rule for rule in of_company}
    winner = precedence.best((rule.as_rule for rule in of_company), matter.asked)
    if winner is None:
        return None
    found = rules[winner.key]
    selectors = sorted(_TOLD_AS.get(name, name) for name in precedence.named(winner))
    reason: dict[str, object] = {"code": "rule", "rule": found.pk, "by": selectors}
    if found.territory:
        reason["territory_zh"] = found.territory.name_zh
        reason["territory_en"] = found.territory.name_en
    if found.category_code and found.category_code != matter.category_code:
        reason["by_parent"] = True
    green: dict[str, object] = {"code": "key_account"}
    reasons = (reason, green) if winner.is_key_account else (reason,)
    return Route(found.unit, found.skill, reasons)


def fates(matter: Matter) -> list[Fate]:
    """How every rule of the company fared: the winner first, then those that lost to it, then
    those that do not fit, nearest miss first."""
    rules = {rule.pk: rule for rule in RoutingRule.objects.of_company(matter.company_path)}
    told = precedence.verdicts([rule.as_rule for rule in rules.values()], matter.asked)
    return [Fate(rules[verdict.key], verdict) for verdict in told]
