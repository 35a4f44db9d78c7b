"""Which tickets look like ones to supervise, and why (督办建议) (question).

A suggestion is never more than that: a supervisor decides, with one key, and the ground is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from organisation.models import Staff
from tickets.kinds import REFERRED, ClockName, Level
from tickets.models import Clock, Supervision, Ticket
from tickets.models.ticket import TicketQuerySet

MOST_ROWS = 200

# When a matter looks like one to supervise (domain §3b, §3c). The window in which contacts on the
# same matter count is the one of the repeat rate (domain §4 no. 27).
CHASES = 3
REOPENINGS = 2
CONTACTS = 3
SAME_MATTER = timedelta(days=60)

# The clocks that are promises to a customer; the others run inside the house.
_PUBLIC = (ClockName.REPLY, ClockName.RESTORE, ClockName.ARRIVE, ClockName.FIRST_CONTACT)

G = Supervision.Ground


@dataclass(frozen=True)
class Suggestion:
    """A ticket with the grounds on which it is suggested, the strongest first."""

    ticket: Ticket
    grounds: tuple[Supervision.Ground, ...]


def rows(user: Staff, now: datetime) -> list[Suggestion]:
    """Open tickets that nobody supervises and that give ground to, most grounds first; 200 at the
    most, in one statement."""
    found = [Suggestion(ticket, _grounds(ticket)) for ticket in _found(user, now)[:MOST_ROWS]]
    return sorted(found, key=lambda one: -len(one.grounds))


def _found(user: Staff, now: datetime) -> TicketQuerySet:
    missed = Clock.objects.filter(
        ticket=OuterRef("pk"), name__in=_PUBLIC, measure="max", missed_at__isnull=False
    )
    free = Ticket.objects.visible_to(user).open().filter(supervisor=None)
    marked: TicketQuerySet = free.annotate(
        is_breached=Exists(missed), contacts=Coalesce(_contacts(now), 0)
    )
    has_ground = (
        Q(urge_count__gte=CHASES) | Q(reopen_count__gte=REOPENINGS) | Q(level__lte=Level.MAJOR)
        | Q(channel__in=REFERRED) | Q(is_breached=True) | Q(contacts__gte=CONTACTS)
    )  # fmt: skip
    return marked.filter(has_ground).for_worklist().soonest_first()


def _contacts(now: datetime) -> Subquery:
    """How often the same customer came with a matter of the same category."""
    same = Ticket.objects.filter(
        customer=OuterRef("customer"), category=OuterRef("category"),
        received_at__gt=now - SAME_MATTER,
    )  # fmt: skip
    return Subquery(same.order_by().values("customer").annotate(n=Count("pk")).values("n"))


def _grounds(ticket: Ticket) -> tuple[Supervision.Ground, ...]:
    by_ground = (
        (G.URGED, ticket.urge_count >= CHASES),
        (G.DISCONTENT, ticket.reopen_count >= REOPENINGS),
        (G.MEDIA, "media" in ticket.level_grounds.split()),
        (G.GRAVE, ticket.level <= Level.MAJOR),
        (G.OVERDUE, ticket.is_breached),  # type: ignore[attr-defined]
        (G.REPEATED, ticket.contacts >= CONTACTS),  # type: ignore[attr-defined]
        (G.REFERRED, ticket.channel in REFERRED),
    )
    return tuple(ground for ground, holds in by_ground if holds)
