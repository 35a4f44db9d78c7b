from django.db import models

from organisation.models import Staff


class Idempotency(models.Model):
    """A form that was already sent: the same key again leads to the same ticket."""

    private_fields: tuple[str, ...] = ()

    actor = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    key = models.UUIDField()
    request_digest = models.CharField(max_length=64)
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="one_ticket_per_actor_and_key")
        ]
