from django.db import models

from organisation.models import Staff
from reports.models.export_file import ExportFile


class Download(models.Model):
    """One time that figures left the desk: which file, who took it, when."""

    private_fields: tuple[str, ...] = ()

    file = models.ForeignKey(ExportFile, models.PROTECT, related_name="downloads")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
