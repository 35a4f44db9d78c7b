"""Long work: asked for in a request, done by a worker, its progress in the row (verb)."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from notifications.models import Job, JobState
from organisation.models import Staff

LEASE = timedelta(minutes=10)
MOST_TRIES = 3
HAND_ON_AGAIN = timedelta(seconds=5)

_log = logging.getLogger(__name__)


def ask_for(*, kind: str, params: dict[str, Any], by: Staff | None, at: datetime) -> Job:
    """A waiting job; the relay hands it to a worker."""
    if kind not in settings.JOBS:
        raise KeyError(kind)
    return Job.objects.create(kind=kind, params=params, by=by, created_at=at, next_try_at=at)


def claim(*, by: Staff | None, at: datetime, limit: int = 10) -> list[int]:
    """Ids of due jobs, each handed to one caller only until its lease ends."""
    with transaction.atomic():
        due = Job.objects.filter(next_try_at__lte=at).order_by("next_try_at")
        ids = list(
            due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit]
        )
        Job.objects.filter(pk__in=ids).update(next_try_at=at + HAND_ON_AGAIN)
    return ids


def run(*, job_id: int, by: Staff | None, at: datetime) -> None:
    """Do one job if nobody else is doing it; a failure is kept in the row in words."""
    waiting = Job.objects.filter(pk=job_id, ended_at=None).exclude(claimed_until__gt=at)
    if not waiting.update(
        state=JobState.RUNNING, claimed_until=at + LEASE, next_try_at=at + LEASE,
        attempts=F("attempts") + 1,
    ):  # fmt: skip
        return
    job = Job.objects.select_related("by__unit").get(pk=job_id)
    if job.attempts > MOST_TRIES:
        _end(job, JobState.FAILED, at, failure="The work stopped three times without ending.")
        return
    try:
        result = import_string(settings.JOBS[job.kind])(job=job, by=job.by, at=at)
    except Exception as error:
        _log.exception("Job %d (%s) failed", job.pk, job.kind)
        _end(job, JobState.FAILED, at, failure=f"{type(error).__name__}: {error}"[:1000])
        return
    _end(job, JobState.DONE, at, result=result or {})


def report(*, job: Job, progress: int, total: int | None, by: Staff | None, at: datetime) -> None:
    """Write how far the job is and renew its lease."""
    Job.objects.filter(pk=job.pk).update(
        progress=progress, total=total, claimed_until=at + LEASE, next_try_at=at + LEASE
    )


def _end(
    job: Job, state: JobState, at: datetime, *, result: dict[str, Any] | None = None,
    failure: str = "",
) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state, ended_at=at, next_try_at=None, claimed_until=None, failure=failure,
        result=result or {},
    )  # fmt: skip
