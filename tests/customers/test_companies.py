"""Customers belong to a company: those of another are not there, and nobody's name stands open."""

import pytest
from django.test import Client
from django.urls import reverse

from customers import identification, registration
from customers.models import Customer, Disclosure
from organisation.models import Utility
from tests.cast import Cast


@pytest.fixture
def foreign(cast: Cast) -> Customer:
    """A customer of the other company with the same name and number."""
    customer = registration.register(
        name="李测试", phone="13900000001", company=cast.other_company, by=None, at=cast.at
    )
    place = registration.settle_at(
        address="滨河路99号", territory=None, by=None, at=cast.at
    )
    registration.open_account(
        number="7100000001", utility=Utility.TELECOM, customer=customer, premises=place,
        company=cast.other_company, by=None, at=cast.at,
    )  # fmt: skip
    return customer


@pytest.mark.parametrize("typed", ["13900000001", "0001", "李测试", "滨河路", "7100000001"])
def test_each_company_finds_its_own(typed: str, cast: Cast, foreign: Customer) -> None:
    ours = {one.customer for one in identification.find(typed, cast.operator)}
    theirs = {one.customer for one in identification.find(typed, cast.stranger)}
    assert ours == (set() if typed == "7100000001" else {cast.customer})
    assert theirs == {foreign}


def test_a_customer_of_another_company_is_not_there(
    cast: Cast, foreign: Customer, client: Client
) -> None:
    client.force_login(cast.operator)
    for name in ("customers:customer", "customers:show"):
        assert client.get(reverse(name, args=[foreign.pk])).status_code == 404
    sent = client.post(reverse("tickets:intake-chosen"), {"customer": foreign.pk})
    assert sent.status_code == 404
    assert not Disclosure.objects.exists()


def test_who_is_supplied_by_two_companies_shows_each_its_own_account(
    cast: Cast, client: Client
) -> None:
    registration.open_account(
        number="7100000002", utility=Utility.TELECOM, customer=cast.customer,
        premises=cast.premises, company=cast.other_company, by=None, at=cast.at,
    )  # fmt: skip
    page = reverse("customers:customer", args=[cast.customer.pk])
    for person, own, other in (
        (cast.operator, "3300000001", "7100000002"), (cast.stranger, "7100000002", "3300000001")
    ):  # fmt: skip
        client.force_login(person)
        text = client.get(page).content.decode()
        assert own in text
        assert other not in text


def test_name_and_address_are_masked_until_a_reason_is_given(cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    page = client.get(reverse("customers:customer", args=[cast.customer.pk])).content.decode()
    for private in ("李测试", "88号", "13900000001"):
        assert private not in page
    show = reverse("customers:show", args=[cast.customer.pk])
    assert client.post(show, {"reason": ""}).status_code == 422
    assert not Disclosure.objects.exists()
    full = client.post(show, {"reason": "核对地址"}).content.decode()
    assert "李测试" in full
    assert "滨河路88号3栋201室" in full
    logged = Disclosure.objects.get()
    assert (logged.by, logged.customer) == (cast.supervisor, cast.customer)


def test_at_the_desk_a_name_stands_open_once_it_is_clear_who_asks(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.operator)
    caller = reverse("tickets:intake-caller")
    assert "李测试" in client.get(caller, {"contact_phone": "13900000001"}).content.decode()
    assert "李测试" not in client.get(caller, {"contact_phone": "0001"}).content.decode()
    assert not Disclosure.objects.exists()
    chosen = client.post(reverse("tickets:intake-chosen"), {"customer": cast.customer.pk})
    assert "李测试" in chosen.content.decode()
    assert Disclosure.objects.get().subject == "intake"


@pytest.mark.parametrize("who", ["callback_agent", "executive", "auditor", "administrator"])
def test_others_find_nobody(who: str, cast: Cast, client: Client) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(reverse("customers:find"), {"q": "李测试"}).status_code == 403
    assert client.get(reverse("customers:customer", args=[cast.customer.pk])).status_code == 403
