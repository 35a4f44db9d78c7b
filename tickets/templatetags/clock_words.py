"""Codes of clocks and of the reasons of their due times in words: {% load clock_words %}."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django import template
from django.db.models import TextChoices
from django.utils import formats, translation
from django.utils.translation import gettext as _

from organisation.roles import Role
from servicedesk.lib import durations
from tickets.models import Limit
from tickets.models.policy import LimitUnit
from tickets.states import Happening
from tickets.timeline import Alert

register = template.Library()

_CHOICES: dict[str, type[TextChoices]] = {
    "unit": LimitUnit, "counting": Limit.Counting, "ends": Limit.Ends, "event": Happening,
    "role": Role,
}  # fmt: skip


@register.filter
def label_of(code: str, sort: str) -> str:
    """The reader's word for the code of a unit, counting, ends, event or role; an unknown code as
    it is."""
    choices = _CHOICES[sort]
    return str(choices(code).label) if code in choices.values else str(code)


@register.filter
def plain(amount: Decimal | int) -> str:
    """20, 0.5: an amount without trailing noughts."""
    return f"{Decimal(amount).normalize():f}"


@register.filter
def stage_label(stage: str) -> str:
    """What fires: `Reminder at 50%` of remind-50, `Step 1 of the ladder` of rung-1."""
    sort, _dash, number = stage.partition("-")
    if sort == "remind":
        return _("Reminder at %(n)s%% of the limit") % {"n": number}
    if sort == "before" and number.isdigit():
        time = durations.words(timedelta(minutes=int(number)))
        return _("Reminder %(time)s before it is due") % {"time": time}
    if sort == "rung":
        return _("Step %(n)s of the ladder") % {"n": number.partition("-")[0]}
    known = {"due": _("Due"), "warn": _("Above the average")}
    return known.get(sort, stage)


@register.filter
def heard_by(alert: Alert) -> Sequence[str]:
    """The names of those who heard, as their reader reads them."""
    is_chinese = (translation.get_language() or "").startswith("zh")
    return alert.told_zh if is_chinese else alert.told_en or alert.told_zh


@register.filter
def day(moment: date) -> str:
    """5 Mar · 3月5日: a date without its year."""
    return formats.date_format(moment, "SHORT_DATE_FORMAT")


@register.filter
def days(stretch: tuple[date, date]) -> str:
    """7 Mar to 8 Mar, or the one day that it is."""
    first, last = stretch
    if first == last:
        return day(first)
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
