"""Which of several routing rules wins, why the others lose, and which can never win (sum).

A rule fits where each selector it names agrees; an empty one fits everything, and a category fits
the categories below it. Of the rules that fit, the most specific wins: key account before
territory before category (the very one before its parent) before kind before service line; then
the rule of the nearer company, the lower rank, the older rule.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

# So many made-up matters are tried at the most before a rule is taken to be able to win.
_MOST_TRIED = 20_000


@dataclass(frozen=True)
class Rule:
    """What a routing rule selects; `depth` is that of its company in the tree."""

    key: int
    utility: str = ""
    kind: str = ""
    category: str = ""
    territory: int | None = None
    is_key_account: bool | None = None
    depth: int = 0
    rank: int = 100


@dataclass(frozen=True)
class Asked:
    """What a matter shows to the rules; `categories` is its category and those above it."""

    utility: str
    kind: str
    categories: tuple[str, ...]
    territory: int | None
    is_key_account: bool


@dataclass(frozen=True)
class Verdict:
    """How one rule fared: `won`, or lost by the named selector (or `depth`, `rank`, `age`), or did
    not fit because of the selectors in `misfits`."""

    key: int
    is_winner: bool = False
    lost_by: str = ""
    misfits: tuple[str, ...] = ()


SELECTORS = ("is_key_account", "territory", "category", "kind", "utility")


def best(rules: Iterable[Rule], asked: Asked) -> Rule | None:
    """The rule that wins; None where none fits."""
    fitting = (rule for rule in rules if not misfits(rule, asked))
    return max(fitting, key=lambda rule: _order(rule, asked), default=None)


def misfits(rule: Rule, asked: Asked) -> tuple[str, ...]:
    """The selectors of the rule that the matter does not meet."""
    return tuple(name for name in SELECTORS if not _meets(rule, asked, name))


def named(rule: Rule) -> tuple[str, ...]:
    """The selectors the rule names."""
    return tuple(name for name in SELECTORS if getattr(rule, name) not in ("", None))


def verdicts(rules: Sequence[Rule], asked: Asked) -> list[Verdict]:
    """How each rule fared: the winner, the losers from strong to weak, then those that do not fit,
    nearest miss first."""
    winner = best(rules, asked)
    fitting = [rule for rule in rules if not misfits(rule, asked)]
    fitting.sort(key=lambda rule: _order(rule, asked), reverse=True)
    others = [rule for rule in rules if misfits(rule, asked)]
    others.sort(key=lambda rule: (len(misfits(rule, asked)), -len(named(rule)), rule.key))
    told = [
        Verdict(rule.key, is_winner=True)
        if rule is winner
        else Verdict(rule.key, lost_by=_lost_by(winner, rule, asked))
        for rule in fitting
        if winner is not None
    ]
    return told + [Verdict(rule.key, misfits=misfits(rule, asked)) for rule in others]


def beaten_by(
    rule: Rule, others: Sequence[Rule], *, parents: Mapping[str, str] | None = None
) -> set[int]:
    """The rules that between them always win before this one; empty if it can win. Where one of
    them alone suffices, only that one.

    `parents` names the category above each. Tried on every combination of the values that the rules
    name and, for what nobody names, one more.
    """
    rules = [rule, *(one for one in others if one.key != rule.key)]
    ranges = _ranges(rule, rules, parents or {})
    if prod(len(values) for values in ranges) > _MOST_TRIED:
        return set()
    winners = _winners(rule, rules, ranges)
    alone = (one for one in rules if one.key in winners and _winners(rule, [rule, one], ranges))
    enough = next(alone, None)
    return {enough.key} if enough else winners


def _winners(rule: Rule, rules: Sequence[Rule], ranges: "_Ranges") -> set[int]:
    """Who wins in the rule's place, or nobody as soon as it wins itself."""
    winners = set()
    for asked in _matters(ranges):
        winner = best(rules, asked)
        if winner is None or winner is rule:
            return set()
        winners.add(winner.key)
    return winners


def _meets(rule: Rule, asked: Asked, name: str) -> bool:
    wanted = getattr(rule, name)
    if wanted in ("", None):
        return True
    if name == "category":
        return wanted in asked.categories
    return bool(wanted == getattr(asked, name))


def _order(rule: Rule, asked: Asked) -> tuple[int, ...]:
    return tuple(value for _, value in _criteria(rule, asked))


def _criteria(rule: Rule, asked: Asked) -> tuple[tuple[str, int], ...]:
    """Each criterion as a number; more is stronger."""
    near = len(asked.categories) - asked.categories.index(rule.category) if rule.category else 0
    return (
        ("is_key_account", int(rule.is_key_account is not None)),
        ("territory", int(rule.territory is not None)),
        ("category", near),
        ("kind", int(bool(rule.kind))),
        ("utility", int(bool(rule.utility))),
        ("depth", rule.depth),
        ("rank", -rule.rank),
        ("age", -rule.key),
    )


def _lost_by(winner: Rule, rule: Rule, asked: Asked) -> str:
    pairs = zip(_criteria(winner, asked), _criteria(rule, asked), strict=True)
    return next(name for (name, strong), (_, weak) in pairs if strong != weak)


_Ranges = tuple[
    list[str], list[str], list[tuple[str, ...]], list[int | None], list[bool]
]  # fmt: skip


def _ranges(rule: Rule, rules: Sequence[Rule], parents: Mapping[str, str]) -> _Ranges:
    """The values of each selector worth trying; what nobody names comes first."""
    below = [code for code, parent in parents.items() if parent == rule.category]
    if rule.category:
        categories = [(f"{rule.category}/?", rule.category), (rule.category,)]
        categories += [(code, rule.category) for code in below if _is_named(code, rules)]
    else:
        codes = sorted({one.category for one in rules} - {""})
        chains = [(code, parents[code]) if parents.get(code) else (code,) for code in codes]
        categories = [("?",), *chains]
    return (
        [rule.utility] if rule.utility else ["?", *sorted({one.utility for one in rules} - {""})],
        [rule.kind] if rule.kind else ["?", *sorted({one.kind for one in rules} - {""})],
        categories,
        [rule.territory] if rule.territory is not None else [None, *_territories(rules)],
        [rule.is_key_account] if rule.is_key_account is not None else [False, True],
    )


def _is_named(code: str, rules: Sequence[Rule]) -> bool:
    return any(one.category == code for one in rules)


def _territories(rules: Sequence[Rule]) -> list[int]:
    return sorted({one.territory for one in rules if one.territory is not None})


def _matters(ranges: _Ranges) -> Iterator[Asked]:
    for utility, kind, categories, territory, is_key_account in product(*ranges):
        yield Asked(utility, kind, categories, territory, is_key_account)
