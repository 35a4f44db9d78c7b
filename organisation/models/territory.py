from django.db import models
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.bilingual import Bilingual


class AreaClass(models.TextChoices):
    URBAN = "urban", _("Urban")
    RURAL = "rural", _("Rural")
    REMOTE = "remote", _("Remote")


class Territory(Bilingual):
    """A piece of ground someone is responsible for (分片负责); its class selects the limits."""

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=30, unique=True)
    area_class = models.CharField(max_length=10, choices=AreaClass, default=AreaClass.URBAN)
    is_active = models.BooleanField(default=True)
