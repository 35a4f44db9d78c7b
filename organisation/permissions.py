"""The one question about authority: may this person do this at all? (question)"""

from django.contrib.auth.models import AnonymousUser

from organisation.models import Staff, Unit
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


def may_keep_calendars(user: Staff) -> bool:
    """Whether the user may change the working calendars, which hold for every company."""
    return Permission.CONFIGURE in user.permissions


def may_keep_days_of(user: Staff, company: Unit) -> bool:
    """Whether the user may give the company days of its own."""
    return Permission.CONFIGURE in user.permissions and company.path.startswith(user.scope_path)
