"""Whom we asked, who answered, and what they said (question).

One asking counts once, in the month in which it began: a customer asked again after the matter was
handled again is a second asking, so that the first answer is never washed away.
"""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reports.figures.definition import Basis, Figure
from reports.months import Span
from surveys.models import Attempt, Invitation, Mode, Result, Satisfied, Solved


def _asked(span: Span) -> Q:
    return Q(created_at__gte=span.start, created_at__lt=span.end)


ASKED = Basis("asked", _("handled and up for a callback in the month"), Invitation, _asked)

_ELIGIBLE = Q(exclusion="")
_DRAWN = _ELIGIBLE & Q(is_drawn=True)
# An answer in doubt is kept and shown, but is no valid answer.
_VALID = _ELIGIBLE & Q(answer__doubt="")
_SPOKEN_WITH = [Result.COMPLETED, Result.REFUSED, Result.CALL_LATER, Result.LANGUAGE]
_REACHED = Exists(Attempt.objects.filter(invitation=OuterRef("pk"), result__in=_SPOKEN_WITH))
_RATED = [Satisfied.SATISFIED, Satisfied.FAIRLY, Satisfied.DISSATISFIED]
_TOLD = [Solved.SOLVED, Solved.PARTLY, Solved.NOT]
_WITH_RATING = _VALID & Q(answer__satisfied__in=_RATED)
_SATISFIED = Q(answer__satisfied=Satisfied.SATISFIED)

FUNNEL = (
    Figure(
        "asked", _("Handled and reviewed"),
        _("Every ticket that came to its callback in the month, once for each time it came there."),
        ASKED,
    ),
    Figure(
        "excluded", _("Left out, with reason"),
        _("Customers who may not or cannot be asked; the list of reasons is fixed."),
        ASKED, ~_ELIGIBLE,
    ),
    Figure(
        "eligible", _("To be asked"), _("All others: each of them counts in the response rate."),
        ASKED, _ELIGIBLE,
    ),
    Figure(
        "drawn", _("Drawn for a call"),
        _("Called without exception by rule, or drawn at random by the desk with the seed kept."),
        ASKED, _DRAWN, is_secret=True,
    ),
    Figure(
        "reached", _("Reached by telephone"),
        _("Drawn, and spoken with at least once; at most three calls at different times."),
        ASKED, _DRAWN & (Q(_REACHED) | Q(answer__mode=Mode.PHONE)), is_secret=True,
    ),
    Figure(
        "answered_by_phone", _("Answered by telephone"), _("Valid answers given in a call."),
        ASKED, _VALID & Q(answer__mode=Mode.PHONE),
    ),
    Figure(
        "linked", _("Rating link sent"), _("Asked by a link that works once."),
        ASKED, _ELIGIBLE & Q(link_sent_at__isnull=False), is_secret=True,
    ),
    Figure(
        "answered_by_link", _("Answered by the link"), _("Valid answers given by the link."),
        ASKED, _VALID & Q(answer__mode=Mode.LINK),
    ),
)  # fmt: skip

RATES = (
    Figure(
        "response", _("Response rate"),
        _(
            "Valid answers, of all customers who were to be asked. No answer is never a good"
            " answer."
        ),
        ASKED, _ELIGIBLE, hit=Q(answer__doubt=""),
    ),
    Figure(
        "solved", _("Resolution rate"),
        _(
            "Solved in the customer's words, of the valid answers; partly solved does not count,"
            " “cannot say” is left out."
        ),
        ASKED, _VALID & Q(answer__solved__in=_TOLD), hit=Q(answer__solved=Solved.SOLVED),
    ),
    Figure(
        "satisfied", _("Satisfaction rate"),
        _(
            "Satisfied only, of the valid answers; fairly satisfied does not count here, “no"
            " opinion” is left out."
        ),
        ASKED, _WITH_RATING, hit=_SATISFIED,
    ),
    Figure(
        "content", _("Fairly satisfied or better"),
        _("Satisfied and fairly satisfied, of the same answers."),
        ASKED, _WITH_RATING, hit=_SATISFIED | Q(answer__satisfied=Satisfied.FAIRLY),
    ),
    Figure(
        "satisfied_by_phone", _("Satisfied, by telephone"),
        _(
            "The satisfaction rate of answers given in a call; calls flatter, so both ways are"
            " shown."
        ),
        ASKED, _WITH_RATING & Q(answer__mode=Mode.PHONE), hit=_SATISFIED,
    ),
    Figure(
        "satisfied_by_link", _("Satisfied, by the link"),
        _("The satisfaction rate of answers given by the link."),
        ASKED, _WITH_RATING & Q(answer__mode=Mode.LINK), hit=_SATISFIED,
    ),
)  # fmt: skip

FIGURES = (*FUNNEL, *RATES)
