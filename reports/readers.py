"""Who reads the report, over which part of the organisation, with how much behind it (question)."""

from dataclasses import dataclass

from django.db.models import Q

from organisation import permissions
from organisation.models import Staff, Unit
from organisation.roles import Permission
from servicedesk.lib.errors import NotAllowed, NotVisible
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet


@dataclass(frozen=True)
class Reader:
    """`root` is the path below which the figures lie. A masked reader (社会监督员, whoever reads
    reports but sees no tickets) gets figures without lists, none of them about under five people.
    """

    user: Staff
    root: str
    is_masked: bool
    sees_draw: bool

    @property
    def may_export(self) -> bool:
        return permissions.can(self.user, Permission.EXPORT)


def of(user: Staff) -> Reader:
    """The person as a reader; NotAllowed without the role for it."""
    if not permissions.can(user, Permission.READ_REPORTS):
        raise NotAllowed
    is_wide = permissions.can(user, Permission.SEE_SCOPE)
    is_of_unit = permissions.can(user, Permission.HANDLE)
    return Reader(
        user=user,
        root=user.unit.path if is_of_unit and not is_wide else user.scope_path,
        is_masked=not (is_wide or is_of_unit),
        sees_draw=is_wide,
    )


def units(reader: Reader) -> list[Unit]:
    """What the reader may narrow the report to, in the order of the tree; a masked reader may not,
    since two overlapping totals would give away what each leaves out."""
    if reader.is_masked:
        return []
    return list(Unit.objects.below_path(reader.root))


def unit(reader: Reader, code: str) -> Unit | None:
    """The unit of that code, None for no code; NotVisible for a foreign as for an absent one."""
    if not code:
        return None
    found = Unit.objects.filter(code=code[:30], path__startswith=reader.root).first()
    if found is None or reader.is_masked:
        raise NotVisible
    return found


def tickets(reader: Reader, within: Unit | None = None) -> TicketQuerySet:
    """The tickets the figures are made of: visible ones whose unit lies in the reader's part."""
    return _population(reader).filter(_of_subtree(within.path if within else reader.root))


def of_unit(unit: Unit, prefix: str = "") -> Q:
    """Tickets a unit answers for: those it leads, and those it took in that no unit leads."""
    return Q(**{f"{prefix}lead_unit": unit}) | Q(
        **{f"{prefix}lead_unit": None, f"{prefix}intake_unit": unit}
    )


def _population(reader: Reader) -> TicketQuerySet:
    if reader.is_masked:
        return Ticket.objects.filter(is_confidential=False)
    return Ticket.objects.visible_to(reader.user)


def _of_subtree(path: str) -> Q:
    return Q(lead_unit__path__startswith=path) | Q(
        lead_unit=None, intake_unit__path__startswith=path
    )
