"""Add, change and switch off routing rules; what was is kept (verb)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assignment import changes, permissions
from assignment.models import Change, RoutingRule
from organisation.models import Staff, Territory, Unit
from servicedesk.lib.errors import DeskError

_SUBJECT = Change.Subject.RULE


class NotYourRules(DeskError):
    """Rules belong to the administrator of the company."""

    message = _("Only an administrator of this company can change its rules. Nothing was changed.")
    http_status = 403


class UnitOutsideCompany(DeskError):
    """A company's rules send to its own units only."""

    message = _("This unit is not of that company. Choose one of its own.")
    http_status = 422
    field = "unit"


class UnitTakesNoWork(DeskError):
    """Work can only be sent to a unit that handles tickets."""

    message = _("This unit does not handle tickets, so a rule cannot send there.")
    http_status = 422
    field = "unit"


class SameRuleTwice(DeskError):
    """There is such a rule already."""

    message = _("Rule %(number)s says the same already. Nothing was added.")


@dataclass(frozen=True)
class Wording:
    """What a rule says; an empty field fits everything."""

    company: Unit
    unit: Unit
    utility: str = ""
    kind: str = ""
    category_code: str = ""
    territory: Territory | None = None
    is_key_account: bool | None = None
    skill: str = ""
    rank: int = 100


def add(*, wording: Wording, by: Staff, at: datetime) -> RoutingRule:
    """A new rule; raises NotYourRules, UnitOutsideCompany, UnitTakesNoWork, SameRuleTwice."""
    with transaction.atomic():
        _check(wording, by)
        _check_twin(wording, None)
        rule = RoutingRule.objects.create(**_columns(wording))
        changes.note(subject=_SUBJECT, row=rule, act=Change.Act.ADDED, by=by, at=at)
    return rule


def change(*, rule: RoutingRule, wording: Wording, by: Staff, at: datetime) -> RoutingRule:
    """The rule as it reads from now on; raises what `add` raises."""
    with transaction.atomic():
        locked = RoutingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
        _check_owner(locked.company, by)
        _check(wording, by)
        _check_twin(wording, locked.pk)
        before = changes.values(locked)
        for name, value in _columns(wording).items():
            setattr(locked, name, value)
        locked.save()
        changes.note(
            subject=_SUBJECT, row=locked, act=Change.Act.CHANGED, before=before, by=by, at=at
        )
    return locked


def switch(*, rule: RoutingRule, is_on: bool, by: Staff, at: datetime) -> RoutingRule:
    """Put the rule out of force or into force again; doing it twice changes nothing. Raises
    NotYourRules, SameRuleTwice."""
    with transaction.atomic():
        locked = RoutingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
        _check_owner(locked.company, by)
        if locked.is_active == is_on:
            return locked
        if is_on:
            _check_twin(_wording(locked), locked.pk)
        before = changes.values(locked)
        locked.is_active = is_on
        locked.save(update_fields=["is_active"])
        act = Change.Act.SWITCHED_ON if is_on else Change.Act.SWITCHED_OFF
        changes.note(subject=_SUBJECT, row=locked, act=act, before=before, by=by, at=at)
    return locked


def _columns(wording: Wording) -> dict[str, object]:
    return {name: getattr(wording, name) for name in Wording.__dataclass_fields__}


def _wording(rule: RoutingRule) -> Wording:
    return Wording(**{name: getattr(rule, name) for name in Wording.__dataclass_fields__})


def _check_owner(company: Unit, by: Staff) -> None:
    if not permissions.may_configure(by, company):
        raise NotYourRules


def _check(wording: Wording, by: Staff) -> None:
    _check_owner(wording.company, by)
    if not wording.unit.is_within(wording.company):
        raise UnitOutsideCompany
    if not (wording.unit.is_handling and wording.unit.is_active):
        raise UnitTakesNoWork


def _check_twin(wording: Wording, own: int | None) -> None:
    """Nothing unless another rule in force says the very same; the company's row is held, so that
    the same form sent twice adds one."""
    list(Unit.objects.select_for_update(no_key=True).filter(pk=wording.company.pk))
    twins = RoutingRule.objects.filter(is_active=True, **_columns(wording)).exclude(pk=own or 0)
    twin = twins.first()
    if twin is not None:
        raise SameRuleTwice(number=twin.pk)
