"""The one question about authority: may this person do this at all? (question)"""

from django.contrib.auth.models import AnonymousUser

from organisation.models import Staff
from organisation.roles import Permission


def can(user: Staff | AnonymousUser, permission: Permission) -> bool:
    """Whether the person's roles grant the permission; an unknown permission raises ValueError."""
    return isinstance(user, Staff) and Permission(permission) in user.permissions
