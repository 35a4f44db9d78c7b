"""People who leave or change their unit: never while they hold open work (人走单留) (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation import appointments
from organisation.models import Staff, Unit
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import held_work


class StillHolds(DeskError):
    """Open work is handed over first, and the successor signs."""

    message = _("%(name)s still holds open work. Hand it over first; the successor must have signed.")


class NotYourStaff(DeskError):
    """Administrators keep the staff of their own company, and nobody their own account."""

    message = _("You cannot change this account. Nothing was changed.")
    http_status = 403


def deactivate(*, person: Staff, reason: str, by: Staff, at: datetime) -> Staff:
    """The person can no longer sign in or be given work. Raises NotYourStaff, StillHolds."""
    with transaction.atomic():
        locked = _free(person, by, at)
        appointments.deactivate(person=locked, reason=reason, by=by, at=at)
    return locked


def move(*, person: Staff, to: Unit, reason: str, by: Staff, at: datetime) -> Staff:
    """The person belongs to another unit from now on. Raises NotYourStaff, StillHolds."""
    if not to.path.startswith(by.scope_path):
        raise NotYourStaff
    with transaction.atomic():
        locked = _free(person, by, at)
        appointments.move(person=locked, to=to, reason=reason, by=by, at=at)
    return locked


def reactivate(*, person: Staff, reason: str, by: Staff, at: datetime) -> Staff:
    """The person is back. Raises NotYourStaff."""
    _check_may(by, person)
    return appointments.reactivate(person=person, reason=reason, by=by, at=at)


def _free(person: Staff, by: Staff, at: datetime) -> Staff:
    """The person's row, locked against being given work (tickets.receivers), and free of it."""
    _check_may(by, person)
    locked = Staff.objects.select_for_update(of=("self",)).select_related("unit").get(pk=person.pk)
    if not held_work.is_free(locked, at):
        raise StillHolds(name=locked.name)
    return locked


def _check_may(by: Staff, person: Staff) -> None:
    is_theirs = person.unit.path.startswith(by.scope_path) and person.pk != by.pk
    if Permission.CONFIGURE not in by.permissions or not is_theirs:
        raise NotYourStaff
