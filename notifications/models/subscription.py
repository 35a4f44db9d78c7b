from django.contrib.postgres.fields import ArrayField
from django.db import models

from organisation.models import Staff


class WebhookSubscriptionQuerySet(models.QuerySet["WebhookSubscription"]):
    def of_company(self, staff: Staff) -> "WebhookSubscriptionQuerySet":
        """Those of the person's company (for people of the group, of every one below it)."""
        return self.filter(scope_path__startswith=staff.scope_path)


class WebhookSubscription(models.Model):
    """A receiver outside that hears of chosen events of the tickets below `scope_path`.

    Its secret is not kept anywhere: it is derived from the desk's key, the row and `generation`
    (notifications.signing). For a day after `rotated_at` messages carry a signature of the secret
    before too.
    """

    private_fields = ("url",)

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=300)
    events = ArrayField(models.CharField(max_length=30), default=list)
    scope_path = models.CharField(max_length=200, db_collation="C")
    is_active = models.BooleanField(default=True)
    generation = models.PositiveIntegerField(default=1)
    rotated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    objects = WebhookSubscriptionQuerySet.as_manager()

    @property
    def lane(self) -> str:
        """By which its failures are counted apart from those of other receivers."""
        return f"webhook:{self.pk}"
