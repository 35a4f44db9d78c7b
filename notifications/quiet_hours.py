"""Choose how one hears of reminders, within what the company allows (verb).

What waits under the old choice is timed anew in the same commit: nothing is lost by a change.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import phone_numbers
from notifications import notices, quiet
from notifications.models import Held, Preference, QuietRule
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError


class TooQuiet(DeskError):
    """Nobody is out of reach for longer than their company allows."""

    message = _("That is longer than your company allows.")
    http_status = 422
    field = "quiet_to"


class NoQuietWeekends(DeskError):
    """The company allows no quiet weekends."""

    message = _("Your company allows no quiet weekends.")
    http_status = 422
    field = "are_weekends_quiet"


class OnlyOneEnd(DeskError):
    """Quiet hours have a beginning and an end."""

    message = _("Give both the beginning and the end of the quiet hours, and not the same time.")
    http_status = 422
    field = "quiet_from"


class DigestInQuietHours(DeskError):
    """A digest that would itself wait never comes when it says."""

    message = _("The digest would come in your quiet hours. Choose a time outside them.")
    http_status = 422
    field = "digest_at"


class UnknownZone(DeskError):
    """No such time zone."""

    message = _("There is no such time zone.")
    http_status = 422
    field = "time_zone"


class NoNumber(DeskError):
    """Text messages go to a mobile number."""

    message = _("Give the mobile number that text messages go to: digits, with + before a country code.")
    http_status = 422
    field = "mobile"


class OutOfRange(DeskError):
    """Between nothing and sixteen hours: nobody is quiet all day."""

    message = _("Between 0 and 16 hours: nobody is quiet all day.")
    http_status = 422
    field = "most_hours"


def choose(
    *, wish: quiet.Wish, wants_texts: bool, mobile: str, by: Staff, at: datetime
) -> Preference:
    """Write one's own choice; raises UnknownZone, OnlyOneEnd, TooQuiet, NoQuietWeekends,
    DigestInQuietHours, NoNumber."""
    _check(wish, QuietRule.objects.of(by))
    number = phone_numbers.normalise(mobile) if mobile.strip() else ""
    is_reachable = phone_numbers.is_mobile(number) or number.startswith("+")
    if (wants_texts or mobile.strip()) and not is_reachable:
        raise NoNumber
    with transaction.atomic():
        chosen, _is_new = Preference.objects.update_or_create(
            staff=by,
            defaults={**_columns(wish), "wants_texts": wants_texts, "mobile": number, "changed_at": at},
        )
        _time_anew(chosen, at)
    return chosen


def allow(
    *, company: Unit, most_hours: int, may_rest_at_weekends: bool, by: Staff, at: datetime
) -> QuietRule:
    """Say how much quiet the people of the company may choose; whoever had chosen more is cut to it
    and told. Raises OutOfRange."""
    if not 0 <= most_hours <= 16:
        raise OutOfRange
    with transaction.atomic():
        rule, _is_new = QuietRule.objects.update_or_create(
            company=company,
            defaults={
                "most_hours": most_hours, "may_rest_at_weekends": may_rest_at_weekends,
                "changed_by": by, "changed_at": at,
            },
        )  # fmt: skip
        concerned = Preference.objects.filter(staff__unit__company_path=company.path)
        for one in concerned.select_related("staff").select_for_update(of=("self",)):
            _cut(one, rule, by, at)
    return rule


def _check(wish: quiet.Wish, rule: tuple[int, bool]) -> None:
    most_hours, may_rest_at_weekends = rule
    if wish.zone not in available_timezones():
        raise UnknownZone
    is_half = (wish.quiet_from is None) != (wish.quiet_to is None)
    if is_half or (wish.quiet_from is not None and wish.quiet_from == wish.quiet_to):
        raise OnlyOneEnd
    if wish.quiet_span > timedelta(hours=most_hours):
        raise TooQuiet
    if wish.are_weekends_quiet and not may_rest_at_weekends:
        raise NoQuietWeekends
    if wish.digest_at is not None and wish.is_quiet_by_the_clock(wish.digest_at):
        raise DigestInQuietHours


def _cut(one: Preference, rule: QuietRule, by: Staff, at: datetime) -> None:
    wish = one.wish
    if wish.are_weekends_quiet and not rule.may_rest_at_weekends:
        wish = replace(wish, are_weekends_quiet=False)
    if wish.quiet_span > timedelta(hours=rule.most_hours):
        wish = wish.shortened_to(rule.most_hours)
    if wish == one.wish:
        return
    for name, value in _columns(wish).items():
        setattr(one, name, value)
    one.changed_at = at
    one.save()
    notices.put(
        key=f"quiet_cut:{at.isoformat()}", staff=one.staff, code="quiet_cut", subject="", facts={},
        by=by, at=at,
    )  # fmt: skip
    _time_anew(one, at)


def _columns(wish: quiet.Wish) -> dict[str, Any]:
    return {
        "time_zone": wish.zone, "quiet_from": wish.quiet_from, "quiet_to": wish.quiet_to,
        "are_weekends_quiet": wish.are_weekends_quiet, "digest_at": wish.digest_at,
    }  # fmt: skip


def _time_anew(chosen: Preference, at: datetime) -> None:
    """What waits for the end of quiet or the digest leaves when the new choice says."""
    waiting = Held.objects.filter(staff=chosen.staff_id, due_at__isnull=False)
    waiting.exclude(until=Held.Until.MANY).update(due_at=chosen.wish.leaves_at(at))
