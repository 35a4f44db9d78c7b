from django.db import models
from django.db.models import Q

from organisation.models import Staff


class TellingWordQuerySet(models.QuerySet["TellingWord"]):
    def in_force(self) -> "TellingWordQuerySet":
        return self.filter(removed_at=None)


class TellingWord(models.Model):
    """A word that gives a text away (敏感词): that it complains, or tells of an earlier contact.
    Removed, not deleted, so that an old list can be understood."""

    private_fields: tuple[str, ...] = ()

    use = models.SlugField(max_length=30)
    word = models.CharField(max_length=40)
    added_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    objects = TellingWordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["use", "word"], condition=Q(removed_at=None), name="one_telling_word_in_force"
            )
        ]
