from django.contrib.postgres.fields import ArrayField
from django.db import models

from servicedesk.lib.bilingual import Bilingual
from tickets.kinds import Kind


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def newest(self) -> "InstrumentQuerySet":
        """One row per code: its highest version."""
        return self.order_by("code", "-version").distinct("code")


class Instrument(Bilingual):
    """One version of a questionnaire (问卷); an answer keeps the version it was asked with.

    `kinds` are the kinds of matter it fits, empty for all. `opening` and each question carry both
    languages; a question is {"code", "en", "zh", "choices": [{"code", "en", "zh"}]}, where the
    codes solved, satisfied, reason, verbatim and independence have columns of their own.
    """

    private_fields: tuple[str, ...] = ()

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    mode = models.CharField(max_length=10, choices=[("phone", "phone"), ("link", "link")])
    kinds = ArrayField(models.CharField(max_length=10, choices=Kind), default=list, blank=True)
    opening = models.JSONField(default=dict)
    questions = models.JSONField()
    source = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_instrument_per_version")
        ]
