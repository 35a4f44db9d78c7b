"""Why somebody hears of something: codes and names in the facts, words here. {% load because_words %}"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils import formats, timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisation.roles import Role
from servicedesk.lib import durations

register = template.Library()

_Because = Mapping[str, Any]

# Reasons that say all by themselves.
_PLAIN: dict[str, Promise] = {
    "handler": _("has the ticket"),
    "tracker": _("first asked, answers to the customer"),
    "owner": _("owes the task"),
    "visitor": _("was to go there"),
    "asked_for_it": _("gave the task"),
    "supervisor": _("supervises the ticket"),
    "duty_leader": _("leads on duty out of office hours"),
    "confidant": _("answers for a confidential report in place of those it is kept from"),
}

# With the role and the unit as which somebody answers.
_IN_OFFICE: dict[str, Promise] = {
    "turn": _("%(role)s of %(unit)s by the duty roster"),
    "post": _("%(role)s of %(unit)s"),
    "role": _("%(role)s of %(unit)s"),
    "liaison": _("%(role)s of %(unit)s, because nobody above them in it is there"),
    "next_rung": _("%(role)s of %(unit)s, the next rung, because nobody of this one is there"),
    "in_the_end": _("%(role)s of %(unit)s, because nobody of the ladder is there"),
    "though_absent": _("%(role)s of %(unit)s, though absent: nobody at all is there"),
}


@register.simple_tag
def because(reason: _Because | None) -> str:
    """Why them, without the name: 'Unit leader of East station; deputy of Li Na, absent until 3 Dec'."""
    if not reason:
        return ""
    parts = [_in_office(reason)]
    if "for" in reason:
        parts.append(gettext("deputy of %(who)s") % {"who": _absent(reason["for"])})
    if "tracker" in reason:
        parts.append(gettext("for the first-asked tracker %(who)s") % {"who": _absent(reason["tracker"])})
    others = [_absent(one) for one in reason.get("absent", [])]
    if others:
        parts.append(gettext("not there: %(names)s") % {"names": gettext(", ").join(others)})
    return gettext("; ").join(part for part in parts if part)


@register.simple_tag
def why_them(reason: _Because) -> str:
    """The same with the name in front."""
    said = because(reason)
    if not said:
        return told_name(reason)
    return gettext("%(name)s: %(reason)s") % {"name": told_name(reason), "reason": said}


@register.simple_tag
def role_label(code: str) -> str:
    """The name of a role in the reader's language; an unknown code as it is."""
    return str(Role(code).label) if code in Role.values else code


@register.filter
def since(moment: datetime, at: datetime) -> str:
    """How long ago, in words without "ago"."""
    return durations.words(at - moment)


@register.filter
def worth_saying(heard: list[_Because] | None) -> list[_Because]:
    """Of those told the ones whose reason is not plain from their name and post."""
    return [
        one
        for one in heard or []
        if {"for", "absent", "tracker"} & set(one)
        or one.get("why") in {"liaison", "next_rung", "in_the_end", "though_absent", "confidant"}
    ]


@register.filter
def told_name(reason: _Because) -> str:
    """What the person was called, in the reader's language."""
    is_chinese = (translation.get_language() or "").startswith("zh")
    return str(reason.get("zh" if is_chinese else "en", ""))


def _in_office(reason: _Because) -> str:
    why = str(reason.get("why", ""))
    if why in _PLAIN:
        return str(_PLAIN[why])
    if why not in _IN_OFFICE:
        return ""
    is_chinese = (translation.get_language() or "").startswith("zh")
    known = {str(role): str(role.label) for role in Role}
    role = known.get(str(reason.get("role", "")), "")
    unit = reason.get("unit_zh" if is_chinese else "unit_en", "")
    return str(_IN_OFFICE[why]) % {"role": role, "unit": unit}


def _absent(one: _Because) -> str:
    name = told_name(one)
    until = parse_datetime(str(one["until"])) if one.get("until") else None
    if until is None:
        return gettext("%(name)s, who is absent") % {"name": name}
    when = formats.date_format(timezone.localtime(until), "DATETIME_FORMAT")
    return gettext("%(name)s, who is absent until %(time)s") % {"name": name, "time": when}
