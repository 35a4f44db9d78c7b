"""The appointments of a day, as far as a person may see their tickets (question)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from organisation.models import Staff
from tickets.models import Appointment, Ticket
from tickets.models.appointment import AppointmentQuerySet

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One day of appointments; `unsettled` are older ones of which nobody has said how they went."""

    on: date
    rows: list[Appointment]
    unsettled: list[Appointment]

    @property
    def before(self) -> date:
        return self.on - _DAY

    @property
    def after(self) -> date:
        return self.on + _DAY


def day(user: Staff, wanted: date, now: datetime, *, only_mine: bool) -> Day:
    """The appointments that begin on the day, in the order of their windows."""
    begin = timezone.make_aware(datetime.combine(wanted, datetime.min.time()))
    seen = _seen(user, only_mine)
    shown = seen.filter(from_at__gte=begin, from_at__lt=begin + _DAY).exclude(
        ending=Appointment.Ending.MOVED
    )
    older = seen.open().filter(to_at__lt=now).exclude(
        from_at__gte=begin, from_at__lt=begin + _DAY
    )
    return Day(
        wanted, list(shown.order_by("from_at", "pk")[:300]), list(older.order_by("to_at")[:50])
    )


def of(ticket: Ticket, number: int) -> Appointment | None:
    """One appointment of the ticket."""
    return Appointment.objects.filter(ticket=ticket, pk=number).first()


def open_one(ticket: Ticket) -> Appointment | None:
    """The appointment of the ticket that is still to come or to be settled."""
    return Appointment.objects.open().filter(ticket=ticket).select_related("staff").first()


def _seen(user: Staff, only_mine: bool) -> AppointmentQuerySet:
    tickets = Ticket.objects.visible_to(user)
    found: Any = Appointment.objects.filter(ticket__in=tickets.values("pk"))
    if only_mine:
        own = Q(staff=user) | Q(staff=None, ticket__lead_handler=user) | Q(booked_by=user)
        found = found.filter(own)
    return found.select_related(
        "staff", "ticket__lead_unit", "ticket__lead_handler", "ticket__category",
        "ticket__customer",
    )  # fmt: skip
