"""The shipped presets as somebody may take them: what each says, and what it would replace
(question)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from organisation.models import Staff, Unit
from servicedesk.lib import bilingual, text_folding
from servicedesk.lib.errors import NotVisible
from tickets import limit_keepers, policy_wording, preset_book, previews
from tickets.limit_wording import LimitWording
from tickets.models import Policy
from tickets.policy_wording import SELECTORS, Wording
from tickets.preset_book import ENDS, Preset


@dataclass(frozen=True)
class Shelved:
    """One preset: `instead_of` is the policy for the very same matters, whose next version it would
    be; `is_taken` says that this one says the same already."""

    preset: Preset
    wording: Wording
    instead_of: Policy | None
    is_taken: bool

    @property
    def name(self) -> str:
        return bilingual.in_the_readers_language(self.wording.name_en, self.wording.name_zh)

    @property
    def source(self) -> str:
        return bilingual.in_the_readers_language(self.wording.source_en, self.wording.source_zh)

    @property
    def doubt(self) -> str:
        return bilingual.in_the_readers_language(self.wording.doubt_en, self.wording.doubt_zh)


def shelves(user: Staff, *, text: str = "", utility: str = "") -> list[Shelved]:
    """The presets of the library for the person's service lines, as their company would take them."""
    lines = ["", *previews.utilities(user)]
    found = [
        one
        for one in _shelved(user)
        if one.preset.utility in lines
        and utility in ("", one.preset.utility)
        and _tells_of(one, text)
    ]
    return sorted(found, key=lambda one: (not one.preset.utility, one.preset.utility))


def one(user: Staff, code: str) -> Shelved:
    """A preset of the library; NotVisible where there is none for the person's service lines."""
    for found in shelves(user):
        if found.preset.code == code:
            return found
    raise NotVisible


def wording(preset: Preset, company: Unit | None) -> Wording:
    """What the preset says, as an administrator would write it."""
    columns: dict[str, Any] = dict(preset.columns)
    rest = tuple(sorted(columns.pop("suspension_days").items()))
    limits = tuple(_limit(limit) for limit in preset.limits)
    return Wording(**columns, suspension_days=rest, limits=limits, company=company)


def company_of(user: Staff, utility: str) -> Unit | None:
    """For whom the person writes limits of a service line: for all companies where they keep them
    all, else for their own."""
    if limit_keepers.may_keep(user, utility=utility, company=None):
        return None
    return Unit.objects.filter(path=user.unit.company_path).first()


def _limit(limit: Any) -> LimitWording:
    columns = dict(limit)
    ends = tuple(code for code in columns["stops_on"] if code not in ENDS)
    columns["stops_on"] = ends or ("closed",)
    for name in ("reminder_percents", "reminder_minutes"):
        columns[name] = tuple(columns[name])
    return LimitWording(**columns)


def _shelved(user: Staff) -> Iterator[Shelved]:
    standing = _newest_by_selectors()
    companies: dict[str, Unit | None] = {}
    for preset in preset_book.read().library:
        if preset.utility not in companies:
            companies[preset.utility] = company_of(user, preset.utility)
        said = wording(preset, companies[preset.utility])
        twin = standing.get(_key(said))
        is_taken = twin is not None and policy_wording.is_same(twin, said)
        yield Shelved(preset, said, twin, is_taken)


def _newest_by_selectors() -> dict[tuple[Any, ...], Policy]:
    """The newest version of each policy that is not withdrawn, by what it selects."""
    rows = Policy.objects.filter(called_off_at=None).order_by("code", "-version")
    newest = rows.distinct("code").select_related("company")
    return {_key(row): row for row in newest if not row.is_withdrawn}


def _key(said: Any) -> tuple[Any, ...]:
    return tuple(getattr(said, name) for name in SELECTORS)


def _tells_of(one: Shelved, text: str) -> bool:
    told = (
        one.preset.code, one.wording.name_en, one.wording.name_zh, one.wording.source_en,
        one.wording.source_zh, *one.preset.rows,
    )  # fmt: skip
    return text_folding.fold(text) in text_folding.fold(" ".join(told))
