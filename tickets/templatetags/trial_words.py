"""What the pages that try, compare and check limits ask: {% load trial_words %}."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import AreaClass, Utility
from tickets.clock_story import ClockStory
from tickets.kinds import Channel, ClockName, CustomerClass, Kind, Level, SuspensionReason
from tickets.limit_differences import Change
from tickets.limit_trial import Line
from tickets.models.policy import LimitUnit
from tickets.templatetags import limit_words

register = template.Library()

_FIELDS: dict[str, str | Promise] = {
    "name_en": _("Name in English"), "name_zh": _("Name in Chinese"), "utility": _("Service line"),
    "kind": _("Kind"), "category_code": _("Category"),
    "area_class": pgettext_lazy("limits", "Area"), "channel": _("Channel"), "level": _("Level"),
    "customer_class": _("Customer"), "special_period": _("Special period"),
    "company": _("Company"), "source_en": _("Source, in English"),
    "source_zh": _("Source, in Chinese"), "doubt_en": _("In doubt, in English"),
    "doubt_zh": _("In doubt, in Chinese"), "most_extensions": _("More time, times at the most"),
    "return": _("Can be returned within"), "suspension_days": _("May rest, in calendar days"),
}  # fmt: skip
_CHOICES: dict[str, Any] = {
    "utility": Utility, "kind": Kind, "area_class": AreaClass, "channel": Channel, "level": Level,
    "customer_class": CustomerClass,
}  # fmt: skip


@register.filter
def both_stories(line: Line) -> list[ClockStory]:
    """The clock by the version that holds and by the other, as far as there are two."""
    return [story for story in (line.story, line.beside) if story is not None]


@register.filter
def for_the_reader(changes: Sequence[Change]) -> list[Change]:
    """What was changed, without the same text in the language that the reader does not read."""
    is_chinese = (translation.get_language() or "").startswith("zh")
    mine, other = ("_zh", "_en") if is_chinese else ("_en", "_zh")
    names = {one.name for one in changes}
    return [
        one
        for one in changes
        if not (one.name.endswith(other) and one.name.removesuffix(other) + mine in names)
    ]


@register.filter
def field_label(name: str) -> str:
    """What a column of a policy is called on its form."""
    return str(_FIELDS.get(name, name))


@register.filter
def field_value(value: Any, name: str) -> str:
    """What a column of a policy says, in words; a dash for nothing."""
    if value in ("", None, ()):
        return "–"
    if name in _CHOICES:
        return str(dict(_CHOICES[name].choices).get(value, value))
    if name == "return":
        amount, unit, _calendar = value
        return f"{amount.normalize():f} {LimitUnit(unit).label}"
    if name == "suspension_days":
        names = dict(SuspensionReason.choices)
        return " · ".join(f"{names.get(code, code)} {days}" for code, days in value)
    return str(getattr(value, "name", value))


@register.filter
def minutes_before(minutes: int) -> str:
    """2 d 4 h: a time before the due time."""
    return limit_words.before(minutes)


@register.filter
def clocks_in_words(codes: Sequence[str]) -> list[str]:
    """Reply, Review, Callback."""
    return [str(ClockName(code).label) for code in codes]
