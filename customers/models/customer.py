from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Customer(models.Model):
    """A person or firm; the number is found by keyed hash, the name as folded bigrams."""

    private_fields = ("name", "phone", "email", "care_note")

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        FIRM = "firm", _("Firm")

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSON)
    phone = models.CharField(max_length=30, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)
    phone_tail_hash = models.CharField(max_length=64, blank=True, db_index=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_key_account = models.BooleanField(default=False)
    needs_care = models.BooleanField(default=False)
    care_note = models.CharField(max_length=200, blank=True)
    wants_no_calls = models.BooleanField(default=False)
    words = SearchVectorField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="customer_by_words")]

    def __str__(self) -> str:
        return f"customer {self.pk}"
