"""Signing in and out."""

import pytest
from django.test import Client
from django.urls import reverse

from organisation.models import Staff
from tests.cast import PASSWORD, Cast


def try_it(client: Client, password: str, number: str = "2001", **headers: str) -> int:
    typed = {"username": number, "password": password}
    return int(client.post(reverse("login"), typed, **headers).status_code)


def test_the_right_password_leads_to_ones_own_work_in_ones_own_language(
    cast: Cast, client: Client
) -> None:
    Staff.objects.filter(pk=cast.handler.pk).update(language="en")
    assert try_it(client, PASSWORD) == 302
    page = client.get(reverse("home"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("tickets:work")
    assert 'lang="en"' in page.content.decode()


def test_a_wrong_password_and_an_unknown_number_look_alike(cast: Cast, client: Client) -> None:
    known = client.post(reverse("login"), {"username": "2001", "password": "wrong-password"})
    unknown = client.post(reverse("login"), {"username": "8888", "password": "wrong-password"})
    assert known.status_code == unknown.status_code == 200
    said = "工号与密码不匹配"
    assert (said in known.content.decode()) == (said in unknown.content.decode())


def test_guessing_is_held_back_for_this_account_from_this_address_only(
    cast: Cast, client: Client
) -> None:
    for _ in range(5):
        assert try_it(client, "wrong-password") == 200
    assert try_it(client, PASSWORD) == 429
    assert try_it(client, PASSWORD, number="1001") == 302
    assert try_it(Client(), PASSWORD, REMOTE_ADDR="10.9.8.7") == 302


def test_the_right_password_wipes_the_slate(cast: Cast, client: Client) -> None:
    for _ in range(4):
        try_it(client, "wrong-password")
    assert try_it(client, PASSWORD) == 302
    client.logout()
    assert try_it(client, "wrong-password") == 200
    assert try_it(client, PASSWORD) == 302


def test_a_deactivated_person_cannot_sign_in_nor_stay(cast: Cast, client: Client) -> None:
    assert try_it(client, PASSWORD) == 302
    Staff.objects.filter(pk=cast.handler.pk).update(is_active=False)
    assert client.get(reverse("tickets:work")).status_code == 302
    assert try_it(Client(), PASSWORD) == 200


@pytest.mark.parametrize("password", ["x" * 129, "x" * 100_000])
def test_an_over_long_password_is_refused_before_it_is_hashed(
    password: str, cast: Cast, client: Client
) -> None:
    assert try_it(client, password) == 200


def test_the_language_switch_never_leads_to_another_site(cast: Cast, client: Client) -> None:
    answer = client.post(
        reverse("organisation:language"), {"language": "en", "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"


def test_presence_is_what_the_person_says(cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    client.post(reverse("organisation:presence"), {"presence": "absent"})
    assert Staff.objects.get(pk=cast.handler.pk).presence == "absent"
    client.post(reverse("organisation:presence"), {"presence": "nowhere"})
    assert Staff.objects.get(pk=cast.handler.pk).presence == "absent"
