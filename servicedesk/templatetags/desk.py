"""What every template of the desk may use: {% load desk %}. docs/look.md shows each in one line."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm
from django.utils import dateformat, formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers import masking, phone_numbers
from servicedesk.lib import durations

register = template.Library()

_TONES = {"late": "is-late", "soon": "is-soon", "done": "is-done", "good": "is-good", "normal": ""}
_SIGNS = {"late": "▲", "soon": "◆"}

# The colours of the states of a ticket; a badge always carries its word.
_STATE_TONES = {
    "draft": "",
    "new": "is-soon",
    "dispatched": "is-soon",
    "in_progress": "is-accent",
    "suspended": "is-seal",
    "done_pending_review": "is-accent",
    "callback": "is-accent",
    "closed": "is-good",
}


@register.filter
def local_time(moment: datetime | None, at: datetime | None = None) -> SafeString | str:
    """`5 Mar, 18:30` in a list of the year of `at`, with the year when it is another or unknown."""
    if moment is None:
        return "–"
    local = timezone.localtime(moment)
    is_this_year = at is not None and timezone.localtime(at).year == local.year
    shown = _format(local, "SHORT_DATETIME_FORMAT" if is_this_year else "DATETIME_FORMAT")
    return _time(local, shown)


@register.filter
def ago(moment: datetime | None, at: datetime) -> SafeString | str:
    """`just now`, `5 min ago`, and after a day the date."""
    if moment is None:
        return "–"
    length = at - moment
    if not 0 <= length.total_seconds() < 86400:
        return local_time(moment, at)
    is_now = length.total_seconds() < 60
    shown = _("just now") if is_now else _("%(time)s ago") % {"time": durations.words(length)}
    return _time(timezone.localtime(moment), shown)


@register.filter
def duration(length: float | timedelta | None) -> str:
    """`2 h 10 min` of a number of seconds or a timedelta."""
    if length is None:
        return "–"
    return durations.words(length if isinstance(length, timedelta) else timedelta(seconds=length))


@register.inclusion_tag("components/time_left.html")
def time_left(
    due_at: datetime | None,
    at: datetime,
    name: str = "",
    started_at: datetime | None = None,
    stopped_at: datetime | None = None,
    working_days: int | None = None,
) -> dict[str, Any]:
    """The limit in words, with a bar of how much of it is used when its start is given."""
    state = durations.left(
        due_at, at, started_at=started_at, stopped_at=stopped_at, working_days=working_days
    )
    return {
        "name": name,
        "words": state.words,
        "percent": state.percent,
        "tone": _TONES[state.tone],
        "sign": _SIGNS.get(state.tone, ""),
        "due_at": due_at,
        "at": at,
    }


@register.simple_tag
def tone_of(due_at: datetime | None, at: datetime, started_at: datetime | None = None) -> str:
    """`is-late`, `is-soon` or nothing: the class of a row, for its coloured edge."""
    return _TONES[durations.left(due_at, at, started_at=started_at).tone]


@register.inclusion_tag("components/badge_state.html")
def badge_state(ticket: Any) -> dict[str, Any]:
    """The state of a ticket as a chip with its word."""
    return {"label": ticket.get_state_display(), "tone": _STATE_TONES.get(ticket.state, "")}


@register.inclusion_tag("components/person.html")
def person(staff: Any, note: str = "") -> dict[str, Any]:
    """A member of staff by name, with the unit or another remark below; a dash for nobody."""
    return {"staff": staff, "note": note}


@register.inclusion_tag("components/figure.html")
def figure(
    label: str,
    numerator: int,
    denominator: int,
    interval: Any = None,
    target: float | None = None,
    url: str = "",
) -> dict[str, Any]:
    """A rate never without what it is made of; `interval` has `lower` and `upper` in 0..1."""
    rate = numerator / denominator if denominator else None
    is_missed = None if target is None or rate is None else rate < target
    return {
        "label": label,
        "rate": rate,
        "numerator": numerator,
        "denominator": denominator,
        "interval": interval,
        "target": target,
        "is_missed": is_missed,
        "url": url,
    }


@register.inclusion_tag("components/errors.html")
def errors_of(form: BaseForm) -> dict[str, Any]:
    """The list above a form of everything to put right, each linked to its field; shown once.

    Crispy's own box of errors is this same list, so that a form without the tag loses nothing.
    """
    if getattr(form, "is_summarised", False):
        return {}
    form.is_summarised = True  # type: ignore[attr-defined]
    fields = [(form[name], errors) for name, errors in form.errors.items() if name in form.fields]
    return {"general": form.non_field_errors(), "fields": fields}


@register.filter
def masked_phone(number: str) -> str:
    """138****5678."""
    return phone_numbers.mask(number)


@register.filter
def masked_name(name: str) -> str:
    """李**."""
    return masking.name(name)


@register.filter
def masked_address(address: str) -> str:
    """滨河路*号*栋*室."""
    return masking.address(address)


@register.filter
def number(reference: str) -> SafeString:
    """A ticket's number as it is read out: date, sequence, check digit."""
    return format_html('<span class="mono">{}</span>', reference)


@register.filter
def percent(rate: float | None, digits: int = 1) -> str:
    """`94.2%` of 0.942; a dash where there is nothing to divide."""
    return "–" if rate is None else f"{100 * rate:.{digits}f}%"


@register.filter
def grouped(count: int | None) -> str:
    """1,034 of 1034, in both languages."""
    return "–" if count is None else f"{count:,}"


@register.filter
def items_of(names: Sequence[Any]) -> str:
    """A list in one line, joined as the language joins."""
    return _(", ").join(str(name) for name in names)


@register.simple_block_tag
def menu(content: str, label: str) -> SafeString | str:
    """`{% menu label %}<li>…</li>{% endmenu %}`: rare acts behind one button, without script; a
    menu without an entry is not there."""
    if "<li" not in content:
        return ""
    return format_html(
        '<details class="drop menu" name="menu"><summary class="btn btn-outline-secondary">{}'
        '</summary><div class="card-p">{}</div></details>', label, content,
    )  # fmt: skip


def _format(local: datetime, name: str) -> str:
    return dateformat.format(local, formats.get_format(name))


def _time(local: datetime, shown: str) -> SafeString:
    full = _format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="minutes"), full, shown
    )
