"""One's own imports, and where their files lie (question)."""

from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from notifications.models import Job
from organisation.models import Staff
from servicedesk.lib.errors import NotVisible

KIND = "import"


def mine(user: Staff) -> QuerySet[Job]:
    """The person's imports, newest first."""
    return Job.objects.filter(kind=KIND, by=user).order_by("-pk")


def one(user: Staff, pk: int) -> Job:
    """One import of the person's own; NotVisible for anybody else's."""
    job = mine(user).filter(pk=pk).first()
    if job is None:
        raise NotVisible
    return job


def refused_rows(job: Job) -> Path:
    """The file that lists the rows a job refused; NotVisible where there is none."""
    path = refusals_of(job)
    if not path.is_file():
        raise NotVisible
    return path


def folder() -> Path:
    """Where uploads and refused rows lie."""
    return Path(settings.VAR) / "imports"


def upload_of(job: Job) -> Path:
    """Where the uploaded file of a job lies until it has been read."""
    return folder() / Path(job.params["file"]).name


def refusals_of(job: Job) -> Path:
    """Where the refused rows of a job are listed, if there are any."""
    return folder() / f"{Path(job.params['file']).name}.refused.csv"
