"""Set up units and appoint people to them (verb)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation.models import Posting, Staff, Unit, UnitLevel, Utility
from organisation.roles import Role
from servicedesk.lib.errors import DeskError


class ReasonMissing(DeskError):
    """A change of a post says why."""

    message = _("Give the reason; it stays on record.")
    field = "reason"


class NothingToChange(DeskError):
    """The person is as that change would leave them."""

    message = _("This was done already. Nothing was changed.")


class NoSuchRole(DeskError):
    """There is no role of that name."""

    message = _("There is no role of that name.")


class OwnDeputy(DeskError):
    """Nobody stands in for themselves."""

    message = _("Nobody can be their own deputy. Choose a colleague.")
    http_status = 422
    field = "deputy"


def establish(
    *, code: str, name_en: str, name_zh: str, level: UnitLevel, parent: Unit | None,
    utility: Utility | str = "", is_handling: bool = True, by: Staff | None, at: datetime,
) -> Unit:
    """A new unit below its parent."""
    path = f"{parent.path if parent else '/'}{code}/"
    is_company = level in {UnitLevel.GROUP, UnitLevel.COMPANY}
    return Unit.objects.create(
        code=code, name_en=name_en, name_zh=name_zh, level=level, parent=parent, path=path,
        company_path=path if parent is None or is_company else parent.company_path,
        utility=utility or (parent.utility if parent else ""), is_handling=is_handling,
    )


def appoint(
    *, staff_number: str, name_en: str, name_zh: str, unit: Unit, roles: list[Role],
    password: str | None, email: str = "", language: str = "zh-hans", skills: list[str] | None = None,
    by: Staff | None, at: datetime,
) -> Staff:
    """A new member of the unit, who can sign in unless the password is None; raises NoSuchRole."""
    if not set(roles) <= set(Role):
        raise NoSuchRole
    person = Staff(
        staff_number=staff_number, name_en=name_en, name_zh=name_zh, unit=unit, roles=list(roles),
        email=email, language=language, skills=skills or [],
    )
    person.set_password(password)
    person.save()
    return person


def deactivate(*, person: Staff, reason: str, by: Staff | None, at: datetime) -> Staff:
    """The person can no longer sign in; what they did stays theirs. Whoever manages staff calls
    tickets.leaving, which sees to their open work first. Raises ReasonMissing, NothingToChange."""
    return _set_active(person, False, Posting.Act.DEACTIVATED, reason, by, at)


def reactivate(*, person: Staff, reason: str, by: Staff | None, at: datetime) -> Staff:
    """The person can sign in again. Raises ReasonMissing, NothingToChange."""
    return _set_active(person, True, Posting.Act.REACTIVATED, reason, by, at)


def move(*, person: Staff, to: Unit, reason: str, by: Staff | None, at: datetime) -> Staff:
    """The person belongs to the other unit from now on; tickets.leaving sees to their open work
    first. Raises ReasonMissing, NothingToChange."""
    _need(reason)
    if person.unit_id == to.pk:
        raise NothingToChange
    Posting.objects.create(
        staff=person, act=Posting.Act.MOVED, from_unit=person.unit, to_unit=to,
        reason=reason.strip(), by=by, at=at,
    )  # fmt: skip
    person.unit = to
    person.save(update_fields=["unit"])
    return person


def _set_active(
    person: Staff, is_active: bool, act: Posting.Act, reason: str, by: Staff | None, at: datetime
) -> Staff:
    _need(reason)
    if person.is_active == is_active:
        raise NothingToChange
    Posting.objects.create(staff=person, act=act, reason=reason.strip(), by=by, at=at)
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    return person


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def make_deputy(*, of: Staff, deputy: Staff | None, by: Staff | None, at: datetime) -> None:
    """`deputy` stands in for `of` whenever `of` is absent (AB岗); raises OwnDeputy."""
    if deputy == of:
        raise OwnDeputy
    of.deputy = deputy
    of.save(update_fields=["deputy"])


def limit_open(*, of: Staff, most: int | None, by: Staff | None, at: datetime) -> None:
    """How many open tickets the choice may give the person; without end if None."""
    of.most_open = most
    of.save(update_fields=["most_open"])


def choose_language(*, language: str, by: Staff, at: datetime) -> None:
    """The language the person reads the desk and its messages in."""
    by.language = language
    by.save(update_fields=["language"])


def lead(*, unit: Unit, leader: Staff, liaison: Staff, by: Staff | None, at: datetime) -> None:
    """Who leads the unit and who is its liaison (联络员), its default receiver."""
    unit.leader, unit.liaison = leader, liaison
    unit.save(update_fields=["leader", "liaison"])
