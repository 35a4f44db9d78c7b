"""Kept limits and handling time (question)."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _

from reports.figures.definition import Basis, Figure
from reports.figures.workload import CLOSED
from reports.months import Span
from tickets.kinds import ClockName
from tickets.models import Clock, Limit
from tickets.states import State

# What was promised to the customer: an answer, or supply restored.
_PROMISED = Q(name__in=[ClockName.REPLY, ClockName.RESTORE], measure=Limit.Measure.MAXIMUM)

# A merged ticket promises its own customer what it always did.
_OFF_THE_BOOKS = [State.CANCELLED]


def _due(span: Span) -> Q:
    """Fell due in the month and by now. A limit once missed stays in the month it was missed in,
    also when the ticket is reopened or cancelled later."""
    judged_at = Coalesce("missed_at", "due_at")
    in_time = Q(GreaterThanOrEqual(judged_at, span.start)) & Q(LessThan(judged_at, span.past_end))
    still_promised = Q(missed_at__isnull=False) | ~Q(ticket__state__in=_OFF_THE_BOOKS)
    return _PROMISED & in_time & still_promised


DUE = Basis("due", _("due in the month"), Clock, _due, by_ticket=True)

FIGURES = (
    Figure(
        "on_time", _("On-time completion rate"),
        _(
            "Of the tickets whose limit to reply or to restore supply fell due in the month, those"
            " that kept it. Overdue and still open counts as missed; not yet due is not counted;"
            " a ticket with several such limits must keep them all."
        ),
        DUE, miss=Q(missed_at__isnull=False) | Q(stopped_at=None) | Q(stopped_at__gt=F("due_at")),
    ),
    Figure(
        "handling", _("Handling time"),
        _(
            "Of the tickets closed in the month, the time from receipt until the work was last"
            " reported done: half took no longer than the median, nine in ten no longer than the"
            " 90% value."
        ),
        CLOSED,
    ),
)  # fmt: skip

# From receipt, never from signing; a ticket loaded from a file may know only when it was closed.
HANDLING_TIME = ExpressionWrapper(
    Coalesce(F("done_at"), F("closed_at")) - F("received_at"), output_field=DurationField()
)


class MedianAndP90(Aggregate):
    """The median and the 90th percentile of durations, in one list of two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(DurationField())
