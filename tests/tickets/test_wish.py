"""A customer asks for a technician by name (点名维修): at intake, in the preview, on the page."""

from uuid import uuid4

from django.test import Client
from django.urls import reverse

from tests.assignment.test_duty_roster import absent
from tests.cast import Cast
from tickets.models import Ticket


def typed(cast: Cast, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "key": str(uuid4()), "kind": "FAULT", "category": cast.category("power-fault-one").pk,
        "channel": "hotline", "priority": "normal", "text": "停电了，请费师傅来。",
        "contact_phone": "13900000009", "territory": cast.territory.pk,
    }  # fmt: skip
    return plain | changes


def test_the_wish_is_typed_at_intake_kept_and_told_on_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.operator)
    for wished in ("费现场", "2002", "fei field"):
        answer = client.post(reverse("tickets:intake"), typed(cast, wished=wished))
        assert answer.status_code == 302, answer.content.decode()
        ticket = Ticket.objects.latest("pk")
        assert ticket.wished_handler == ticket.lead_handler == cast.field_worker
    page = client.get(reverse("tickets:ticket", args=[ticket.number]))
    assert {"code": "wished"} in page.context["ticket"].choice_reasons
    assert "点名" in page.content.decode() or "asked for this person" in page.content.decode()


def test_a_name_nobody_or_several_have_is_refused_at_the_field(cast: Cast, client: Client) -> None:
    cast.handler.name_zh = cast.field_worker.name_zh
    cast.handler.save()
    client.force_login(cast.operator)
    for wished in ("无此人", "费现场", cast.operator.name_zh, cast.stranger.staff_number):
        answer = client.post(reverse("tickets:intake"), typed(cast, wished=wished))
        assert answer.status_code == 422
        assert "wished" in answer.context["form"].errors
    assert not Ticket.objects.exists()


def test_the_preview_names_the_person_to_be_and_why(cast: Cast, client: Client) -> None:
    client.force_login(cast.operator)
    address = reverse("tickets:intake-promise")
    draft = client.get(address, typed(cast)).context["draft"]
    assert draft.prospect.person == cast.handler
    absent(cast.field_worker)
    answer = client.get(address, typed(cast, wished="费现场"))
    assert answer.context["draft"].prospect.person == cast.handler
    assert answer.context["draft"].prospect.reasons[0]["why"] == "absent"
    assert "费现场" in answer.content.decode() or "Fei Field" in answer.content.decode()
    assert not Ticket.objects.exists()
