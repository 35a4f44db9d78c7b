"""Who is this: from a number, an account, a name or an address (question)."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from customers import phone_numbers
from customers.models import Customer, SupplyAccount
from servicedesk.lib import full_text, text_folding

MOST = 8


@dataclass(frozen=True)
class Found:
    """A customer and, where there is one, the account that leads to a place."""

    customer: Customer
    account: SupplyAccount | None


def find(typed: str) -> list[Found]:
    """Up to eight customers that the typed text names: by whole phone number or its last four
    digits, by account number, or by words of the name or the address."""
    typed = typed.strip()[:120]
    if len(typed) < 2:
        return []
    accounts = SupplyAccount.objects.select_related("customer", "premises__territory")
    named = accounts.filter(_names(typed)).order_by("customer_id", "id")[: MOST * 2]
    found = {account.customer_id: Found(account.customer, account) for account in named}
    if len(found) < MOST:
        for customer in Customer.objects.filter(_is(typed), accounts=None)[:MOST]:
            found.setdefault(customer.pk, Found(customer, None))
    return list(found.values())[:MOST]


def _names(typed: str) -> Q:
    by_place = Q(premises__words__has_terms=_query(typed)) if _query(typed) else Q(pk__in=[])
    customer = Q(customer__in=Customer.objects.filter(_is(typed)))
    return Q(number=typed.replace(" ", "")) | customer | by_place


def _is(typed: str) -> Q:
    return _by_number(typed) | (Q(words__has_terms=_query(typed)) if _query(typed) else Q(pk__in=[]))


def _query(typed: str) -> str:
    return full_text.all_of(text_folding.query_terms(typed))


def _by_number(typed: str) -> Q:
    digits = "".join(filter(str.isdigit, typed))
    key = settings.PHONE_HASH_KEY
    if len(digits) == 4 and digits == typed:
        return Q(phone_tail_hash=phone_numbers.keyed_hash(digits, key=key))
    phone = phone_numbers.normalise(typed)
    if not phone:
        return Q(pk__in=[])
    return Q(phone_hash=phone_numbers.keyed_hash(phone, key=key))
