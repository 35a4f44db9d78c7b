from django.db import models

from organisation.models import Staff


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread_by(self, staff: Staff) -> "NoticeQuerySet":
        return self.filter(staff=staff, read_at=None)

    def of_missed(self) -> "NoticeQuerySet":
        """What was missed or escalated."""
        return self.filter(
            code__in=["overdue", "escalated", "called_again", "task_missed", "update_missed"]
        )


class Notice(models.Model):
    """An in-app message to one person; `code` and `facts` become words in the reader's language.

    `subject` is the reference number of what it is about; the page checks again whether the
    reader may see that.
    """

    private_fields: tuple[str, ...] = ()

    key = models.CharField(max_length=120)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="notices")
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "staff"], name="one_notice_per_key_and_person")
        ]
        indexes = [
            models.Index(fields=["staff", "-id"], name="notice_by_person"),
            models.Index(
                fields=["staff"], condition=models.Q(read_at=None), name="notice_unread_by_person"
            ),
        ]
