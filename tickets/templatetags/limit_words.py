"""Limits in words: how long, counted how, from what to what, and who hears when (page)."""

from decimal import Decimal

from django import template
from django.template.defaultfilters import time as clock_time
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy

from tickets import limit_wording
from tickets.models import Ladder, Limit, Policy, Rung
from tickets.states import Happening

register = template.Library()

_LENGTHS: dict[str, Promise] = {
    "minutes": ngettext_lazy("%(n)s minute", "%(n)s minutes", "count"),
    "hours": ngettext_lazy("%(n)s hour", "%(n)s hours", "count"),
    "working_minutes": ngettext_lazy("%(n)s working minute", "%(n)s working minutes", "count"),
    "working_hours": ngettext_lazy("%(n)s working hour", "%(n)s working hours", "count"),
    "calendar_days": ngettext_lazy("%(n)s calendar day", "%(n)s calendar days", "count"),
    "working_days": ngettext_lazy("%(n)s working day", "%(n)s working days", "count"),
}


def length(amount: Decimal, unit: str) -> str:
    """4 working days, 1 hour, 0.5 working days."""
    plain = f"{amount.normalize():f}"
    return str(_LENGTHS[unit] % {"n": plain, "count": 1 if amount == 1 else 2})


@register.filter
def limit_length(limit: Limit) -> str:
    """4 working days; the day itself, where it is nought days."""
    return gettext("the day itself") if not limit.amount else length(limit.amount, limit.unit)


@register.filter
def return_length(policy: Policy) -> str:
    """Within how long a unit may return a ticket."""
    return length(policy.return_amount, policy.return_unit)


@register.filter
def limit_counted(limit: Limit) -> str:
    """From the next day, until the close of business."""
    if limit.counting == Limit.Counting.FROM_NEXT_DAY:
        if limit.unit not in ("calendar_days", "working_days"):
            return gettext("from the next day’s midnight on")
        if limit.ends == Limit.Ends.MIDNIGHT:
            return gettext("from the next day, until 24:00 of the last")
        if limit.ends == Limit.Ends.WORKING_MIDNIGHT:
            return gettext(
                "from the next day, until 24:00 of the last or, if that is a day off, of the next"
                " working day"
            )
        return gettext("from the next day, until the close of business of the last")
    if limit.counting == Limit.Counting.SAME_CLOCK_TIME:
        if limit.cut_off is None or limit.next_opening is None:
            return gettext("until the same clock time of the last day")
        said = gettext(
            "until the same clock time of the last day; what comes at %(cut_off)s or later counts"
            " from %(opening)s of the next counted day"
        )
        times = {"cut_off": limit.cut_off, "opening": limit.next_opening}
        return said % {name: clock_time(at, "H:i") for name, at in times.items()}
    return gettext("from that instant on")


@register.filter
def limit_stops(limit: Limit) -> str:
    """What stops the clock beside the end of the ticket."""
    names = dict(Happening.choices)
    stops = [code for code in limit.stops_on if code not in limit_wording.ENDS]
    known = [code for code in Happening.values if code in stops]
    return gettext(", ").join(str(names[code]) for code in known)


@register.filter
def limit_reminders(limit: Limit) -> str:
    """At 50% and 80% of the limit; 2 h before it is due."""
    shares = [gettext("at %(n)d%% of the limit") % {"n": n} for n in limit.reminder_percents]
    times = [gettext("%(time)s before") % {"time": before(n)} for n in limit.reminder_minutes]
    return gettext(", ").join([*shares, *times])


def before(minutes: int) -> str:
    """2 d 4 h 30 min, in the reader's language."""
    days, hours, rest = limit_wording.as_typed(minutes)
    parts = (
        (days, gettext("%(n)d d")), (hours, gettext("%(n)d h")), (rest, gettext("%(n)d min")),
    )  # fmt: skip
    return " ".join(said % {"n": count} for count, said in parts if count)


@register.filter
def rung_after(rung: Rung) -> str:
    """At once, or how long after the due time."""
    if not rung.after_amount:
        return gettext("at once")
    return gettext("%(time)s later") % {"time": length(rung.after_amount, rung.after_unit)}


@register.filter
def rung_repeats(rung: Rung) -> str:
    """How often it is said again until somebody acknowledges it; nothing if once."""
    if not rung.most_repeats or rung.repeat_amount is None:
        return ""
    every = length(rung.repeat_amount, rung.repeat_unit)
    said = gettext("again every %(time)s, %(n)d times at the most, until acknowledged")
    return said % {"time": every, "n": rung.most_repeats}


@register.filter
def ladder_rungs(ladder: Ladder) -> list[Rung]:
    """The rungs in their order, from what was read with the ladder."""
    return sorted(ladder.rungs.all(), key=lambda rung: rung.order)
