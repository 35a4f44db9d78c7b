"""What each person's first page holds: their work, by what they answer for (question)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Staff
from organisation.roles import Permission
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import WITH_UNIT, State


@dataclass(frozen=True)
class Tab:
    """One list of a person's work."""

    code: str
    label: Promise
    tickets: TicketQuerySet

    def count(self) -> int:
        return self.tickets.count()


# What a merged ticket's customer waits for is work of whoever has the other one.
_HELD = WITH_UNIT | {State.MERGED}


def _held(user: Staff) -> Q:
    return Q(lead_handler=user, state__in=_HELD)


def _tracked(user: Staff) -> Q:
    return Q(tracker=user)


def _to_sign(user: Staff) -> Q:
    return Q(state=State.DISPATCHED, lead_unit__path__startswith=user.unit.path)


def _of_my_unit(user: Staff) -> Q:
    return Q(state__in=_HELD, lead_unit__path__startswith=user.unit.path)


def _to_dispatch(user: Staff) -> Q:
    return Q(state=State.NEW)


def _to_review(user: Staff) -> Q:
    return Q(state=State.DONE_PENDING_REVIEW) & ~Q(lead_unit__path__startswith=user.unit.path)


def _supervised(user: Staff) -> Q:
    return Q(supervisor=user)


P = Permission

# Code, label, who sees it, which open tickets. The first that a person may see opens by itself.
_TABS: tuple[tuple[str, Promise, Permission, Callable[[Staff], Q]], ...] = (
    ("held", _("With me"), P.HANDLE, _held),
    ("sign", _("To sign for"), P.HANDLE, _to_sign),
    ("unit", _("My unit"), P.LEAD_UNIT, _of_my_unit),
    ("dispatch", _("To dispatch"), P.DISPATCH, _to_dispatch),
    ("review", _("To review"), P.REVIEW, _to_review),
    ("supervised", _("Under my supervision"), P.SUPERVISE, _supervised),
    ("tracked", _("I was asked first"), P.LOG_TICKET, _tracked),
)


def tabs(user: Staff) -> list[Tab]:
    """The person's lists in order; whoever answers for nothing gets their own tracked tickets."""
    visible = Ticket.objects.visible_to(user).open()
    found = [
        Tab(code, label, visible.filter(which(user)))
        for code, label, permission, which in _TABS
        if permission in user.permissions
    ]
    return found or [Tab("tracked", _("I was asked first"), visible.filter(_tracked(user)))]


def promised(user: Staff) -> list[Tab]:
    """What the person answers for to customers (首问), whoever handles it: all that is open, what
    has an update promised, what waits for their word that the customer was told."""
    own = Ticket.objects.visible_to(user).open().filter(_tracked(user))
    return [
        Tab("all", pgettext_lazy("promised", "All open"), own),
        Tab("updates", _("Updates promised"), own.filter(next_update_at__isnull=False)),
        Tab("confirm", _("Waiting for your confirmation"), own.awaiting_confirmation()),
    ]


def late(user: Staff) -> int:
    """How many of the person's own tickets are past their earliest due time by now."""
    own = Q(lead_handler=user, state__in=_HELD) | Q(tracker=user)
    return Ticket.objects.visible_to(user).open().filter(own, next_due_at__lte=Now()).count()


def broken(user: Staff) -> int:
    """How many updates that the person promised are past their time by now."""
    own = Ticket.objects.visible_to(user).open().filter(_tracked(user))
    return own.filter(next_update_at__lte=Now()).count()
