"""How much came and went: received, closed, chased (question)."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.figures.definition import Basis, Figure
from reports.months import Span
from tickets.models import Link, Ticket
from tickets.states import State


def _received(span: Span) -> Q:
    return Q(received_at__gte=span.start, received_at__lt=span.end) & ~Q(state=State.DRAFT)


def _closed(span: Span) -> Q:
    in_time = Q(closed_at__gte=span.start, closed_at__lt=span.end)
    return in_time & Q(state__in=[State.CLOSED, State.ARCHIVED])


_SPLIT_OFF = Link.objects.filter(later=OuterRef("pk"), meaning=Link.Meaning.SPLIT)

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
            "Every ticket closed in the month and not open again; cancelled ones are not counted. A"
            " merged ticket counts by itself, once its own customer has been answered."
        ),
        CLOSED,
    ),
)  # fmt: skip

# What merging and splitting did to the count, so that the count before them can always be told
# (domain §6 row 11): every ticket received counts once, merged or not.
REGROUPED = (
    Figure(
        "merged", _("Share merged into another"),
        _(
            "Of the tickets received in the month, those merged into another by now. Each of them is"
            " still counted as received, with its own customer: merging makes no number smaller."
        ),
        RECEIVED, hit=Q(merged_into__isnull=False),
    ),
    Figure(
        "split_off", _("Share split off from another"),
        _(
            "Of the tickets received in the month, those split off from another. Without them there"
            " were as many as before any splitting."
        ),
        RECEIVED, hit=Q(Exists(_SPLIT_OFF)),
    ),
)  # fmt: skip
