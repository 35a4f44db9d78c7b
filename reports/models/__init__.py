"""The nouns of reports."""

from reports.models.download import Download
from reports.models.export_file import ExportFile
from reports.models.target import Target

__all__ = ["Download", "ExportFile", "Target"]
