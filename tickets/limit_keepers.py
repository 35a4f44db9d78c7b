"""Who may write limits, ladders and special periods, and who sees them (question).

Limits that several companies share are kept by whoever configures all of those companies: what one
of them changed would bind the others. A company that wants other limits writes its own beside.
"""

from django.db.models import Q

from organisation.models import Staff, Unit, UnitLevel, Utility
from organisation.roles import Permission
from tickets import previews
from tickets.models import Policy, SpecialPeriod
from tickets.models.policy import PolicyQuerySet
from tickets.models.special_period import SpecialPeriodQuerySet


def may_write(user: Staff) -> bool:
    """Whether the person writes any limits at all."""
    return Permission.CONFIGURE in user.permissions


def may_keep(user: Staff, *, utility: str, company: Unit | None) -> bool:
    """Whether the person configures every company that such limits hold for."""
    if not may_write(user):
        return False
    if company is not None:
        return company.path.startswith(user.scope_path)
    return all(path.startswith(user.scope_path) for path in _companies(utility))


def may_keep_ladder(user: Staff, code: str) -> bool:
    """Whether the person keeps every policy that the ladder stands in."""
    users = Policy.objects.filter(limits__ladder__code=code, called_off_at=None)
    latest = users.order_by("code", "-version").distinct("code").select_related("company")
    return may_write(user) and all(
        may_keep(user, utility=policy.utility, company=policy.company) for policy in latest
    )


def _companies(utility: str) -> set[str]:
    """The paths of the companies with such a service line; of all, the group too, where nobody has
    it."""
    units = Unit.objects.filter(is_active=True)
    with_it = units.filter(utility=utility).exclude(level=UnitLevel.GROUP)
    found = set(with_it.values_list("company_path", flat=True)) if utility else set()
    return found or set(units.values_list("company_path", flat=True))


def lines(user: Staff) -> list[str]:
    """The service lines whose limits the person sees."""
    if may_write(user) and _is_top(user):
        return list(Utility.values)
    return previews.utilities(user)


def _is_top(user: Staff) -> bool:
    """Whether everything the desk knows lies below the person's company or group."""
    return not Unit.objects.exclude(path__startswith=user.scope_path).exists()


def visible_policies(user: Staff) -> PolicyQuerySet:
    """Every version of the policies of the person's service lines; not those that another company
    wrote for itself. Who keeps the limits of all companies sees the lines that nobody has yet too."""
    found = Policy.objects.filter(utility__in=["", *lines(user)])
    return found.filter(_ours(user)).select_related("company", "made_by")


def visible_periods(user: Staff) -> SpecialPeriodQuerySet:
    """The special periods of the person's service lines and company, ended ones too."""
    found = SpecialPeriod.objects.filter(utility__in=["", *lines(user)])
    return found.filter(_ours(user)).select_related("company", "made_by", "ended_by")


def _ours(user: Staff) -> Q:
    codes = [code for code in user.scope_path.split("/") if code]
    above = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]
    return (
        Q(company=None) | Q(company__path__startswith=user.scope_path) | Q(company__path__in=above)
    )
