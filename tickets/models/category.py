from django.db import models

from organisation.models import Utility
from servicedesk.lib.bilingual import Bilingual
from tickets.kinds import Kind


class Category(Bilingual):
    """What a matter is about (问题类别), two levels, per utility and kind; an empty kind fits all."""

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="leaves")
    utility = models.CharField(max_length=10, choices=Utility)
    kind = models.CharField(max_length=20, choices=Kind, blank=True)
    is_safety = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=60, blank=True)
