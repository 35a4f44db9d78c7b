"""Executive notes: what waits to be read and annotated, and the note itself (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions
from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import executive_notes, office_days, unannotated
from tickets.forms.supervision import NoteForm
from tickets.states import Move
from tickets.views import moving


@require_safe
def notes(request: DeskRequest) -> HttpResponse:
    """What the executives have still to annotate, with its age, and the newest notes."""
    if not permissions.can(request.user, Permission.ANNOTATE):
        raise NotAllowed
    now = clock.now()
    context = {
        "rows": unannotated.rows(request.user, now), "latest": unannotated.latest(request.user),
        "now": now, "part": "notes",
    }  # fmt: skip
    return render(request, "tickets/notes.html", context)


@require_http_methods(["GET", "POST"])
def annotate(request: DeskRequest, number: str) -> HttpResponse:
    """One note on one ticket; it names who answers for it and by when."""
    found = moving.of(request, number, Move.ANNOTATE)
    initial = {
        "unit": found.lead_unit_id,
        "due_at": office_days.after(clock.now(), executive_notes.ORDER_DAYS),
    }
    form = NoteForm(moving.typed(request), ticket=found, initial=initial)
    return moving.form(
        request, found, form, _("Executive note"),
        lambda typed: executive_notes.annotate(
            ticket=found, text=typed["text"], unit=typed["unit"], due_at=typed["due_at"],
            by=request.user, at=clock.now(),
        ).ticket,
    )  # fmt: skip
