"""Ask for the month as a file, watch it being built, take it (page)."""

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from notifications.models import Job, JobState
from reports import exports, months, readers
from servicedesk.lib import clock, htmx
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest

_ENDED = {JobState.DONE, JobState.FAILED}


@require_POST
def export(request: DeskRequest) -> HttpResponseRedirect:
    """Ask for a file of the month and the unit on screen."""
    reader = readers.of(request.user)
    now = clock.now()
    month = months.read(request.POST.get("month", "")) or months.of(now, settings.TIME_ZONE)
    unit = readers.unit(reader, request.POST.get("unit", ""))
    job = exports.ask_for(month=month, unit=unit, by=request.user, at=now)
    return redirect("reports:job", job.pk)


@require_safe
def job(request: DeskRequest, job_id: int) -> HttpResponse:
    """How far the file is; asked again each second until it is there."""
    found = _own(request, job_id)
    now = clock.now()
    file = getattr(found, "file", None)
    context = {
        "job": found,
        "file": file,
        "is_over": bool(file and file.is_over(now)),
        "is_ended": found.state in _ENDED,
        "is_failed": found.state == JobState.FAILED,
        "now": now,
    }
    return htmx.page_or_fragment(request, "reports/job.html", "reports/_job.html", context)


@require_safe
def file(request: DeskRequest, job_id: int) -> FileResponse:
    """The person's own file, while it lasts."""
    taken, path = exports.take(job_id=job_id, by=request.user, at=clock.now())
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=taken.name, content_type=taken.content_type
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _own(request: DeskRequest, job_id: int) -> Job:
    found = Job.objects.filter(pk=job_id, by=request.user, kind__in=exports.KINDS)
    own = found.select_related("file").first()
    if own is None:
        raise NotVisible
    return own
