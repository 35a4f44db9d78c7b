"""Write and change escalation ladders: a new version each time, and with it a new version of every
policy that stands on the ladder (verb)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from organisation.roles import Role
from servicedesk.lib.errors import DeskError, NotAllowed
from tickets import ladder_wording, limit_keepers, policy_keeping
from tickets.ladder_wording import RUNG, RungWording, Wording
from tickets.models import Ladder, Policy, Rung

MOST_RUNGS = 12


class NotYourLadder(DeskError):
    """A ladder belongs to whoever keeps every policy that stands on it."""

    message = _(
        "Limits of companies that you do not keep stand on this ladder. Write a ladder of your own"
        " instead. Nothing was changed."
    )
    http_status = 403


class LadderWrittenMeanwhile(DeskError):
    """Two people edit one ladder."""

    message = _(
        "Somebody saved version %(version)s of the ladder meanwhile. What you typed is still here:"
        " saving again replaces theirs."
    )


class SameLadder(DeskError):
    """The newest version says the same."""

    message = _("Version %(version)s of the ladder says the same already. Nothing was changed.")


class LadderNameTaken(DeskError):
    """Two ladders of one name cannot be told apart."""

    message = _("There is a ladder of this name already.")
    field = "name_zh"
    http_status = 422


class NoRungs(DeskError):
    """A ladder without a rung reaches nobody."""

    message = _("Write at least one rung.")
    http_status = 422


class TooManyRungs(DeskError):
    """Nobody climbs that far."""

    message = _("A ladder has twelve rungs at the most.")
    http_status = 422


class WrongRung(DeskError):
    """A rung comes after some time, to a role that the desk knows."""

    message = _("Rung %(order)s: give a time of up to ten years and who hears of it.")
    http_status = 422


class RungsOutOfOrder(DeskError):
    """Each rung is later than the one before."""

    message = _("Rung %(order)s does not come after the one before it.")
    http_status = 422


@dataclass(frozen=True)
class Saved:
    """The new version, and the policies that got one with it."""

    ladder: Ladder
    policies: tuple[Policy, ...]


# What can be compared without a calendar: within each of the two sorts.
_MINUTES = (
    {"minutes": 1, "hours": 60, "calendar_days": 1440},
    {"working_minutes": 1, "working_hours": 60},
    {"working_days": 1},
)
_MOST = {"minutes": 999_999, "working_minutes": 999_999}


def add(*, wording: Wording, note: str, by: Staff, at: datetime) -> Ladder:
    """A ladder that is not there yet. Sending the same form twice gives the same ladder. Raises
    LadderNameTaken and what stands against a rung."""
    with transaction.atomic():
        _hold()
        if not limit_keepers.may_write(by):
            raise NotAllowed
        _check(wording)
        for ladder in Ladder.objects.newest():
            if wording.name_zh == ladder.name_zh or wording.name_en == ladder.name_en:
                if ladder.made_by == by and ladder_wording.says(ladder) == wording:
                    return ladder
                raise LadderNameTaken
        return _write(_code(wording), 1, wording, note, by, at)


def change(*, ladder: Ladder, wording: Wording, note: str, by: Staff, at: datetime) -> Saved:
    """The next version of a ladder after the one the person was looking at, and of every policy on
    it. Sending the same form twice gives the same version. Raises NotYourLadder,
    LadderWrittenMeanwhile, SameLadder and what stands against a rung."""
    with transaction.atomic():
        _hold()
        latest = Ladder.objects.filter(code=ladder.code).order_by("-version").first() or ladder
        if not limit_keepers.may_keep_ladder(by, ladder.code):
            raise NotYourLadder
        is_same = ladder_wording.says(latest) == wording
        if is_same and latest.made_by == by and latest.version == ladder.version + 1:
            return Saved(latest, ())
        if latest.pk != ladder.pk:
            raise LadderWrittenMeanwhile(version=latest.version)
        if is_same:
            raise SameLadder(version=latest.version)
        _check(wording)
        written = _write(ladder.code, latest.version + 1, wording, note, by, at)
        climbed = policy_keeping.climb(ladder=written, note=note, by=by, at=at)
    return Saved(written, tuple(climbed))


def _hold() -> None:
    list(Unit.objects.select_for_update(no_key=True).filter(parent=None).values_list("pk"))


def _check(wording: Wording) -> None:
    if not wording.rungs:
        raise NoRungs
    if len(wording.rungs) > MOST_RUNGS:
        raise TooManyRungs
    for order, rung in enumerate(wording.rungs, start=1):
        if not _is_possible(rung):
            raise WrongRung(order=order)
    for order, (one, other) in enumerate(zip(wording.rungs, wording.rungs[1:], strict=False), 2):
        if any(_is_earlier(other, one, known) for known in _MINUTES):
            raise RungsOutOfOrder(order=order)


def _is_possible(rung: RungWording) -> bool:
    most = _MOST.get(rung.after_unit, 3_650)
    if not 0 <= rung.after_amount <= most or rung.role not in Role.values:
        return False
    return not rung.most_repeats or 0 < (rung.repeat_amount or 0) <= most


def _is_earlier(rung: RungWording, than: RungWording, known: dict[str, int]) -> bool:
    if rung.after_unit not in known or than.after_unit not in known:
        return False
    return known[rung.after_unit] * rung.after_amount < known[than.after_unit] * than.after_amount


def _code(wording: Wording) -> str:
    stem = slugify(wording.name_en)[:30] or "ladder"
    taken = set(Ladder.objects.values_list("code", flat=True))
    numbered = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(code for code in numbered if code not in taken)


def _write(
    code: str, version: int, wording: Wording, note: str, by: Staff, at: datetime
) -> Ladder:
    ladder = Ladder.objects.create(
        code=code, version=version, name_en=wording.name_en, name_zh=wording.name_zh, made_by=by,
        made_at=at, note=note.strip(),
    )  # fmt: skip
    Rung.objects.bulk_create(
        Rung(ladder=ladder, order=order, **{name: getattr(rung, name) for name in RUNG})
        for order, rung in enumerate(wording.rungs, start=1)
    )
    return ladder
