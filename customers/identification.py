"""Who is this: from a number, an account, a name or an address (question)."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from customers import phone_numbers
from customers.models import Customer, SupplyAccount
from organisation.models import Staff
from servicedesk.lib import full_text, text_folding

MOST = 8


@dataclass(frozen=True)
class Found:
    """A customer and, where there is one, the account that leads to a place. Named exactly means
    by the whole number or the account: whoever says that knows who they are."""

    customer: Customer
    account: SupplyAccount | None
    is_exact: bool = False


def find(typed: str, user: Staff) -> list[Found]:
    """Up to eight customers of the person's company that the typed text names: by whole phone
    number or its last four digits, by account number, or by words of the name or the address."""
    typed = typed.strip()[:120]
    if len(typed) < 2:
        return []
    accounts = SupplyAccount.objects.known_to(user).select_related(
        "customer", "premises__territory"
    )
    named = accounts.filter(_names(typed)).order_by("customer_id", "id")[: MOST * 2]
    found = {
        one.customer_id: Found(one.customer, one, _is_exact(typed, one.customer, one))
        for one in named
    }
    if len(found) < MOST:
        theirs = SupplyAccount.objects.known_to(user).filter(customer=OuterRef("pk"))
        without = Customer.objects.known_to(user).filter(_is(typed), ~Exists(theirs))
        for one in without[:MOST]:
            found.setdefault(one.pk, Found(one, None, _is_exact(typed, one, None)))
    return list(found.values())[:MOST]


def chosen(customer_id: int, account_id: int, user: Staff) -> Found | None:
    """The customer, and the account, that the person took from what was found; None for one that
    is not of their company, as for none."""
    accounts = SupplyAccount.objects.known_to(user).filter(pk=account_id or 0)
    account = accounts.select_related("customer", "premises__territory").first()
    if account is not None:
        return Found(account.customer, account, True)
    customer = Customer.objects.known_to(user).filter(pk=customer_id or 0).first()
    return Found(customer, None, True) if customer else None


def _is_exact(typed: str, customer: Customer, account: SupplyAccount | None) -> bool:
    if account is not None and account.number == typed.replace(" ", ""):
        return True
    return bool(customer.phone) and phone_numbers.normalise(typed) == customer.phone


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
