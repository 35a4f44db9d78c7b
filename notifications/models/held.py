from django.db import models
from django.db.models import Q

from organisation.models import Staff


class Held(models.Model):
    """Something told that waits to leave the desk: for the end of quiet hours, for the daily digest,
    or for what else this person hears in these seconds, so that it leaves in one mail.

    While due_at is set it waits; then `message_key` names the message it left in. The in-app notice
    is there from the beginning.
    """

    private_fields = ("facts",)

    class Until(models.TextChoices):
        QUIET_ENDS = "quiet", "until the quiet hours end"
        DIGEST = "digest", "for the daily digest"
        MANY = "many", "for others of these seconds"

    key = models.CharField(max_length=160, unique=True)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    until = models.CharField(max_length=10, choices=Until)
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    scope_path = models.CharField(max_length=200, db_collation="C")
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    message_key = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=None, left_at__isnull=False)
                | Q(due_at__isnull=False, left_at=None),
                name="held_waits_or_has_left",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="held_to_release"
            ),
            models.Index(
                fields=["staff"], condition=Q(due_at__isnull=False), name="held_of_person"
            ),
        ]
