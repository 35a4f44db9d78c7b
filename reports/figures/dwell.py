"""How long tickets stayed in each stage with each unit (环节停留, domain §4 row 37) (question)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet

from reports.figures.timeliness import MedianAndP90
from reports.months import Span
from tickets.models import Holding
from tickets.models.ticket import TicketQuerySet

LENGTH = ExpressionWrapper(F("to_at") - F("from_at"), output_field=DurationField())


@dataclass(frozen=True)
class Dwell:
    """The stays of one stage, of one unit or (unit_id 0) of nobody; all together where it is
    None."""

    state: str
    unit_id: int | None
    n: int
    mean: timedelta
    median: timedelta
    p90: timedelta


def ended(tickets: TicketQuerySet, span: Span) -> QuerySet[Holding]:
    """Every stay that ended in the month and by now, however the ticket went on."""
    within = Q(to_at__gte=span.start, to_at__lt=span.past_end)
    return Holding.objects.filter(within, ticket__in=tickets.values("pk"))


def table(tickets: TicketQuerySet, span: Span) -> list[Dwell]:
    """Each stage altogether, then each stage with each unit; two statements."""
    stays = ended(tickets, span).order_by()
    measured = {"n": Count("pk"), "mean": Avg(LENGTH), "both": MedianAndP90(LENGTH)}
    by_state = stays.values_list("state").annotate(**measured)
    by_unit = stays.values_list("state", "unit").annotate(**measured)
    return [
        *(Dwell(state, None, n, mean, *both) for state, n, mean, both in by_state),
        *(Dwell(state, unit or 0, n, mean, *both) for state, unit, n, mean, both in by_unit),
    ]


def of_place(stays: QuerySet[Holding], state: str, unit_id: int | None) -> QuerySet[Holding]:
    """The stays behind one line of the table."""
    found = stays.filter(state=state)
    if unit_id is None:
        return found
    return found.filter(unit=unit_id) if unit_id else found.filter(unit=None)
