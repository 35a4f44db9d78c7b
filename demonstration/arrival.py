"""Are the data of the demonstration still arriving? (question)"""

from notifications.models import Job, JobState

KIND = "demonstration"


def is_arriving() -> bool:
    """Whether the demonstration is being loaded."""
    return Job.objects.filter(kind=KIND, state=JobState.RUNNING).exists()


def percent() -> int:
    """How much of it is there, in percent; 100 when nothing is being loaded."""
    job = Job.objects.filter(kind=KIND, state=JobState.RUNNING).first()
    return 100 if job is None else 100 * job.progress // max(1, job.total or 1)
