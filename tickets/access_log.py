"""Who may read a confidential report, and who did (question)."""

from dataclasses import dataclass

from django.db.models import QuerySet

from organisation.models import Staff, Unit
from tickets import confidants
from tickets.models import NamedReader, Reading, Ticket

MOST = 200


@dataclass(frozen=True)
class Access:
    """The people and the unit a report is kept from, its readers, and the latest looks."""

    unit: Unit | None
    accused: list[Staff]
    readers: list[NamedReader]
    readings: list[Reading]


def of(ticket: Ticket) -> Access:
    """Everything about one report, newest look first."""
    readers = NamedReader.objects.filter(ticket=ticket).select_related("staff__unit", "named_by")
    readings = Reading.objects.filter(ticket=ticket).select_related("staff__unit")
    return Access(
        unit=ticket.accused_unit,
        accused=list(ticket.accused_staff.select_related("unit").order_by("staff_number")),
        readers=list(readers.order_by("ended_at", "-id")),
        readings=list(readings.order_by("-id")[:MOST]),
    )


def nameable(ticket: Ticket, user: Staff) -> list[Staff]:
    """Colleagues of the company whom the report is not about, in the order of the tree."""
    people = Staff.objects.filter(is_active=True, unit__path__startswith=user.scope_path)
    found = list(people.select_related("unit").order_by("unit__path", "staff_number"))
    barred = confidants.excluded(found, ticket.accused_unit, confidants.accused(ticket))
    return [one for one in found if one.pk not in barred]


def readings_for(user: Staff, staff_number: str) -> QuerySet[Reading]:
    """The looks at reports of the person's scope that are not about them, newest first."""
    reports = Ticket.objects.reports_open_to_audit(user)
    found = Reading.objects.filter(ticket__in=reports).select_related("ticket", "staff__unit")
    if staff_number:
        found = found.filter(staff__staff_number=staff_number)
    return found.defer("ticket__words", "ticket__text").order_by("-id")
