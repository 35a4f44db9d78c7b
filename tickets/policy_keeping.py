"""Write, change, withdraw limits: always a new version, never a change of what tickets keep (verb).

An open ticket keeps the version it was logged under; nothing here touches a ticket. Whoever writes
limits for several companies configures all of them (tickets.limit_keepers).
"""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from organisation import working_time
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import limit_keepers, limit_wording, policies, policy_wording
from tickets.kinds import ClockName
from tickets.limit_wording import ENDS, LimitWording
from tickets.models import Ladder, Limit, Policy
from tickets.policy_wording import COLUMNS, LIMIT_COLUMNS, SELECTORS, Wording


class NotYourLimits(DeskError):
    """Limits belong to whoever configures all companies they hold for."""

    message = _(
        "These limits hold for companies that you do not keep. Copy them for your own company"
        " instead. Nothing was changed."
    )
    http_status = 403
    field = "company"


class WrittenMeanwhile(DeskError):
    """Two people edit one policy."""

    message = _(
        "Somebody saved version %(version)s meanwhile. What you typed is still here: look at their"
        " version first; saving again replaces it by yours."
    )


class NothingChanged(DeskError):
    """The newest version says the same."""

    message = _("Version %(version)s says the same already. Nothing was changed.")


class SameSelectors(DeskError):
    """Two policies would be for the very same matters."""

    message = _("“%(name)s” is for the very same matters. Change that one instead.")


class NotInThePast(DeskError):
    """A version takes effect when it is saved or later; what was judged stays judged."""

    message = _("A version cannot take effect in the past. Leave it empty for “at once”.")
    field = "effective_at"
    http_status = 422


class TooFarAhead(DeskError):
    """Nobody knows the rules of ten years from now."""

    message = _("A version can be planned ten years ahead at most.")
    field = "effective_at"
    http_status = 422


class NoLimits(DeskError):
    """A policy without a limit promises nothing."""

    message = _("Write at least one limit, or withdraw the policy.")
    http_status = 422


class WrongLimit(DeskError):
    """A limit contradicts itself; the form says so beside the field before it comes here."""

    message = _("%(clock)s: %(fault)s")
    http_status = 422


class NoSuchCalendarOrLadder(DeskError):
    """A limit counts on a calendar that is there, and climbs a ladder that is there."""

    message = _("There is no calendar or ladder “%(code)s” any more. Choose another one.")
    http_status = 422


class NeverDue(DeskError):
    """The calendar never opens, or not within any time worth naming."""

    message = _("%(clock)s: on this calendar the limit would never be due.")
    http_status = 422


class AlreadyWithdrawn(DeskError):
    """It holds for nobody any more."""

    message = _("The policy is withdrawn already.")


class AlreadyInForce(DeskError):
    """What tickets may keep cannot be called off."""

    message = _("Version %(version)s is in force already. Write another one or withdraw the policy.")


class AlreadyCalledOff(DeskError):
    """It will not take effect anyway."""

    message = _("Version %(version)s was called off already.")


_MOST_YEARS = 10


def add(
    *, wording: Wording, note: str, by: Staff | None, at: datetime,
    effective_at: datetime | None = None,
) -> Policy:  # fmt: skip
    """A policy that is not there yet, in force from `effective_at` or at once. Sending the same
    form twice gives the same policy. Raises NotYourLimits, SameSelectors, NotInThePast and what
    stands against a limit."""
    with transaction.atomic():
        _hold()
        _check_keeper(wording.utility, wording.company, by)
        twin = _twin(wording, "")
        if twin is not None and twin.made_by == by and policy_wording.is_same(twin, wording):
            return twin
        _check(wording, twin, at)
        code = _code(wording)
        return _write(code, wording, None, note, _since(effective_at, at), by, at)


