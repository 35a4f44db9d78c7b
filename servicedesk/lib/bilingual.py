"""A row whose name is kept in English and Chinese and shown in the reader's language."""

from django.db import models
from django.utils import translation


class Bilingual(models.Model):
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        is_chinese = (translation.get_language() or "").startswith("zh")
        return self.name_zh if is_chinese else self.name_en
