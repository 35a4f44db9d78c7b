from django.db import models

from organisation.models import Staff


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """What an executive wrote stays as written; a correction is a further note."""

    def update(self, **changes: object) -> int:
        raise TypeError("An executive note is never changed; write another.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("An executive note is never deleted.")


class Annotation(models.Model):
    """An executive's note on a ticket (批示): read, annotated and signed, never changed."""

    private_fields = ("text",)

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="annotations")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=2000)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ticket"], name="annotation_of_ticket")]

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError("An executive note is never changed; write another.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("An executive note is never deleted.")
