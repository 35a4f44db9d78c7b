"""What was arranged with customers and decided about their matters (question)."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.figures.definition import Basis, Figure
from reports.figures.workload import RECEIVED
from reports.months import Span
from tickets import kinds
from tickets.kinds import Kind, Outcome
from tickets.models import Appointment, Finding, FullList, Ticket

_ENDINGS = Appointment.Ending


def _withdrawn(span: Span) -> Q:
    in_time = Q(closed_at__gte=span.start, closed_at__lt=span.end)
    return in_time & Q(outcome=Outcome.WITHDRAWN)


def _agreed(span: Span) -> Q:
    """Windows that began in the month and are over by now; those moved or called off beforehand
    are kept by nobody."""
    in_time = Q(from_at__gte=span.start, from_at__lt=span.end, to_at__lt=span.past_end)
    return in_time & ~Q(ending__in=[_ENDINGS.MOVED, _ENDINGS.CALLED_OFF])


def _given(span: Span) -> Q:
    return Q(at__gte=span.start, at__lt=span.end)


def _lighter() -> Q:
    """Tickets that stand under a lighter kind than they were logged as."""
    found = Q(pk__in=[])
    for kind, weight in kinds.WEIGHT.items():
        lighter = [one for one, other in kinds.WEIGHT.items() if other < weight]
        if lighter:
            found |= Q(original_kind=kind, kind__in=lighter)
    return found


WITHDRAWN = Basis("withdrawn", _("withdrawn in the month"), Ticket, _withdrawn)
AGREED = Basis("agreed", _("agreed for the month"), Appointment, _agreed, by_ticket=True)
FOUND = Basis("found", _("found in the month"), Finding, _given, by_ticket=True)
GIVEN = Basis("given", _("given in the month"), FullList, _given, by_ticket=True)

FIGURES = (
    Figure(
        "withdrawn", _("Withdrawn by the customer"),
        _(
            "Every ticket that its customer withdrew in the month, confirmed in a call of its own."
            " It is counted among the received ones and not among the closed ones."
        ),
        WITHDRAWN,
    ),
    Figure(
        "reclassified", _("Share filed as another kind"),
        _(
            "Of the tickets received in the month, those that stand under another kind than they"
            " were logged as. The table by kind counts each under the kind it has now."
        ),
        RECEIVED, hit=~Q(kind=F("original_kind")),
    ),
    Figure(
        "downgraded", _("Share downgraded"),
        _(
            "Of the tickets received in the month, those that stand under a lighter kind than they"
            " were logged as, a complaint as an enquiry for instance."
        ),
        RECEIVED, hit=_lighter(),
    ),
    Figure(
        "after_hours", _("Share received after hours"),
        _("Of the tickets received in the month, those taken outside office hours."),
        RECEIVED, hit=Q(is_after_hours=True),
    ),
    Figure(
        "appointments", _("Appointments kept"),
        _(
            "Of the tickets with an appointment in the month, those whose crew came in every window"
            " that was agreed; a customer who was out counts as kept. Late, missed and unsettled"
            " ones are not kept; moved and called off ones are not counted."
        ),
        AGREED, miss=~Q(ending__in=[_ENDINGS.KEPT, _ENDINGS.ABSENT]),
    ),
    Figure(
        "asked_again", _("Share asked for more a second time"),
        _(
            "Of the tickets whose customer was told in the month what is missing, those where more"
            " was asked for after the full list had been given."
        ),
        GIVEN, miss=~Q(exception_reason=""),
    ),
    Figure(
        "upheld", _("Complaints upheld"),
        _(
            "Of the complaints on which a finding of responsibility was recorded in the month, those"
            " that stand as upheld or partly upheld today, after any appeal. How many complaints"
            " were received is another figure, and stays."
        ),
        FOUND, counted=Q(ticket__original_kind=Kind.COMPLAINT),
        hit=Q(ticket__finding__in=[Finding.Verdict.UPHELD, Finding.Verdict.PARTLY]),
    ),
)  # fmt: skip
