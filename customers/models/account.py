from django.db import models

from customers.models.customer import Customer
from customers.models.premises import Premises
from organisation.models import Utility


class SupplyAccount(models.Model):
    """A contract (户号): which customer is supplied with what at which place."""

    private_fields: tuple[str, ...] = ()

    number = models.CharField(max_length=40)
    utility = models.CharField(max_length=10, choices=Utility)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="accounts")
    premises = models.ForeignKey(Premises, models.PROTECT, related_name="accounts")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["utility", "number"], name="one_account_per_utility_and_number"
            )
        ]

    def __str__(self) -> str:
        return self.number
