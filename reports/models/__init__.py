"""The nouns of reports."""

from reports.models.download import Download
from reports.models.export_file import ExportFile
from reports.models.target import Target
from reports.models.telling_word import TellingWord
from reports.models.threshold import ThresholdVersion

__all__ = ["Download", "ExportFile", "Target", "TellingWord", "ThresholdVersion"]