def change(
    *, policy: Policy, wording: Wording, note: str, by: Staff | None, at: datetime,
    effective_at: datetime | None = None,
) -> Policy:  # fmt: skip
    """The next version of a policy after the one that the person was looking at, in force from
    `effective_at` or at once; versions planned for later are called off. Sending the same form
    twice gives the same version. Raises NotYourLimits, WrittenMeanwhile, NothingChanged,
    SameSelectors, NotInThePast and what stands against a limit."""
    with transaction.atomic():
        _hold()
        latest = policy_wording.newest(policy.code) or policy
        for utility, company in ((latest.utility, latest.company), (wording.utility, wording.company)):
            _check_keeper(utility, company, by)
        since = _since(effective_at, at)
        is_same = not latest.is_withdrawn and policy_wording.is_same(latest, wording)
        if is_same and latest.supersedes_id == policy.pk and latest.made_by == by:
            return latest
        if latest.pk != policy.pk:
            raise WrittenMeanwhile(version=latest.version)
        if is_same and (effective_at is None or since == latest.effective_at):
            raise NothingChanged(version=latest.version)
        _check(wording, _twin(wording, policy.code), at)
        _call_off_later(policy.code, since, at)
        return _write(policy.code, wording, latest, note, since, by, at)


def withdraw(
    *, policy: Policy, note: str, by: Staff | None, at: datetime,
    effective_at: datetime | None = None,
) -> Policy:  # fmt: skip
    """A version that says: no ticket is judged by this from then on; a less specific policy holds
    instead, if there is one. Raises NotYourLimits, WrittenMeanwhile, AlreadyWithdrawn."""
    with transaction.atomic():
        _hold()
        latest = policy_wording.newest(policy.code) or policy
        _check_keeper(latest.utility, latest.company, by)
        if latest.is_withdrawn:
            raise AlreadyWithdrawn
        if latest.pk != policy.pk:
            raise WrittenMeanwhile(version=latest.version)
        since = _since(effective_at, at)
        _call_off_later(policy.code, since, at)
        said = policy_wording.says(latest)
        return _write(policy.code, said, latest, note, since, by, at, is_withdrawn=True)


def call_off(*, policy: Policy, by: Staff | None, at: datetime) -> Policy:
    """A planned version that will not take effect after all; it stays on record. Raises
    NotYourLimits, AlreadyInForce, AlreadyCalledOff."""
    with transaction.atomic():
        _hold()
        locked = Policy.objects.select_related("company").get(pk=policy.pk)
        _check_keeper(locked.utility, locked.company, by)
        if locked.called_off_at is not None:
            raise AlreadyCalledOff(version=locked.version)
        if locked.effective_at <= at:
            raise AlreadyInForce(version=locked.version)
        locked.called_off_at = at
        locked.save(update_fields=["called_off_at"])
    return locked


def climb(*, ladder: Ladder, note: str, by: Staff | None, at: datetime) -> list[Policy]:
    """Give every policy that stands on an earlier version of the ladder a version on this one, in
    force at once. Raises NotYourLimits."""
    standing = Policy.objects.filter(called_off_at=None).order_by("code", "-version")
    latest = standing.distinct("code").select_related("company")
    found = []
    for policy in latest:
        is_on_it = Limit.objects.filter(policy=policy, ladder__code=ladder.code).exclude(ladder=ladder)
        if policy.is_withdrawn or not is_on_it.exists():
            continue
        _check_keeper(policy.utility, policy.company, by)
        since = max(at, policy.effective_at)
        found.append(_write(policy.code, policy_wording.says(policy), policy, note, since, by, at))
    return found


def _hold() -> None:
    """One writer of limits at a time: two forms sent at once are answered one after the other."""
    list(Unit.objects.select_for_update(no_key=True).filter(parent=None).values_list("pk"))


def _check_keeper(utility: str, company: Unit | None, by: Staff | None) -> None:
    if by is not None and not limit_keepers.may_keep(by, utility=utility, company=company):
        raise NotYourLimits


def _since(wanted: datetime | None, at: datetime) -> datetime:
    if wanted is None:
        return at
    if wanted < at:
        raise NotInThePast
    if wanted.year > at.year + _MOST_YEARS:
        raise TooFarAhead
    return wanted


