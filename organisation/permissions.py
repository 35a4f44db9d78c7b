"""The one question about authority: may this person do this at all? (question)"""

from django.contrib.auth.models import AnonymousUser

from organisation.models import Staff
from organisation.roles import Permission


def can(user: Staff | AnonymousUser, permission: Permission) -> bool:
    """Whether the person's roles grant the permission; an unknown permission raises ValueError."""
    return isinstance(user, Staff) and Permission(permission) in user.permissions


def may_place(user: Staff, person: Staff) -> bool:
    """Whether the user may say where the person is."""
    if user.pk == person.pk:
        return True
    if not person.unit.is_within(user.unit):
        return False
    return bool({Permission.LEAD_UNIT, Permission.CONFIGURE} & user.permissions)
