"""Say who is responsible for which territory (责任区) (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assignment import changes, permissions
from assignment.models import Change, Responsibility
from organisation.models import Staff, Territory
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError

_SUBJECT = Change.Subject.RESPONSIBILITY


class NotYourPeople(DeskError):
    """Territories are given by the company's administrator or by a leader to their own people."""

    message = _("Only an administrator or their leader can give this person a territory.")
    http_status = 403


class HandlesNothing(DeskError):
    """Only somebody who handles tickets can be responsible for a territory."""

    message = _("This person handles no tickets, so a territory would lead to nobody.")
    http_status = 422
    field = "staff"


def give(*, territory: Territory, staff: Staff, by: Staff, at: datetime) -> Responsibility:
    """The person answers for the territory from now on; giving it twice changes nothing. Raises
    NotYourPeople, HandlesNothing."""
    if not permissions.may_plan(by, staff.unit):
        raise NotYourPeople
    if not staff.is_active or Permission.HANDLE not in staff.permissions:
        raise HandlesNothing
    with transaction.atomic():
        row, is_new = Responsibility.objects.get_or_create(staff=staff, territory=territory)
        if is_new:
            changes.note(subject=_SUBJECT, row=row, act=Change.Act.ADDED, by=by, at=at)
        else:
            row = _switch(row, True, by, at)
    return row


def take(*, responsibility: Responsibility, by: Staff, at: datetime) -> Responsibility:
    """The person no longer answers for the territory; the row stays. Raises NotYourPeople."""
    if not permissions.may_plan(by, responsibility.staff.unit):
        raise NotYourPeople
    with transaction.atomic():
        return _switch(responsibility, False, by, at)


def _switch(row: Responsibility, is_on: bool, by: Staff, at: datetime) -> Responsibility:
    locked = Responsibility.objects.select_for_update(no_key=True).get(pk=row.pk)
    if locked.is_active == is_on:
        return locked
    before = changes.values(locked)
    locked.is_active = is_on
    locked.save(update_fields=["is_active"])
    act = Change.Act.SWITCHED_ON if is_on else Change.Act.SWITCHED_OFF
    changes.note(subject=_SUBJECT, row=locked, act=act, before=before, by=by, at=at)
    return locked
