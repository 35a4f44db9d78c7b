"""The nouns of notifications."""

from notifications.models.heartbeat import Heartbeat
from notifications.models.held import Held
from notifications.models.job import Job, JobState
from notifications.models.lane import Lane
from notifications.models.notice import Notice
from notifications.models.outbox import (
    GIVEN_UP,
    Channel,
    Outbox,
    OutboxQuerySet,
    OutboxState,
    Trouble,
)
from notifications.models.preference import Preference, QuietRule
from notifications.models.subscription import WebhookSubscription

__all__ = [
    "GIVEN_UP", "Channel", "Heartbeat", "Held", "Job", "JobState", "Lane", "Notice", "Outbox",
    "OutboxQuerySet", "OutboxState", "Preference", "QuietRule", "Trouble",
    "WebhookSubscription",
]  # fmt: skip
