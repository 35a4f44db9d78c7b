"""Whom a typed name or staff number means (question)."""

import re
from dataclasses import dataclass

from django.db.models import Q

from organisation.models import Staff

_BETWEEN = re.compile(r"[,，、;；\n]+")
MOST = 10


@dataclass(frozen=True)
class Named:
    """The people meant without doubt, what was typed for nobody or for several, and those several."""

    people: tuple[Staff, ...]
    unknown: tuple[str, ...]
    alike: tuple[Staff, ...]


def named(typed: str) -> Named:
    """Active colleagues by staff number or full name, in either language."""
    words = [word.strip() for word in _BETWEEN.split(typed) if word.strip()][:MOST]
    people: list[Staff] = []
    unknown: list[str] = []
    alike: list[Staff] = []
    for word in words:
        found = _of(word)
        if len(found) == 1:
            people += found
        else:
            unknown.append(word)
            alike += found
    return Named(tuple(people), tuple(unknown), tuple(alike))


def _of(word: str) -> list[Staff]:
    name = Q(name_zh=word) | Q(name_en__iexact=word)
    active = Staff.objects.filter(is_active=True).select_related("unit")
    return list(active.filter(staff_number__iexact=word)) or list(active.filter(name)[:MOST])
