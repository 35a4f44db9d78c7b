"""Chasing and supervision: the supervisor's own page, and the moves of both sides (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation import permissions
from organisation.roles import Permission
from servicedesk.lib import clock, returning
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import bypassed, office_days, oversight, suggestions, supervised, unannotated
from tickets import supervision as supervising
from tickets.forms import UrgeForm
from tickets.forms import supervision as forms
from tickets.models import Supervision
from tickets.states import Move
from tickets.views import moving

PARTS = ("mine", "suggested", "all", "higher")


@require_safe
def supervision(request: DeskRequest) -> HttpResponse:
    """What the person supervises, report-backs due first; what looks like it should be supervised;
    everything under supervision; complaints that went past a level."""
    if not permissions.can(request.user, Permission.SUPERVISE):
        raise NotAllowed
    now, part = clock.now(), request.GET.get("part", "mine")
    part = part if part in PARTS else "mine"
    context: dict[str, object] = {"part": part, "now": now, "notes_owed": _notes_owed(request)}
    if part == "suggested":
        context["suggestions"] = suggestions.rows(request.user, now)
    elif part == "higher":
        context["bypassed"] = bypassed.of(request.user, now)
    else:
        context["rows"] = supervised.rows(request.user, is_mine=part == "mine", now=now)
    return render(request, "tickets/supervision.html", context)


def _notes_owed(request: DeskRequest) -> int:
    may_annotate = permissions.can(request.user, Permission.ANNOTATE)
    return unannotated.count(request.user) if may_annotate else 0


@require_http_methods(["GET", "POST"])
def urge(request: DeskRequest, number: str) -> HttpResponse:
    """Add the customer's asking again; what counts as one chase is said plainly."""
    found = moving.of(request, number, Move.URGE)

    def act(form: UrgeForm) -> HttpResponse:
        ticket = supervising.urge(
            ticket=found, note=form.cleaned_data["reason"], by=request.user, at=clock.now()
        )
        is_one = ticket.urge_count == found.urge_count
        said = _("Kept with the chase of a few minutes ago; both count as one.")
        counted = _("Saved as chase no. %(count)s.") % {"count": ticket.urge_count}
        messages.success(request, said if is_one else counted)
        return redirect(moving.back(request, ticket))

    return moving.answer(request, found, UrgeForm(moving.typed(request)), Move.URGE.label, act)


@require_http_methods(["GET", "POST"])
def supervise(request: DeskRequest, number: str) -> HttpResponse:
    """Put a ticket under one's own supervision."""
    found = moving.of(request, number, Move.SUPERVISE)
    due_at = office_days.after(clock.now(), oversight.REPORT_BACK_DAYS)
    form = forms.SuperviseForm(moving.typed(request), initial={"report_due_at": due_at})
    return moving.form(
        request, found, form, Move.SUPERVISE.label,
        lambda typed: supervising.supervise(
            ticket=found, reason=typed["reason"], ground=Supervision.Ground(typed["ground"]),
            report_due_at=typed["report_due_at"], by=request.user, at=clock.now(),
        ),
    )  # fmt: skip


@require_POST
def supervise_now(request: DeskRequest, number: str) -> HttpResponse:
    """Follow a suggestion with one key: the ground speaks for itself, the report-back is due in
    three working days."""
    found = moving.of(request, number, Move.SUPERVISE)
    typed = request.POST.get("ground", "")
    is_known = typed in Supervision.Ground.values and typed != Supervision.Ground.DECISION
    ground = Supervision.Ground(typed) if is_known else Supervision.Ground.URGED
    supervising.supervise(
        ticket=found, reason="", ground=ground, by=request.user, at=clock.now()
    )
    messages.success(request, _("%(number)s is under your supervision.") % {"number": found.number})
    return redirect(returning.path(request, request.POST.get("next", ""), "/tickets/supervision/"))


@require_http_methods(["GET", "POST"])
def report_back(request: DeskRequest, number: str) -> HttpResponse:
    """The lead unit tells the supervisor."""
    found = moving.of(request, number, Move.REPORT_BACK)
    return moving.form(
        request, found, forms.ReportForm(moving.typed(request)), Move.REPORT_BACK.label,
        lambda typed: supervising.report_back(
            ticket=found, text=typed["text"], by=request.user, at=clock.now()
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def ask_again(request: DeskRequest, number: str) -> HttpResponse:
    """The supervisor wants to hear more."""
    found = moving.of(request, number, Move.END_SUPERVISION)
    due_at = office_days.after(clock.now(), oversight.REPORT_BACK_DAYS)
    form = forms.AskAgainForm(moving.typed(request), initial={"report_due_at": due_at})
    return moving.form(
        request, found, form, _("Ask for a report-back"),
        lambda typed: supervising.ask_again(
            ticket=found, text=typed["reason"], report_due_at=typed["report_due_at"],
            by=request.user, at=clock.now(),
        ).ticket,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def hand_on(request: DeskRequest, number: str) -> HttpResponse:
    """Pass the supervision to another supervisor, or take it over from one who is away."""
    found = moving.of(request, number, Move.END_SUPERVISION)
    form = forms.HandOnForm(moving.typed(request), ticket=found)
    return moving.form(
        request, found, form, _("Hand the supervision on"),
        lambda typed: supervising.hand_on(
            ticket=found, to=typed["to"], reason=typed["reason"], by=request.user, at=clock.now()
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def end(request: DeskRequest, number: str) -> HttpResponse:
    """End one's own supervision with what was found."""
    found = moving.of(request, number, Move.END_SUPERVISION)
    return moving.form(
        request, found, forms.EndForm(moving.typed(request)), Move.END_SUPERVISION.label,
        lambda typed: supervising.end(
            ticket=found, verdict=typed["verdict"], no_report_reason=typed["no_report_reason"],
            by=request.user, at=clock.now(),
        ),
    )  # fmt: skip
