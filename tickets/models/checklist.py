from django.contrib.postgres.fields import ArrayField
from django.db import models

from organisation.models import Staff, Utility
from servicedesk.lib.bilingual import Bilingual
from tickets.kinds import Kind


class Checklist(Bilingual):
    """What a customer must bring for a kind of matter, as a versioned list in both languages; the
    newest active version of a code is in force. Empty selectors fit everything."""

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    utility = models.CharField(max_length=10, choices=Utility, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, blank=True)
    category_code = models.CharField(max_length=60, blank=True)
    items_en = ArrayField(models.CharField(max_length=200))
    items_zh = ArrayField(models.CharField(max_length=200))
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_checklist_per_version")
        ]


class FullList(models.Model):
    """The full list of what is missing, given to the customer once (一次性告知); a second one is an
    exception with its reason."""

    private_fields = ("missing", "exception_reason")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="full_lists")
    checklist = models.ForeignKey(Checklist, models.PROTECT, null=True, related_name="+")
    missing = ArrayField(models.CharField(max_length=200))
    means = models.CharField(max_length=10)
    exception_reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ticket"], name="full_list_of_ticket")]
