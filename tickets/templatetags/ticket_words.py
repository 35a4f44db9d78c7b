"""Small questions that ticket templates ask: {% load ticket_words %}."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import translation

from tickets.kinds import ClockName

register = template.Library()


@register.filter(name="of")
def of(grouped: Mapping[Any, Any], key: Any) -> Any:
    """What the mapping holds for the key, or nothing."""
    return grouped.get(key)


@register.simple_tag
def clock_label(code: str) -> str:
    """The name of a clock in the reader's language; an unknown code as it is."""
    return str(ClockName(code).label) if code in ClockName.values else code


@register.simple_tag
def name_of(name_en: str, name_zh: str) -> str:
    """The one of the two names that the reader reads."""
    return name_zh if (translation.get_language() or "").startswith("zh") else name_en
