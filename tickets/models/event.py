from django.db import models

from tickets.states import Happening

# Few among all events; the index of them stays small.
WATCHED = [
    Happening.RETURNED, Happening.ARRIVED, Happening.SUSPENDED, Happening.EXTENDED,
    Happening.RECLASSIFIED, Happening.PRIORITY_CHANGED, Happening.MERGED, Happening.SPLIT,
    Happening.WITHDRAWN, Happening.CONTACTED, Happening.CONTACT_TRIED, Happening.AMENDED,
]  # fmt: skip


class EventQuerySet(models.QuerySet["Event"]):
    """History is append-only: only tickets.history and the importer insert."""

    def update(self, **changes: object) -> int:
        raise TypeError("History is never changed; record a new event.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("History is never deleted.")


class Event(models.Model):
    """One thing that happened to a ticket. `at` is when it happened, `recorded_at` when the
    desk learned of it; no foreign key to people, so that history follows nobody's deletion."""

    private_fields = ("facts",)

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="events")
    code = models.CharField(max_length=30, choices=Happening)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=80, blank=True)
    unit_id = models.BigIntegerField(null=True)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "id"], name="event_of_ticket"),
            # What the watch lists look for in a period, whatever the ticket (reports.watch).
            models.Index(
                fields=["code", "at", "ticket"], condition=models.Q(code__in=WATCHED),
                name="event_watched",
            ),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError("History is never changed; record a new event.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]
