"""How much came and went: received, closed, chased (question)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.figures.definition import Basis, Figure
from reports.months import Span
from tickets.models import Ticket
from tickets.states import State


def _received(span: Span) -> Q:
    return Q(received_at__gte=span.start, received_at__lt=span.end) & ~Q(state=State.DRAFT)


def _closed(span: Span) -> Q:
    in_time = Q(closed_at__gte=span.start, closed_at__lt=span.end)
    return in_time & Q(state__in=[State.CLOSED, State.ARCHIVED])


RECEIVED = Basis("received", _("received in the month"), Ticket, _received)
CLOSED = Basis("closed", _("closed in the month"), Ticket, _closed)

FIGURES = (
    Figure(
        "received", pgettext_lazy("report", "Received"),
        _("Every ticket received in the month, however it ended; drafts are not counted."),
        RECEIVED,
    ),
    Figure(
        "urged", _("Share chased"),
        _("Of the tickets received in the month, those the customer chased at least once so far."),
        RECEIVED, hit=Q(urge_count__gt=0),
    ),
    Figure(
        "closed", pgettext_lazy("report", "Closed"),
        _(
            "Every ticket closed in the month and not open again; cancelled and merged ones are"
            " not counted."
        ),
        CLOSED,
    ),
)  # fmt: skip
