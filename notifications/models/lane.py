from django.db import models

from notifications.models.outbox import Trouble


class Lane(models.Model):
    """How the other side of one channel (of a webhook: one receiver) has answered lately.

    A row appears with the first failure. While `open_until` is set the lane is shut: nothing is
    tried before that instant, then one message as a probe. `rests` counts the rests in a row.
    """

    private_fields = ("latest_error",)

    name = models.CharField(max_length=30, unique=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_probing = models.BooleanField(default=False, db_default=False)
    open_until = models.DateTimeField(null=True)
    trouble = models.CharField(
        max_length=20, choices=Trouble, blank=True, default="", db_default=""
    )
    latest_error = models.TextField(blank=True)

    @property
    def is_shut(self) -> bool:
        return self.open_until is not None
