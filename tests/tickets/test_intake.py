"""Logging a matter: once, whole, and answered for."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.tickets import a_request
from tickets import intake
from tickets.kinds import Kind
from tickets.models import Deadline, Event, Ticket
from tickets.models.idempotency import Idempotency


def filled(cast: Cast, **changes: object) -> dict[str, object]:
    """What a clerk sends."""
    sent: dict[str, object] = {
        "key": str(uuid4()), "kind": "FAULT", "channel": "counter", "priority": "normal",
        "category": cast.category("power-fault-one").pk, "text": "家里没电了",
        "contact_phone": "13900000001", "contact_name": "李测试",
        "territory": cast.territory.pk,
    }  # fmt: skip
    return sent | changes


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.clerk)
    return client


def test_a_logged_matter_has_a_tracker_a_unit_a_person_and_running_clocks(cast: Cast) -> None:
    ticket = intake.pass_on(request=a_request(cast), by=cast.clerk, at=cast.at)
    assert ticket.tracker == cast.clerk
    assert ticket.lead_unit == cast.unit
    assert ticket.lead_handler in {cast.handler, cast.field_worker}
    assert {reason["code"] for reason in ticket.choice_reasons} >= {"rule", "fewest_open"}
    assert ticket.promised_at is not None
    assert Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False).exists()


def test_the_form_leads_to_the_slip(cast: Cast, desk: Client) -> None:
    answer = desk.post(reverse("tickets:intake"), filled(cast))
    ticket = Ticket.objects.get()
    assert answer["Location"] == reverse("tickets:slip", args=[ticket.number])
    slip = desk.get(answer["Location"]).content.decode()
    assert ticket.number in slip


def test_a_double_click_makes_one_ticket(cast: Cast, desk: Client) -> None:
    sent = filled(cast)
    first, second = (desk.post(reverse("tickets:intake"), sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_the_same_key_with_other_words_is_refused_and_keeps_them(cast: Cast, desk: Client) -> None:
    sent = filled(cast)
    desk.post(reverse("tickets:intake"), sent)
    answer = desk.post(reverse("tickets:intake"), sent | {"text": "完全不同的诉求"})
    assert answer.status_code == 409
    assert "完全不同的诉求" in answer.content.decode()
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [("text", ""), ("category", "999999"), ("kind", "INCIDENT"), ("contact_phone", ""), ("key", "x")],
)
def test_a_wrong_field_is_named_and_nothing_is_lost_or_written(
    cast: Cast, desk: Client, field: str, typed: str
) -> None:
    answer = desk.post(reverse("tickets:intake"), filled(cast, address="滨河路1号", **{field: typed}))
    assert answer.status_code == 422
    assert "滨河路1号" in answer.content.decode()
    assert not Ticket.objects.exists()
    assert not Event.objects.exists()
    assert not Idempotency.objects.exists()


def test_a_category_of_another_kind_is_refused(cast: Cast, desk: Client) -> None:
    category = cast.category("power-complaint-staff").pk
    answer = desk.post(reverse("tickets:intake"), filled(cast, category=category))
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_on_the_spot_needs_a_fitting_kind(cast: Cast) -> None:
    with pytest.raises(intake.NotOnTheSpot):
        intake.settle(
            request=a_request(cast, kind=Kind.COMPLAINT), answer="Sorry", by=cast.clerk, at=cast.at
        )
    assert not Ticket.objects.exists()


def test_settled_on_the_spot_waits_for_its_callback_with_every_work_clock_stopped(
    cast: Cast,
) -> None:
    ticket = intake.settle(
        request=a_request(cast, kind=Kind.ENQUIRY), answer="Told", by=cast.clerk, at=cast.at
    )
    assert ticket.state == "callback"
    running = ticket.clocks.filter(stopped_at=None, measure="max").values_list("name", flat=True)
    assert set(running) <= {"callback", "total"}


def test_a_confidential_report_never_goes_to_the_unit_it_is_about(cast: Cast) -> None:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.unit)
    ticket = intake.pass_on(request=request, by=cast.operator, at=cast.at)
    assert ticket.state == "new"
    assert ticket.is_confidential


@pytest.mark.parametrize("role", ["handler", "leader", "dispatcher", "executive", "auditor"])
def test_a_confidential_report_shows_only_to_those_named_for_it(cast: Cast, role: str) -> None:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.unit)
    ticket = intake.pass_on(request=request, by=cast.operator, at=cast.at)
    assert not Ticket.objects.visible_to(getattr(cast, role)).filter(pk=ticket.pk).exists()
    assert Ticket.objects.visible_to(cast.reviewer).filter(pk=ticket.pk).exists()
    assert Ticket.objects.visible_to(cast.operator).filter(pk=ticket.pk).exists()


@pytest.mark.parametrize("role", ["handler", "reviewer", "executive", "administrator", "outsider"])
def test_others_cannot_log(cast: Cast, client: Client, role: str) -> None:
    client.force_login(getattr(cast, role))
    assert client.post(reverse("tickets:intake"), filled(cast)).status_code == 403
    assert not Ticket.objects.exists()


def test_a_logged_and_sent_ticket_takes_few_statements(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    """With savepoints; what is told from memory is not read back."""
    intake.pass_on(request=a_request(cast), key=uuid4(), by=cast.operator, at=cast.at)
    with django_assert_max_num_queries(45):
        ticket = intake.pass_on(request=a_request(cast), key=uuid4(), by=cast.operator, at=cast.at)
    assert ticket.lead_unit == cast.unit
