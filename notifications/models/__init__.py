"""The nouns of notifications."""

from notifications.models.heartbeat import Heartbeat
from notifications.models.held import Held
from notifications.models.job import Job, JobState
from notifications.models.notice import Notice
from notifications.models.outbox import Channel, Outbox, OutboxState
from notifications.models.preference import Preference, QuietRule

__all__ = [
    "Channel", "Heartbeat", "Held", "Job", "JobState", "Notice", "Outbox", "OutboxState",
    "Preference", "QuietRule",
]  # fmt: skip
