"""Receivers on screen: the administrator's alone; the secret is shown once."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from notifications import subscriptions
from notifications.models import Outbox, OutboxState, WebhookSubscription
from organisation import appointments
from organisation.models import Staff
from organisation.roles import Role
from tests import reading
from tests.cast import PASSWORD, Cast

# The receiver, and what is the same in every language.
_KEPT = {"ERP", "https", "erp", "example", "org", "desk"}
_OTHER = {"zh-hans": "en", "en": "zh"}
TYPED = {"name": "ERP", "url": "https://erp.example.org/desk", "events": ["closed", "overdue"]}


@pytest.fixture
def receiver(cast: Cast) -> WebhookSubscription:
    return subscriptions.subscribe(**TYPED, by=cast.administrator, at=cast.at)  # type: ignore[arg-type]


@pytest.fixture
def stranger_administrator(cast: Cast) -> Staff:
    return appointments.appoint(
        staff_number="9005", name_en="Bo Admin", name_zh="薄管理", unit=cast.other_company,
        roles=[Role.ADMINISTRATOR], password=PASSWORD, by=None, at=cast.at,
    )  # fmt: skip


def signed_in(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, pk: int) -> str:
    return client.get(reverse("tickets:webhook", args=[pk])).content.decode()


def test_a_receiver_is_entered_and_its_secret_shown_once(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    answer = client.post(reverse("tickets:webhook-new"), TYPED)
    made = WebhookSubscription.objects.get()
    assert answer.status_code == 302
    assert (made.name, made.events, made.scope_path) == (
        "ERP", ["closed", "overdue"], cast.company.path,
    )  # fmt: skip
    secret = subscriptions.secret(subscription=made, by=cast.administrator, at=cast.at)
    assert secret in page(client, made.pk)
    assert secret not in page(client, made.pk)
    assert secret not in client.get(reverse("tickets:webhooks")).content.decode()


def test_a_wrong_address_keeps_what_was_typed(cast: Cast) -> None:
    typed = TYPED | {"url": "https://10.0.0.1/desk"}
    answer = signed_in(cast.administrator).post(reverse("tickets:webhook-new"), typed)
    assert answer.status_code == 422
    assert "https://10.0.0.1/desk" in answer.content.decode()
    assert not WebhookSubscription.objects.exists()


def test_it_is_changed_switched_and_given_another_secret(
    cast: Cast, receiver: WebhookSubscription
) -> None:
    client = signed_in(cast.administrator)
    client.post(
        reverse("tickets:webhook-change", args=[receiver.pk]), TYPED | {"events": ["received"]}
    )
    client.post(reverse("tickets:webhook-switch", args=[receiver.pk]), {"is_on": "no"})
    client.post(reverse("tickets:webhook-rotate", args=[receiver.pk]))
    receiver.refresh_from_db()
    assert (receiver.events, receiver.is_active, receiver.generation) == (["received"], False, 2)
    secret = subscriptions.secret(subscription=receiver, by=cast.administrator, at=cast.at)
    assert secret in page(client, receiver.pk)
    assert secret not in page(client, receiver.pk)


def test_a_test_is_queued_and_what_became_of_it_is_shown(
    cast: Cast, receiver: WebhookSubscription
) -> None:
    client = signed_in(cast.administrator)
    client.post(reverse("tickets:webhook-test", args=[receiver.pk]))
    message = Outbox.objects.get()
    assert message.facts["event"] == "test"
    waits = str(OutboxState.PENDING.label)
    assert waits in page(client, receiver.pk)
    fragment = client.get(
        reverse("tickets:webhook", args=[receiver.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in fragment
    assert waits in fragment


@pytest.mark.parametrize("role", ["supervisor", "executive", "clerk", "dispatcher", "outsider"])
def test_nobody_else_sees_or_changes_one(
    role: str, cast: Cast, receiver: WebhookSubscription
) -> None:
    client = signed_in(getattr(cast, role))
    assert client.get(reverse("tickets:webhooks")).status_code == 403
    assert client.post(reverse("tickets:webhook-new"), TYPED).status_code == 403
    for name in ("webhook-rotate", "webhook-switch", "webhook-test", "webhook-change"):
        address = reverse(f"tickets:{name}", args=[receiver.pk])
        assert client.post(address, TYPED).status_code == 403
    receiver.refresh_from_db()
    assert (receiver.generation, receiver.is_active) == (1, True)


def test_that_of_another_company_is_not_there(
    cast: Cast, receiver: WebhookSubscription, stranger_administrator: Staff
) -> None:
    client = signed_in(stranger_administrator)
    assert "ERP" not in client.get(reverse("tickets:webhooks")).content.decode()
    for name in ("webhook", "webhook-change"):
        assert client.get(reverse(f"tickets:{name}", args=[receiver.pk])).status_code == 404
    address = reverse("tickets:webhook-rotate", args=[receiver.pk])
    assert client.post(address).status_code == 404


def test_the_pages_speak_the_readers_language(cast: Cast, receiver: WebhookSubscription) -> None:
    subscriptions.test(subscription=receiver, by=cast.administrator, at=cast.at)
    client = signed_in(cast.administrator)
    for language, reads in (("zh-hans", reading.latin), ("en", reading.chinese)):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for name in ("tickets:webhooks", "tickets:webhook-new", "notifications:outgoing"):
            said = reading.words(
                client.get(reverse(name)).content.decode(), without_language=_OTHER[language]
            )
            foreign = {word for text in said for word in reads(text)}
            assert not foreign - _KEPT, (name, language)
