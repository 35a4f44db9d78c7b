from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Job(models.Model):
    """Long work asked for in a request and done by a worker, with visible progress.

    `kind` is a key of settings.JOBS; `progress` and `total` count whatever the job counts.
    """

    private_fields = ("params", "result")

    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    result = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="job_waiting",
            )
        ]

    @property
    def is_done(self) -> bool:
        return self.state == JobState.DONE

    @property
    def is_failed(self) -> bool:
        return self.state == JobState.FAILED
