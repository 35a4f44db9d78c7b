"""Write customers, places and accounts so that they can be found again (verb)."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from customers import phone_numbers
from customers.models import Customer, Premises, SupplyAccount
from organisation.models import Staff, Territory, Unit
from servicedesk.lib import text_folding


def register(
    *, name: str, phone: str = "", email: str = "", kind: str = Customer.Kind.PERSON,
    language: str = "zh-hans", is_key_account: bool = False, needs_care: bool = False,
    care_note: str = "", company: Unit | None = None, by: Staff | None, at: datetime,
) -> Customer:
    """A new customer of the company, findable by number (keyed hash) and name (folded bigrams);
    of the person's own company where none is said."""
    normal = phone_numbers.normalise(phone) if phone else ""
    key = settings.PHONE_HASH_KEY
    with transaction.atomic():
        customer = Customer.objects.create(
            name=name, kind=kind, email=email, language=language, created_at=at,
            is_key_account=is_key_account, needs_care=needs_care, care_note=care_note,
            scope_path=_scope(company, by),
            phone=normal,
            phone_hash=phone_numbers.keyed_hash(normal, key=key) if normal else "",
            phone_tail_hash=phone_numbers.keyed_hash(normal[-4:], key=key) if normal else "",
        )  # fmt: skip
        _index("customers_customer", customer.pk, name)
    return customer


def settle_at(
    *, address: str, territory: Territory | None, by: Staff | None, at: datetime
) -> Premises:
    """A new place, findable by its address."""
    with transaction.atomic():
        premises = Premises.objects.create(address=address, territory=territory)
        _index("customers_premises", premises.pk, address)
    return premises


def open_account(
    *, number: str, utility: str, customer: Customer, premises: Premises,
    company: Unit | None = None, by: Staff | None, at: datetime,
) -> SupplyAccount:
    """A contract of the customer at the place with the company, else with the person's own."""
    return SupplyAccount.objects.create(
        number=number, utility=utility, customer=customer, premises=premises,
        scope_path=_scope(company, by),
    )  # fmt: skip


def _scope(company: Unit | None, by: Staff | None) -> str:
    if company is not None:
        return company.company_path
    return by.unit.company_path if by else ""


def _index(table: str, pk: int, text: str) -> None:
    terms = sorted(set(text_folding.bigrams(text)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET words = array_to_tsvector(%s) WHERE id = %s",  # noqa: S608
            [terms, pk],
        )
