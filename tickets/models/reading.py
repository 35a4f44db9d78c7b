from django.db import models

from organisation.models import Staff


class ReadingQuerySet(models.QuerySet["Reading"]):
    """The access log is append-only: only tickets.readings inserts."""

    def update(self, **changes: object) -> int:
        raise TypeError("The access log is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The access log is never deleted.")


class Reading(models.Model):
    """One look at the content of a confidential report (查阅记录); `page` is the name of the
    address that showed it."""

    private_fields: tuple[str, ...] = ()

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="readings")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    page = models.CharField(max_length=60)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "staff", "page", "-at"], name="reading_of_ticket"),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError("The access log is never changed.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]
