from django.db import models


class Heartbeat(models.Model):
    """One row per running loop, touched on each turn; the health page reads its age."""

    private_fields: tuple[str, ...] = ()

    process = models.CharField(max_length=30)
    instance = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "instance"], name="one_heartbeat_per_loop")
        ]
