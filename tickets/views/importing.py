"""Load tickets from a file: upload, watch, fetch the refused rows (page)."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from organisation import permissions
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock, htmx
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import import_runs, import_uploads
from tickets.forms import ImportForm

RECENT = 10


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: DeskRequest) -> HttpResponse:
    """Choose a file, its mapping and its unit; below it one's own imports."""
    _need(request)
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if form.is_valid():
        given = form.cleaned_data
        upload = given.pop("file")
        with refusals.shown(form):
            job = import_uploads.ask_for(
                name=upload.name, chunks=upload.chunks(), **given, by=request.user, at=clock.now()
            )
            return redirect("tickets:import-run", pk=job.pk)
    recent = import_runs.mine(request.user)[:RECENT]
    context = {"form": form, "recent": recent, "now": clock.now()}
    return render(request, "tickets/import.html", context, status=refusals.status(form))


@require_safe
def run(request: DeskRequest, pk: int) -> HttpResponse:
    """How far an import is, and what came of it."""
    _need(request)
    job = import_runs.one(request.user, pk)
    context = {"job": job, "now": clock.now()}
    return htmx.page_or_fragment(
        request, "tickets/import_run.html", "tickets/_import_run.html", context
    )


@require_safe
def refused(request: DeskRequest, pk: int) -> FileResponse:
    """The refused rows with their lines and reasons, as a CSV file."""
    _need(request)
    path = import_runs.refused_rows(import_runs.one(request.user, pk))
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"refused-rows-{pk}.csv",
        content_type="text/csv; charset=utf-8",
    )  # fmt: skip


def _need(request: DeskRequest) -> None:
    if not permissions.can(request.user, Permission.IMPORT):
        raise NotAllowed
