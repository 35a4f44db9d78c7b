"""Who keeps the roster, the rules and the territories of which units (question)."""

from organisation.models import Staff, Unit
from organisation.models.unit import UnitQuerySet
from organisation.roles import Permission


def may_plan(user: Staff, unit: Unit) -> bool:
    """Whether the person keeps the duty roster of the unit: an administrator that of the whole
    company, a leader that of their own unit and those below it."""
    if Permission.CONFIGURE in user.permissions and unit.path.startswith(user.scope_path):
        return True
    return Permission.LEAD_UNIT in user.permissions and unit.is_within(user.unit)


def may_configure(user: Staff, unit: Unit) -> bool:
    """Whether the person keeps the rules that send work to the unit."""
    return Permission.CONFIGURE in user.permissions and unit.path.startswith(user.scope_path)


def planned_by(user: Staff) -> UnitQuerySet:
    """The units whose roster the person keeps, in the order of the tree."""
    if Permission.CONFIGURE in user.permissions:
        return Unit.objects.below_path(user.scope_path)
    if Permission.LEAD_UNIT in user.permissions:
        return Unit.objects.below_path(user.unit.path)
    return Unit.objects.none()
