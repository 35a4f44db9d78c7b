from datetime import datetime

from django.db import models

from notifications.models import Job
from organisation.models import Staff


class ExportFile(models.Model):
    """A file that a worker built for one person: theirs alone, and gone after an hour.

    `path` is relative to settings.MEDIA_ROOT and empty once the file is deleted; `rows` counts
    the lines of figures in it.
    """

    private_fields = ("path",)

    job = models.OneToOneField(Job, models.PROTECT, related_name="file")
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100)
    rows = models.PositiveIntegerField()
    expires_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"], condition=~models.Q(path=""), name="export_file_to_delete"
            )
        ]

    def is_over(self, at: datetime) -> bool:
        """Whether the hour has passed, or the file is gone already."""
        return at >= self.expires_at or not self.path
