"""Which of several rows of limits holds for a matter (sum).

A row fits a matter if each selector that it names fits; an empty one fits everything. Of the rows
that fit the most specific holds. What weighs more is compared in this order, the next only where
the ones before are equal:

1. a row that names the category of a safety matter: nothing else may loosen what a gas leak demands
   (domain §2c);
2. a special period (domain §1e row 93);
3. the level, the graver the more: a row for a level fits that one and every graver (domain §2a);
4. the sort of customer: in need of care before key account before the rest;
5. the category, the deeper the more: a row for a group fits every category below it;
6. the class of area; 7. the channel; 8. the kind; 9. the service line;
10. the company, the nearer the more: its own limits come before those of the group.

Two rows that are equal in all of it cannot be written on screen; should they come otherwise, the
one whose code comes last in the alphabet holds. The answer depends on nothing but rows and matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Row(Protocol):
    """What a row of limits selects; tickets.models.Policy is one."""

    code: str
    utility: str
    kind: str
    category_code: str
    area_class: str
    channel: str
    level: int | None
    customer_class: str
    special_period: str

    @property
    def company_path(self) -> str: ...


_Row = TypeVar("_Row", bound=Row)


@dataclass(frozen=True)
class Matter:
    """What the choice looks at: the category's code comes first, then those of the groups above it;
    `level` 1 is the gravest; `periods` are the codes of the special periods it came in."""

    utility: str
    kind: str
    category_codes: tuple[str, ...]
    area_class: str = ""
    channel: str = ""
    level: int = 4
    customer_classes: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()
    company_path: str = ""
    is_safety: bool = False


SELECTORS = (
    "special_period", "level", "customer_class", "category_code", "area_class", "channel", "kind",
    "utility", "company",
)  # fmt: skip
_CLASS_WEIGHT = {"vulnerable": 3, "key_account": 2}


def misfits(row: Row, matter: Matter) -> tuple[str, ...]:
    """The selectors of the row that do not fit the matter, in the order of their weight; none: the
    row fits."""
    fits = {
        "special_period": not row.special_period or row.special_period in matter.periods,
        "level": row.level is None or matter.level <= row.level,
        "customer_class": not row.customer_class or row.customer_class in matter.customer_classes,
        "category_code": not row.category_code or row.category_code in matter.category_codes,
        "area_class": row.area_class in ("", matter.area_class),
        "channel": row.channel in ("", matter.channel),
        "kind": row.kind in ("", matter.kind),
        "utility": row.utility in ("", matter.utility),
        "company": matter.company_path.startswith(row.company_path),
    }
    return tuple(name for name in SELECTORS if not fits[name])


def weight(row: Row, matter: Matter) -> tuple[int, ...]:
    """How specific a fitting row is: compared from the left, the higher holds."""
    is_of_category = bool(row.category_code)
    depth = 0
    if is_of_category:
        depth = len(matter.category_codes) - matter.category_codes.index(row.category_code)
    return (
        int(is_of_category and matter.is_safety),
        int(bool(row.special_period)),
        5 - row.level if row.level else 0,
        _CLASS_WEIGHT.get(row.customer_class, int(bool(row.customer_class))),
        depth,
        int(bool(row.area_class)),
        int(bool(row.channel)),
        int(bool(row.kind)),
        int(bool(row.utility)),
        row.company_path.count("/"),
    )


def ranked(rows: Iterable[_Row], matter: Matter) -> list[_Row]:
    """The rows that fit the matter; the one that holds comes first."""
    fitting = [row for row in rows if not misfits(row, matter)]
    return sorted(fitting, key=lambda row: (weight(row, matter), row.code), reverse=True)
