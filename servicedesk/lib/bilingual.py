"""What is kept in English and Chinese is shown in the reader's language."""

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
        return in_the_readers_language(self.name_en, self.name_zh)


def in_the_readers_language(english: str, chinese: str) -> str:
    """Whichever of the two the active language asks for; English where it is neither."""
    is_chinese = (translation.get_language() or "").startswith("zh")
    return chinese if is_chinese else english
