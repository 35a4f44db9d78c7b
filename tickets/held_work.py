"""What a person holds: tracked, handled and supervised tickets, tasks owed, requests to decide, and
what other apps name in settings.HELD_WORK (question)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from tickets.models import Approval, HandOver, HandOverItem, Task, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import State

Duty = HandOverItem.Duty


@dataclass(frozen=True)
class Held:
    """One ticket that a person holds in one duty."""

    ticket: Ticket
    duty: Duty

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return f"{self.ticket.pk}:{self.duty}"


@dataclass(frozen=True)
class Elsewhere:
    """Something held that no hand-over list moves: it ends by itself, or where it is kept."""

    label: Promise
    subject: str


_TO_SIGN = _("A hand-over list to sign or refuse")

# Which tickets each duty makes a person hold. What is merged is with whoever has the ticket it was
# merged into, and goes along with that.
_HOLDS: dict[Duty, Callable[[Staff], TicketQuerySet]] = {
    Duty.TRACKER: lambda one: Ticket.objects.open().filter(tracker=one),
    Duty.HANDLER: lambda one: Ticket.objects.open().filter(lead_handler=one).exclude(
        state=State.MERGED
    ),
    Duty.SUPERVISOR: lambda one: Ticket.objects.filter(
        pk__in=Ticket.objects.filter(supervisions__supervisor=one, supervisions__ended_at=None)
    ),
    Duty.TASKS: lambda one: Ticket.objects.filter(
        pk__in=Task.objects.open().filter(staff=one).values("ticket_id")
    ),
    Duty.APPROVALS: lambda one: Ticket.objects.filter(
        pk__in=Approval.objects.open().filter(asked_of=one).values("ticket_id")
    ),
}


def of(person: Staff) -> list[Held]:
    """Everything a hand-over list can move, by duty, what is due first on top; five queries."""
    return [
        Held(ticket, duty)
        for duty, tickets in _HOLDS.items()
        for ticket in tickets(person).for_worklist().soonest_first()
    ]


def shown_to(user: Staff, held: Iterable[Held]) -> list[Held]:
    """Those whose tickets the user may see."""
    found = list(held)
    ids = {one.ticket.pk for one in found}
    seen = set(Ticket.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    return [one for one in found if one.ticket.pk in seen]


def counts(person: Staff) -> dict[Duty, int]:
    """How many tickets the person holds in each duty; five queries."""
    return {duty: tickets(person).count() for duty, tickets in _HOLDS.items()}


def elsewhere(person: Staff, at: datetime) -> list[Elsewhere]:
    """What no list moves: callbacks taken just now, hand-overs that wait for the person's own
    signature."""
    found = [
        one for name in settings.HELD_WORK for one in import_string(name)(person=person, at=at)
    ]
    waiting = HandOver.objects.waiting().filter(successor=person).select_related("giver")
    return [*found, *(Elsewhere(_TO_SIGN, one.giver.name) for one in waiting)]


def is_free(person: Staff, at: datetime) -> bool:
    """Whether the person holds nothing at all."""
    return not any(tickets(person).exists() for tickets in _HOLDS.values()) and not elsewhere(
        person, at
    )


def holds(person_id: int, ticket: Ticket, duty: Duty) -> bool:
    """Whether the person holds the ticket in the duty, by the ticket as it is given."""
    if duty == Duty.TRACKER:
        return ticket.tracker_id == person_id
    if duty == Duty.HANDLER:
        return ticket.lead_handler_id == person_id
    if duty == Duty.SUPERVISOR:
        return ticket.supervisor_id == person_id
    if duty == Duty.TASKS:
        return Task.objects.open().filter(ticket=ticket, staff=person_id).exists()
    return Approval.objects.open().filter(ticket=ticket, asked_of=person_id).exists()
