"""What was arranged with the customer and with others: appointments, full lists, referrals
(question)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tickets.models import Appointment, FullList, Referral, Ticket
from tickets.states import Happening


@dataclass(frozen=True)
class Arrangements:
    """What the ticket page shows of them."""

    appointments: list[Appointment] = field(default_factory=list)
    full_lists: list[FullList] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)

    @property
    def open_appointment(self) -> Appointment | None:
        return next((one for one in self.appointments if one.is_open), None)


def of(ticket: Ticket, codes: Iterable[str]) -> Arrangements:
    """The ticket's; what its history does not tell of costs no statement."""
    told = set(codes)
    return Arrangements(
        list(_appointments(ticket)) if Happening.BOOKED in told else [],
        list(_full_lists(ticket)) if Happening.DISCLOSED in told else [],
        list(_referrals(ticket)) if Happening.REFERRED in told else [],
    )


def _appointments(ticket: Ticket) -> Iterable[Appointment]:
    found = Appointment.objects.filter(ticket=ticket).select_related("staff", "settled_by")
    return found.order_by("-from_at", "-pk")


def _full_lists(ticket: Ticket) -> Iterable[FullList]:
    return FullList.objects.filter(ticket=ticket).select_related("by").order_by("-pk")


def _referrals(ticket: Ticket) -> Iterable[Referral]:
    return Referral.objects.filter(ticket=ticket).select_related("by").order_by("-pk")
