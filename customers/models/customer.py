from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff


class CustomerQuerySet(models.QuerySet["Customer"]):
    def known_to(self, staff: Staff) -> "CustomerQuerySet":
        """Those of the person's company or, at the group, of any company below it: registered
        there, or supplied by it. Others are not there at all."""
        own = models.Q(scope_path__startswith=staff.scope_path)
        accounts = apps.get_model("customers", "SupplyAccount").objects.known_to(staff)
        supplied = models.Exists(accounts.filter(customer=models.OuterRef("pk")))
        return self.filter(own | models.Q(supplied))


class Customer(models.Model):
    """A person or firm; the number is found by keyed hash, the name as folded bigrams.
    `scope_path` is the path of the company that registered them."""

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
    scope_path = models.CharField(
        max_length=200, db_collation="C", blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="customer_by_words")]

    def __str__(self) -> str:
        return f"customer {self.pk}"
