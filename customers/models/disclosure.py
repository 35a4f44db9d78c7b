from django.db import models

from customers.models.customer import Customer
from organisation.models import Staff


class Disclosure(models.Model):
    """One showing of a full number (查阅记录): who saw it, when and why."""

    private_fields: tuple[str, ...] = ()

    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="disclosures")
    subject = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField()
