"""Add, change and end special periods: a row is never rewritten, a change ends it and adds the next
(verb)."""

from dataclasses import fields, replace
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import limit_keepers, period_wording
from tickets.models import SpecialPeriod
from tickets.period_wording import Wording


class NotYourPeriod(DeskError):
    """A period belongs to whoever configures all companies it holds for."""

    message = _(
        "This period holds for companies that you do not keep. Write one for your own company"
        " instead. Nothing was changed."
    )
    http_status = 403
    field = "company"


class EndsBeforeItStarts(DeskError):
    """A period that comes once ends on its first day or later."""

    message = _("It ends before it starts. Only a period that comes each year may pass New Year.")
    field = "ends_on"
    http_status = 422


class OutOfSight(DeskError):
    """Nobody plans that far, and the past is over."""

    message = _("Give days between ten years ago and ten years ahead.")
    field = "starts_on"
    http_status = 422


class PeriodThere(DeskError):
    """The same days of the same code stand there already."""

    message = _("“%(name)s” has these days already. Nothing was added.")


class EndedMeanwhile(DeskError):
    """Somebody ended or changed it first."""

    message = _("Somebody ended or changed this period meanwhile. Look at the list again.")


class SamePeriod(DeskError):
    """Nothing was typed anew."""

    message = _("The period says this already. Nothing was changed.")


_MOST_YEARS = 10


def add(*, wording: Wording, by: Staff | None, at: datetime) -> SpecialPeriod:
    """A period more: a new sort of it, or the days of another year where the code is known. Raises
    NotYourPeriod, PeriodThere, EndsBeforeItStarts, OutOfSight."""
    with transaction.atomic():
        _hold()
        _check(wording, by, at)
        _check_twin(wording, None)
        return _write(wording, None, by, at)


def change(
    *, period: SpecialPeriod, wording: Wording, by: Staff | None, at: datetime
) -> SpecialPeriod:
    """The period as it reads from now on; what came in before counts as it was. Raises
    NotYourPeriod, EndedMeanwhile, SamePeriod and what `add` raises."""
    with transaction.atomic():
        _hold()
        locked = _standing(period, by)
        wording = replace(wording, code=locked.code)
        if period_wording.says(locked) == wording:
            raise SamePeriod
        _check(wording, by, at)
        _check_twin(wording, locked)
        _end(locked, by, at)
        return _write(wording, locked, by, at)


def end(*, period: SpecialPeriod, by: Staff | None, at: datetime) -> SpecialPeriod:
    """No ticket that comes from now on belongs to it. Raises NotYourPeriod, EndedMeanwhile."""
    with transaction.atomic():
        _hold()
        locked = _standing(period, by)
        _end(locked, by, at)
    return locked


def _hold() -> None:
    list(Unit.objects.select_for_update(no_key=True).filter(parent=None).values_list("pk"))


def _standing(period: SpecialPeriod, by: Staff | None) -> SpecialPeriod:
    locked = SpecialPeriod.objects.select_related("company").get(pk=period.pk)
    _check_keeper(locked.utility, locked.company, by)
    if locked.ended_at is not None:
        raise EndedMeanwhile
    return locked


def _check_keeper(utility: str, company: Unit | None, by: Staff | None) -> None:
    if by is not None and not limit_keepers.may_keep(by, utility=utility, company=company):
        raise NotYourPeriod


def _check(wording: Wording, by: Staff | None, at: datetime) -> None:
    _check_keeper(wording.utility, wording.company, by)
    if not wording.is_yearly and wording.ends_on < wording.starts_on:
        raise EndsBeforeItStarts
    years = (wording.starts_on.year, wording.ends_on.year)
    if any(abs(year - at.year) > _MOST_YEARS for year in years):
        raise OutOfSight


def _check_twin(wording: Wording, own: SpecialPeriod | None) -> None:
    same = SpecialPeriod.objects.standing().filter(
        starts_on=wording.starts_on, ends_on=wording.ends_on, is_yearly=wording.is_yearly,
        utility=wording.utility, company=wording.company,
    )  # fmt: skip
    same = same.filter(code=wording.code) if wording.code else same.filter(name_zh=wording.name_zh)
    twin = same.exclude(pk=own.pk if own else 0).first()
    if twin is not None:
        raise PeriodThere(name=twin.name)


def _end(period: SpecialPeriod, by: Staff | None, at: datetime) -> None:
    period.ended_at, period.ended_by = at, by
    period.save(update_fields=["ended_at", "ended_by"])


def _write(
    wording: Wording, before: SpecialPeriod | None, by: Staff | None, at: datetime
) -> SpecialPeriod:
    values = {one.name: getattr(wording, one.name) for one in fields(Wording)}
    values["code"] = wording.code or _code(wording)
    return SpecialPeriod.objects.create(made_by=by, created_at=at, supersedes=before, **values)


def _code(wording: Wording) -> str:
    stem = slugify(wording.name_en)[:30] or "period"
    taken = set(SpecialPeriod.objects.values_list("code", flat=True))
    numbered = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(code for code in numbered if code not in taken)
