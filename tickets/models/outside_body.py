from django.db import models
from django.db.models import Q

from organisation.models import Utility
from servicedesk.lib import bilingual


class OutsideBody(bilingual.Bilingual):
    """A body outside the company that answers for what is not ours (外部承办单位): how to reach it
    and what it is for. An empty service line fits all; one that is no longer used is kept."""

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=40, unique=True)
    contact = models.CharField(max_length=200)
    purpose_en = models.CharField(max_length=300)
    purpose_zh = models.CharField(max_length=300)
    utility = models.CharField(max_length=10, choices=Utility, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(contact=""), name="outside_body_can_be_reached")
        ]

    @property
    def purpose(self) -> str:
        """What it answers for, in the active language."""
        return bilingual.in_the_readers_language(self.purpose_en, self.purpose_zh)
