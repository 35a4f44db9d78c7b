"""The screens on which escalations are acknowledged."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Notice
from organisation.models import Staff
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tests.tickets.test_acknowledging import call
from tickets.models import Escalation, Event
from tickets.states import State


@pytest.fixture
def called(cast: Cast) -> Escalation:
    """The supervisor, called by the first rung of a complaint's answer."""
    return call(cast, a_ticket(cast, state=State.IN_PROGRESS))


def page_of(called: Escalation, name: str = "tickets:acknowledge") -> str:
    return reverse(name, args=[called.ticket.number])


def test_whoever_is_called_acknowledges_from_the_list_and_it_is_gone(
    cast: Cast, called: Escalation, client: Client
) -> None:
    client.force_login(cast.supervisor)
    listed = reverse("tickets:calls")
    assert called.ticket.number in client.get(listed).content.decode()
    answer = client.post(f"{page_of(called)}?next={listed}", {"note": "派第二组"})
    assert (answer.status_code, answer["Location"]) == (302, listed)
    assert called.ticket.number not in client.get(listed).content.decode()


def test_sent_twice_the_second_says_so_and_changes_nothing(
    cast: Cast, called: Escalation, client: Client
) -> None:
    client.force_login(cast.supervisor)
    assert client.post(page_of(called), {"note": "派第二组"}).status_code == 302
    again = client.post(page_of(called), {"note": "派第三组"})
    assert again.status_code == 409
    assert "派第三组" in again.content.decode(), "what was typed is kept"
    assert Event.objects.filter(code="acknowledged").count() == 1


def test_an_empty_word_is_asked_for_again(cast: Cast, called: Escalation, client: Client) -> None:
    client.force_login(cast.supervisor)
    assert client.post(page_of(called), {"note": ""}).status_code == 422
    called.refresh_from_db()
    assert called.acknowledged_at is None


@pytest.mark.parametrize(
    ("who", "status"),
    [("supervisor", 200), ("handler", 403), ("dispatcher", 403), ("outsider", 404), ("stranger", 404)],
)
def test_the_form_is_for_whoever_is_called_alone(
    cast: Cast, called: Escalation, client: Client, who: str, status: int
) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(page_of(called)).status_code == status
    assert client.post(page_of(called), {"note": "我来"}).status_code in {status, 302}
    called.refresh_from_db()
    assert (called.acknowledged_by is None) == (who != "supervisor")
    assert called.ticket.number not in client.get(reverse("tickets:calls")).content.decode()


def test_the_ticket_shows_who_is_called_and_offers_the_word_to_them_alone(
    cast: Cast, called: Escalation, client: Client
) -> None:
    box, field = 'id="called"', 'id="acknowledge-note"'
    for who, may_answer in (("supervisor", True), ("handler", False)):
        client.force_login(getattr(cast, who))
        body = client.get(page_of(called, "tickets:ticket")).content.decode()
        assert box in body
        assert (field in body) == may_answer


def test_the_history_names_the_deputy_and_why(cast: Cast, client: Client) -> None:
    back_at = cast.at + timedelta(days=9)
    Staff.objects.filter(pk=cast.supervisor.pk).update(
        presence=Staff.Presence.ABSENT, deputy=cast.executive, back_at=back_at
    )
    stood_in = call(cast, a_ticket(cast, state=State.IN_PROGRESS))
    Staff.objects.filter(pk=cast.handler.pk).update(language="en")
    client.force_login(cast.handler)
    client.cookies["django_language"] = "en"
    body = client.get(page_of(stood_in, "tickets:ticket")).content.decode()
    assert "Yi Executive: Supervisor of Test Power; deputy of Su Supervisor, who is absent until" in body


def test_the_list_of_the_overdue_says_who_has_not_answered_for_how_long(
    cast: Cast, called: Escalation, client: Client
) -> None:
    client.force_login(cast.supervisor)
    client.cookies["django_language"] = "en"
    body = client.get(reverse("tickets:overdue")).content.decode()
    assert "Su Supervisor has not acknowledged it for" in body


def test_notices_are_gathered_by_ticket_and_filtered(
    cast: Cast, called: Escalation, client: Client
) -> None:
    client.force_login(cast.supervisor)
    page = reverse("notifications:notices")
    Notice.objects.create(
        key="x", staff=cast.supervisor, code="urged", subject=called.ticket.number, facts={},
        created_at=called.told_at + STEP, read_at=called.told_at + STEP,
    )  # fmt: skip
    heaps = {
        show: [[one.code for one in heap] for heap in client.get(page, {"show": show}).context["matters"]]
        for show in ("all", "unread", "late", "nonsense")
    }
    assert heaps["all"] == heaps["nonsense"] == [["urged", "escalated"]]
    assert heaps["unread"] == heaps["late"] == [["escalated"]]
    assert page_of(called) in client.get(page, {"show": "unread"}).content.decode()


def test_nobody_sees_the_notices_of_another(cast: Cast, called: Escalation, client: Client) -> None:
    client.force_login(cast.outsider)
    assert client.get(reverse("notifications:notices")).context["matters"] == []
