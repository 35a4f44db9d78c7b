"""The nouns of notifications."""

from notifications.models.heartbeat import Heartbeat
from notifications.models.job import Job, JobState
from notifications.models.notice import Notice
from notifications.models.outbox import Channel, Outbox, OutboxState

__all__ = ["Channel", "Heartbeat", "Job", "JobState", "Notice", "Outbox", "OutboxState"]
