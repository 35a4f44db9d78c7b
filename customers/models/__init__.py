"""The nouns of customers."""

from customers.models.account import SupplyAccount
from customers.models.customer import Customer
from customers.models.disclosure import Disclosure
from customers.models.premises import Premises

__all__ = ["Customer", "Disclosure", "Premises", "SupplyAccount"]
