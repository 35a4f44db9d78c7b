"""What was changed about rules, territories and turns, in words (question)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assignment.models import Change
from organisation.models import Staff, Territory, Unit, Utility
from organisation.roles import Role

_LABELS: dict[str, str | Promise] = {
    "rank": _("Rank"), "company_id": _("Company"), "utility": _("Service line"), "kind": _("Kind"),
    "category_code": _("Category"), "territory_id": _("Territory"),
    "is_key_account": _("Key account"), "unit_id": _("Unit"), "skill": _("Skill"),
    "staff_id": pgettext_lazy("staff", "Person"), "role": _("Role"),
    "from_at": _("Begins"), "to_at": _("Ends"),
    "is_active": pgettext_lazy("rule", "In force"),
}  # fmt: skip
Shown = str | datetime | bool | Promise | None
Words = Mapping[str, Mapping[str, str | Promise]]

_MODELS = {"company_id": Unit, "unit_id": Unit, "territory_id": Territory, "staff_id": Staff}
_WORDS: Words = {"utility": dict(Utility.choices), "role": dict(Role.choices)}


@dataclass(frozen=True)
class Field:
    """One column that changed, in words."""

    name: str
    label: str | Promise
    before: Shown
    after: Shown


@dataclass(frozen=True)
class Line:
    """One change."""

    change: Change
    fields: tuple[Field, ...]


def recent(
    subject: Change.Subject, company_path: str, words: Words | None = None, most: int = 10
) -> list[Line]:
    """The newest changes by people of the company or of the group above it; at most five
    statements. `words` names codes that only a higher app knows, by column."""
    codes = [code for code in company_path.split("/") if code]
    above = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes))]
    found = Change.objects.about(subject)
    by = found.filter(by__unit__path__startswith=company_path) | found.filter(
        by__unit__path__in=above
    )
    changes = list(by.select_related("by").order_by("-pk")[:most])
    names = _names(changes)
    known = {**_WORDS, **(words or {})}
    return [Line(change, tuple(_fields(change, names, known))) for change in changes]


def _names(changes: Iterable[Change]) -> dict[str, dict[int, str]]:
    wanted: dict[type, set[int]] = {}
    for change in changes:
        for column, model in _MODELS.items():
            keys = change.facts.get(column, [])
            wanted.setdefault(model, set()).update(key for key in keys if isinstance(key, int))
    rows = {
        model: {row.pk: str(row) for row in model.objects.filter(pk__in=keys)}  # type: ignore[attr-defined]
        for model, keys in wanted.items()
        if keys
    }
    return {column: rows.get(model, {}) for column, model in _MODELS.items()}


def _fields(change: Change, names: dict[str, dict[int, str]], words: Words) -> Iterable[Field]:
    for column, label in _LABELS.items():
        if column in change.facts:
            before, after = (_shown(column, value, names, words) for value in change.facts[column])
            if before not in ("", None) or after not in ("", None):
                yield Field(column, label, before, after)


def _shown(column: str, value: object, names: dict[str, dict[int, str]], words: Words) -> Shown:
    if column in names and isinstance(value, int):
        return names[column].get(value, str(value))
    if column.endswith("_at") and isinstance(value, str):
        return parse_datetime(value)
    if column in words and isinstance(value, str):
        return words[column].get(value, value)
    return value if isinstance(value, bool | str) or value is None else str(value)
