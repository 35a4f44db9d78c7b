"""What changed between two versions of a policy, and how due times move by it (question)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from organisation import working_time
from organisation.working_time import DayKind, WorkingCalendar
from tickets import policies, policy_wording
from tickets.limit_wording import LimitWording
from tickets.policy_wording import Wording

# What is said of a limit in one breath.
_ASPECTS: Mapping[str, tuple[str, ...]] = {
    "length": ("amount", "unit"), "counted": ("counting", "ends", "cut_off", "next_opening"),
    "calendar": ("calendar_code",), "starts": ("starts_on",), "stops": ("stops_on",),
    "promised": ("is_internal",), "reminders": ("reminder_percents", "reminder_minutes"),
    "ladder": ("ladder",), "procedure": ("procedure_en", "procedure_zh"),
}  # fmt: skip
_COLUMNS = (
    "name_en", "name_zh", "utility", "kind", "category_code", "area_class", "channel", "level",
    "customer_class", "special_period", "company", "source_en", "source_zh", "doubt_en", "doubt_zh",
    "most_extensions",
)  # fmt: skip
_RETURN = ("return_amount", "return_unit", "return_calendar_code")


@dataclass(frozen=True)
class Change:
    """Something of the policy itself that is said otherwise."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class LimitChange:
    """A limit that was added (no `before`), left out (no `after`), or is said otherwise in the
    named aspects."""

    before: LimitWording | None
    after: LimitWording | None
    aspects: tuple[str, ...] = ()

    @property
    def limit(self) -> LimitWording:
        """The limit as it is shown: the later one where there are two."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Start:
    """A moment to count from: an ordinary morning, the end of a week, the day before a holiday."""

    sort: str
    at: datetime


@dataclass(frozen=True)
class Shift:
    """When a clock is due from each of the moments, by either version; None where one has no such
    limit."""

    limit: LimitWording
    due: tuple[tuple[Start, datetime | None, datetime | None], ...]


@dataclass(frozen=True)
class Differences:
    """All that two versions say differently."""

    changes: tuple[Change, ...]
    limits: tuple[LimitChange, ...]
    shifts: tuple[Shift, ...]

    @property
    def is_none(self) -> bool:
        """Whether both say the same."""
        return not (self.changes or self.limits)


def between(before: Wording, after: Wording, *, at: datetime) -> Differences:
    """What `after` says otherwise than `before`; due times from three moments that come after
    `at`."""
    before, after = policy_wording.tidy(before), policy_wording.tidy(after)
    limits = tuple(_limits(before.limits, after.limits))
    calendars = _calendars(after.company.company_path if after.company else "")
    starts = typical(at, calendars)
    moved = [one for one in limits if set(one.aspects) & {"length", "counted", "calendar"}]
    moved += [one for one in limits if not one.aspects]
    return Differences(
        tuple(_columns(before, after)), limits,
        tuple(_shift(one, calendars, starts) for one in moved),
    )  # fmt: skip


def typical(at: datetime, calendars: Mapping[str, WorkingCalendar]) -> tuple[Start, ...]:
    """Three moments after `at` from which limits differ most tellingly."""
    tz = timezone.get_default_timezone()
    today = at.astimezone(tz).date()

    def moment(day: Any, clock: time) -> datetime:
        return datetime.combine(day, clock, tz)

    tuesday = today + timedelta(days=(1 - today.weekday()) % 7 or 7)
    friday = tuesday + timedelta(days=3)
    found = [Start("morning", moment(tuesday, time(10))), Start("friday", moment(friday, time(17)))]
    holidays = [
        day
        for calendar in calendars.values()
        for day, rule in calendar.days.items()
        if rule.kind == DayKind.OFF and day > friday and calendar.holidays_observed
    ]
    if holidays:
        eve = min(holidays) - timedelta(days=1)
        found.append(Start("holiday", moment(eve, time(16))))
    return tuple(found)


def _columns(before: Wording, after: Wording) -> Iterator[Change]:
    for name in _COLUMNS:
        ours, theirs = getattr(before, name), getattr(after, name)
        if ours != theirs:
            yield Change(name, ours, theirs)
    ours, theirs = (tuple(getattr(one, name) for name in _RETURN) for one in (before, after))
    if ours != theirs:
        yield Change("return", ours, theirs)
    if before.suspension_days != after.suspension_days:
        yield Change("suspension_days", before.suspension_days, after.suspension_days)


def _limits(
    before: Sequence[LimitWording], after: Sequence[LimitWording]
) -> Iterator[LimitChange]:
    ours = {(one.clock, one.measure): one for one in before}
    theirs = {(one.clock, one.measure): one for one in after}
    for key in dict.fromkeys([*theirs, *ours]):
        old, new = ours.get(key), theirs.get(key)
        if old is None or new is None:
            yield LimitChange(old, new)
            continue
        aspects = tuple(
            aspect
            for aspect, names in _ASPECTS.items()
            if any(getattr(old, name) != getattr(new, name) for name in names)
        )
        if aspects:
            yield LimitChange(old, new, aspects)


def _shift(
    change: LimitChange, calendars: Mapping[str, WorkingCalendar], starts: Sequence[Start]
) -> Shift:
    due = tuple(
        (start, _due(change.before, calendars, start.at), _due(change.after, calendars, start.at))
        for start in starts
    )
    return Shift(change.limit, due)


def _due(
    limit: LimitWording | None, calendars: Mapping[str, WorkingCalendar], start: datetime
) -> datetime | None:
    if limit is None or limit.calendar_code not in calendars:
        return None
    calendar = calendars[limit.calendar_code]
    return working_time.add(calendar, start, policy_wording.arithmetic(limit)).due_at


def _calendars(company_path: str) -> dict[str, WorkingCalendar]:
    versions = policies.newest_calendars(company_path)
    return {code: policies.calendar(code, version) for code, version in versions.items()}
