from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import translation

from organisation.models import Staff, Utility
from servicedesk.lib.bilingual import Bilingual
from tickets.kinds import GivenBy, Kind


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

    @property
    def items_shown(self) -> list[str]:
        """What is to be brought, in the active language."""
        return self.items_in(translation.get_language() or "")

    def items_in(self, language: str) -> list[str]:
        """What is to be brought, in the language; English where it is neither of the two."""
        return self.items_zh if language.startswith("zh") else self.items_en


class FullListQuerySet(models.QuerySet["FullList"]):
    def given_again(self) -> "FullListQuerySet":
        """What was asked for a second time, against the rule."""
        return self.exclude(exception_reason="")


class FullList(models.Model):
    """The full list of what is missing, given to the customer once (一次性告知); a second one is an
    exception with its reason."""

    private_fields = ("missing", "exception_reason")

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="full_lists")
    checklist = models.ForeignKey(Checklist, models.PROTECT, null=True, related_name="+")
    missing = ArrayField(models.CharField(max_length=200))
    means = models.CharField(max_length=10, choices=GivenBy)
    exception_reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = FullListQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["ticket"], name="full_list_of_ticket")]

    @property
    def is_exception(self) -> bool:
        return bool(self.exception_reason)
