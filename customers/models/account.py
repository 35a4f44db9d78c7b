from django.db import models

from customers.models.customer import Customer
from customers.models.premises import Premises
from organisation.models import Staff, Utility


class SupplyAccountQuerySet(models.QuerySet["SupplyAccount"]):
    def known_to(self, staff: Staff) -> "SupplyAccountQuerySet":
        """Contracts with the person's company or, at the group, with any company below it."""
        return self.filter(scope_path__startswith=staff.scope_path)


class SupplyAccount(models.Model):
    """A contract (户号): which customer is supplied with what at which place; `scope_path` is
    the path of the company that supplies."""

    private_fields: tuple[str, ...] = ()

    number = models.CharField(max_length=40)
    utility = models.CharField(max_length=10, choices=Utility)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="accounts")
    premises = models.ForeignKey(Premises, models.PROTECT, related_name="accounts")
    scope_path = models.CharField(
        max_length=200, db_collation="C", blank=True, default="", db_default=""
    )

    objects = SupplyAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["utility", "number"], name="one_account_per_utility_and_number"
            )
        ]

    def __str__(self) -> str:
        return self.number
