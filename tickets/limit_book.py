"""The limits as people read them: each policy with its standing, its versions and what it is for
(question)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Calendar, Staff
from servicedesk.lib import text_folding
from tickets import limit_keepers
from tickets.kinds import Channel
from tickets.models import Category, Ladder, Limit, Policy, SpecialPeriod


class Standing(StrEnum):
    """Whether a version holds: now, from some day on, no longer, or never."""

    IN_FORCE = "in_force"
    PLANNED = "planned"
    EARLIER = "earlier"
    WITHDRAWN = "withdrawn"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class Selector:
    """One thing a policy looks at, in words."""

    code: str
    label: str | Promise
    words: str | Promise


@dataclass(frozen=True)
class Version:
    """One version, whether it holds, and until when it held."""

    policy: Policy
    standing: Standing
    until: datetime | None


@dataclass(frozen=True)
class Entry:
    """One policy in the list: the version that holds now, or else the next one or the last; and
    what is planned after it."""

    policy: Policy
    standing: Standing
    planned: Policy | None
    selectors: tuple[Selector, ...]

    @property
    def beside_line(self) -> tuple[Selector, ...]:
        """The selectors without the service line, by which the list is grouped."""
        return tuple(one for one in self.selectors if one.code != "utility")


@dataclass(frozen=True)
class Filter:
    """What somebody looks for in the list."""

    utility: str = ""
    kind: str = ""
    text: str = ""
    is_withdrawn_too: bool = False


def entries(user: Staff, wanted: Filter, at: datetime) -> list[Entry]:
    """The policies that the person may see and looks for, by service line and kind; in six
    statements."""
    found = [
        entry
        for versions in _by_code(limit_keepers.visible_policies(user)).values()
        if (entry := _entry(versions, at)) is not None and _is_wanted(entry[0], entry[1], wanted)
    ]
    policies = [policy for policy, _standing, _planned in found]
    prefetch_related_objects(policies, "limits__ladder")
    words = selectors(policies)
    listed = [Entry(policy, how, then, words[policy.pk]) for policy, how, then in found]
    return sorted(listed, key=lambda one: _order(one.policy))


def versions(user: Staff, code: str, at: datetime) -> list[Version]:
    """Every version of a policy that the person may see, the newest first; none if they may not."""
    rows = limit_keepers.visible_policies(user).filter(code=code).order_by("version")
    return _with_standing(list(rows), at)[::-1]


def current(found: Iterable[Version]) -> Version:
    """Of a policy's versions, the newest first, the one to show: that which holds now; else the
    next planned; else the last."""
    known = list(found)
    for how in (Standing.IN_FORCE, Standing.WITHDRAWN, Standing.PLANNED):
        of_it = [one for one in known if one.standing == how]
        if of_it:
            return of_it[-1] if how == Standing.PLANNED else of_it[0]
    return known[0]


def selectors(policies: Iterable[Policy]) -> dict[int, tuple[Selector, ...]]:
    """What each policy looks at, in words, the weightiest first; in two statements."""
    rows = list(policies)
    codes = {row.category_code for row in rows if row.category_code}
    categories = {
        one.code: f"{one.parent} › {one}" if one.parent else str(one)
        for one in Category.objects.filter(code__in=codes).select_related("parent")
    }
    named = {row.special_period for row in rows if row.special_period}
    periods = {one.code: one.name for one in SpecialPeriod.objects.filter(code__in=named)}
    return {row.pk: tuple(_selectors(row, categories, periods)) for row in rows}


def ladders() -> list[Ladder]:
    """The newest version of each ladder with its rungs, in three statements at most."""
    newest = Ladder.objects.filter(pk__in=Ladder.objects.newest().values("pk"))
    return list(newest.select_related("made_by").prefetch_related("rungs").order_by("code"))


def ladder_users(user: Staff, at: datetime) -> dict[str, list[Policy]]:
    """The policies in force that the person may see and that stand on each ladder, by its code."""
    holding = Policy.objects.in_force(at).values("pk")
    seen = limit_keepers.visible_policies(user).filter(pk__in=holding)
    pairs = Limit.objects.filter(policy__in=seen, ladder__isnull=False).distinct()
    found: dict[str, list[Policy]] = {}
    rows = {row.pk: row for row in seen}
    for code, pk in sorted(set(pairs.values_list("ladder__code", "policy_id"))):
        found.setdefault(code, []).append(rows[pk])
    return found


def calendar_names() -> dict[str, str]:
    """The names of the working calendars by their code."""
    return {row.code: row.name for row in Calendar.objects.newest()}


def ladder_names() -> dict[str, str]:
    """The names of the ladders by their code."""
    return {row.code: row.name for row in Ladder.objects.newest()}


def category_names() -> dict[str, str]:
    """The categories with their groups, by their code."""
    rows = Category.objects.filter(source="").select_related("parent")
    return {one.code: f"{one.parent} › {one}" if one.parent else str(one) for one in rows}


def _selectors(
    row: Policy, categories: Mapping[str, str], periods: Mapping[str, str]
) -> Iterable[Selector]:
    level = row.get_level_display() if row.level else ""
    if level and row.level != 1:
        level = _("%(level)s or graver") % {"level": level}
    channel = dict(Channel.choices).get(row.channel, row.channel)
    known: tuple[tuple[str, str | Promise, str | Promise], ...] = (
        ("special_period", _("Special period"), periods.get(row.special_period, row.special_period)),
        ("level", _("Level"), level),
        ("customer_class", _("Customer"), row.get_customer_class_display()),
        ("category_code", _("Category"), categories.get(row.category_code, row.category_code)),
        ("area_class", pgettext_lazy("limits", "Area"), row.get_area_class_display()),
        ("channel", _("Channel"), channel),
        ("kind", _("Kind"), row.get_kind_display()),
        ("utility", _("Service line"), row.get_utility_display()),
        ("company", _("Company"), row.company.name if row.company else ""),
    )
    return (Selector(code, label, words) for code, label, words in known if words)


def _by_code(rows: Iterable[Policy]) -> dict[str, list[Policy]]:
    found: dict[str, list[Policy]] = {}
    for row in sorted(rows, key=lambda row: (row.code, row.version)):
        found.setdefault(row.code, []).append(row)
    return found


def _with_standing(rows: list[Policy], at: datetime) -> list[Version]:
    """The versions of one code, given in their order, with their standing."""
    valid = sorted(
        (row for row in rows if row.called_off_at is None),
        key=lambda row: (row.effective_at, row.version),
    )
    begun = [row for row in valid if row.effective_at <= at]
    holding = begun[-1] if begun else None
    next_one = dict(zip(valid, valid[1:], strict=False))

    def standing(row: Policy) -> Standing:
        if row.called_off_at is not None:
            return Standing.CALLED_OFF
        if row.effective_at > at:
            return Standing.PLANNED
        if row != holding:
            return Standing.EARLIER
        return Standing.WITHDRAWN if row.is_withdrawn else Standing.IN_FORCE

    return [
        Version(row, standing(row), next_one[row].effective_at if row in next_one else None)
        for row in rows
    ]


def _entry(rows: list[Policy], at: datetime) -> tuple[Policy, Standing, Policy | None] | None:
    found = _with_standing(rows, at)[::-1]
    shown = current(found)
    if shown.standing == Standing.CALLED_OFF:
        return None
    planned = [one.policy for one in found if one.standing == Standing.PLANNED]
    then = planned[-1] if planned and planned[-1] != shown.policy else None
    return shown.policy, shown.standing, then


def _is_wanted(policy: Policy, standing: Standing, wanted: Filter) -> bool:
    if standing == Standing.WITHDRAWN and not wanted.is_withdrawn_too:
        return False
    if wanted.utility and policy.utility != wanted.utility:
        return False
    if wanted.kind and policy.kind != wanted.kind:
        return False
    said = (
        policy.name_en, policy.name_zh, policy.code, policy.source_en, policy.source_zh,
        policy.doubt_en, policy.doubt_zh,
    )  # fmt: skip
    return text_folding.fold(wanted.text) in text_folding.fold(" ".join(said))


def _order(policy: Policy) -> tuple[bool, str, str, str]:
    return (not policy.utility, policy.utility, policy.kind, policy.code)