def _check(wording: Wording, twin: Policy | None, at: datetime) -> None:
    if twin is not None:
        raise SameSelectors(name=twin.name)
    if not wording.limits:
        raise NoLimits
    for position in limit_wording.twice(wording.limits):
        raise WrongLimit(clock=_name(wording.limits[position]), fault=_("This clock stands twice."))
    calendars = policies.newest_calendars()
    for limit in wording.limits:
        for fault in limit_wording.faults(limit):
            raise WrongLimit(clock=_name(limit), fault=fault)
        if limit.calendar_code not in calendars:
            raise NoSuchCalendarOrLadder(code=limit.calendar_code)
        calendar = policies.calendar(limit.calendar_code, calendars[limit.calendar_code])
        _check_due(limit, calendar, at)
    if wording.return_calendar_code not in calendars:
        raise NoSuchCalendarOrLadder(code=wording.return_calendar_code)


def _check_due(
    limit: LimitWording, calendar: working_time.WorkingCalendar, at: datetime
) -> None:
    """That the limit ends some day, if it began now."""
    try:
        working_time.add(calendar, at, policy_wording.arithmetic(limit))
    except (working_time.NoWorkingTime, OverflowError, ValueError) as error:
        raise NeverDue(clock=_name(limit)) from error


def _name(limit: LimitWording) -> str:
    return str(dict(ClockName.choices).get(limit.clock, limit.clock))


def _twin(wording: Wording, own_code: str) -> Policy | None:
    """Another policy, in force or planned, for the very same matters."""
    wanted = {name: getattr(wording, name) for name in SELECTORS}
    same = Policy.objects.filter(called_off_at=None, **wanted).exclude(code=own_code)
    for policy in same.order_by("code", "-version").distinct("code").select_related("made_by"):
        latest = policy_wording.newest(policy.code)
        if latest is not None and latest.pk == policy.pk and not latest.is_withdrawn:
            return latest
    return None


def _code(wording: Wording) -> str:
    """A code that tells what it is for; a number after it where that is taken."""
    company = wording.company.code if wording.company else ""
    level = f"level-{wording.level}" if wording.level else ""
    parts = (
        company, wording.special_period, level, wording.customer_class, wording.channel,
        wording.area_class, wording.category_code or f"{wording.utility} {wording.kind}",
    )  # fmt: skip
    stem = slugify(" ".join(parts).replace("_", " "))[:50].strip("-") or "any"
    taken = set(Policy.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(code for code in numbered if code not in taken)


def _call_off_later(code: str, since: datetime, at: datetime) -> None:
    later = Policy.objects.filter(code=code, called_off_at=None, effective_at__gt=max(since, at))
    later.update(called_off_at=at)


def _write(
    code: str, wording: Wording, latest: Policy | None, note: str, since: datetime,
    by: Staff | None, at: datetime, is_withdrawn: bool = False,
) -> Policy:  # fmt: skip
    versions = Policy.objects.filter(code=code).order_by("-version")
    version = (versions.values_list("version", flat=True).first() or 0) + 1
    policy = Policy.objects.create(
        code=code, version=version, effective_at=since, created_at=at, made_by=by,
        note=note.strip(), supersedes=latest, is_withdrawn=is_withdrawn,
        suspension_days=dict(wording.suspension_days),
        **{name: getattr(wording, name) for name in COLUMNS},
    )  # fmt: skip
    ladders = {ladder.code: ladder for ladder in Ladder.objects.newest()}
    Limit.objects.bulk_create(_row(policy, limit, ladders) for limit in policy_wording.tidy(wording).limits)
    return policy


def _row(policy: Policy, limit: LimitWording, ladders: dict[str, Ladder]) -> Limit:
    if limit.ladder and limit.ladder not in ladders:
        raise NoSuchCalendarOrLadder(code=limit.ladder)
    stops_on = list(dict.fromkeys([*limit.stops_on, *ENDS]))
    return Limit(
        policy=policy, stops_on=stops_on, ladder=ladders.get(limit.ladder),
        reminder_percents=list(limit.reminder_percents),
        reminder_minutes=list(limit.reminder_minutes),
        **{name: getattr(limit, name) for name in LIMIT_COLUMNS},
    )  # fmt: skip

