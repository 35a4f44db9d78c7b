"""The pages of referrals, refusals, full lists, appointments, withdrawals and other kinds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Disclosure
from notifications.models import Outbox
from servicedesk.lib import clock
from tests.cast import Cast
from tests.factories.tickets import CATEGORIES, a_ticket
from tickets import shipped_lists
from tickets.kinds import Kind
from tickets.models import (
    Appointment,
    Approval,
    Checklist,
    Event,
    FullList,
    OutsideBody,
    Referral,
    Ticket,
)
from tickets.states import State

HOUR = timedelta(hours=1)


@pytest.fixture
def shipped(cast: Cast) -> None:
    shipped_lists.load(by=None, at=cast.at)


@pytest.fixture
def held(cast: Cast, shipped: None) -> Ticket:
    """A request with the handler, received an hour ago by the database's clock."""
    return a_ticket(
        cast, state=State.IN_PROGRESS, kind=Kind.REQUEST, at=clock.now() - 3 * HOUR
    )


def typed(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def post(client: Client, name: str, ticket: Ticket, **said: Any) -> Any:
    address = reverse(f"tickets:{name}", args=[ticket.number])
    return client.post(address, {"version": ticket.version} | said)


def test_what_is_shipped_is_loaded_once(cast: Cast) -> None:
    lists, bodies = shipped_lists.load(by=None, at=cast.at)
    assert (lists, bodies) == (23, 12)
    assert shipped_lists.load(by=None, at=cast.at) == (0, 0)
    for one in Checklist.objects.all():
        assert len(one.items_en) == len(one.items_zh) > 0
        assert cast.category(one.category_code).utility == one.utility


def test_a_referral_by_page(cast: Cast, client: Client, held: Ticket) -> None:
    client.force_login(cast.handler)
    said = {
        "listed": OutsideBody.objects.get(code="urban-management").pk, "their_number": "CG-7",
        "taken_over_by": "王工", "taken_over_at": typed(clock.now() - HOUR),
        "answer": "已转城管局处理", "is_customer_told": "on",
    }  # fmt: skip
    assert client.get(reverse("tickets:refer", args=[held.number])).status_code == 200
    assert post(client, "refer", held, **said).status_code == 302
    row = Referral.objects.get(ticket=held)
    assert (row.contact, row.their_number) == ("12345", "CG-7")
    page = client.get(reverse("tickets:ticket", args=[held.number])).content.decode()
    assert "CG-7" in page
    assert post(client, "refer", held, **said).status_code == 409
    assert Referral.objects.count() == 1


def test_not_ours_alone_is_refused_and_keeps_what_was_typed(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.handler)
    answer = post(client, "refer", held, answer="Not ours", is_customer_told="on")
    assert answer.status_code == 422
    assert "Not ours" in answer.content.decode()
    whole = {
        "their_number": "1", "taken_over_by": "王", "taken_over_at": typed(clock.now() - HOUR),
        "answer": "x", "is_customer_told": "on",
    }  # fmt: skip
    answer = post(client, "refer", held, **whole)
    assert answer.status_code == 422
    assert answer.context["form"].errors["body"]


def test_a_refusal_by_page(cast: Cast, client: Client, held: Ticket) -> None:
    client.force_login(cast.handler)
    assert post(client, "refuse", held, reason="已退还").status_code == 422
    said = {"reason": "已退还", "basis": "《供电营业规则》第八十条", "is_customer_told": "on"}
    assert post(client, "refuse", held, **said).status_code == 302
    assert Ticket.objects.get(pk=held.pk).outcome == "refused"


def test_the_full_list_is_ticked_given_and_printed(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.handler)
    page = client.get(reverse("tickets:give-full-list", args=[held.number])).content.decode()
    first = Checklist.objects.get(code=CATEGORIES[Kind.REQUEST]).items_zh[0]
    assert first in page, "in the customer's language"
    said = {"ticked": ["0", "2"], "more": "物业证明\n\n  ", "means": "message"}
    answer = post(client, "give-full-list", held, **said)
    given = FullList.objects.get(ticket=held)
    assert given.missing[0] == first
    assert given.missing[-1] == "物业证明"
    assert len(given.missing) == 3
    slip = client.get(answer.url).content.decode()
    assert "物业证明" in slip
    message = Outbox.objects.get(template="full_list")
    assert message.facts["missing"] == given.missing


def test_the_second_list_is_an_exception_that_shows(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.handler)
    post(client, "give-full-list", held, ticked=["0"], means="print")
    held.refresh_from_db()
    again = {"ticked": ["1"], "means": "print"}
    assert post(client, "give-full-list", held, **again).status_code == 409
    assert post(client, "give-full-list", held, exception_reason="新规", **again).status_code == 302
    assert list(FullList.objects.given_again()) == [FullList.objects.latest("pk")]
    page = client.get(reverse("tickets:ticket", args=[held.number])).content.decode()
    assert "新规" in page
    told = Event.objects.filter(ticket=held, code="disclosed").latest("id").facts
    assert told["is_exception"] is True


def test_an_empty_list_or_a_made_up_tick_is_refused(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.handler)
    for said in ({"means": "print"}, {"ticked": ["99"], "means": "print"}, {"means": "pigeon"}):
        assert post(client, "give-full-list", held, **said).status_code == 422
    assert not FullList.objects.exists()


def test_somebody_elses_list_is_not_there(cast: Cast, client: Client, held: Ticket) -> None:
    client.force_login(cast.handler)
    post(client, "give-full-list", held, ticked=["0"], means="print")
    given = FullList.objects.get()
    other = a_ticket(cast, state=State.IN_PROGRESS)
    address = reverse("tickets:full-list", args=[other.number, given.pk])
    assert client.get(address).status_code == 404
    client.force_login(cast.outsider)
    address = reverse("tickets:full-list", args=[held.number, given.pk])
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("chosen", ["", "x", "99999999999999999999", "-1", "0"])
def test_what_to_bring_shows_for_the_chosen_category(
    chosen: str, cast: Cast, client: Client, shipped: None
) -> None:
    client.force_login(cast.clerk)
    address = reverse("tickets:intake-bring")
    category = cast.category("power-request-connection")
    page = client.get(address, {"category": category.pk, "kind": "REQUEST"}).content.decode()
    assert Checklist.objects.get(code=category.code).items_shown[0] in page
    answer = client.get(address, {"category": chosen})
    assert answer.status_code == 200
    assert "<li>" not in answer.content.decode()


def test_an_appointment_by_page_from_booking_to_settling(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.handler)
    begin = clock.now() + 24 * HOUR
    window = {"from_at": typed(begin), "to_at": typed(begin + 2 * HOUR)}
    assert post(client, "book", held, **window, staff=cast.field_worker.pk).status_code == 302
    booked = Appointment.objects.get(ticket=held)
    held.refresh_from_db()
    assert post(client, "book", held, **window).status_code == 409
    later = {"from_at": typed(begin + HOUR), "to_at": typed(begin + 3 * HOUR)}
    assert post(client, "appointment-move", held, **later).status_code == 422, "why?"
    assert post(client, "appointment-move", held, **later, note="客户要求").status_code == 302
    booked.refresh_from_db()
    assert booked.ending == "moved"
    said = {"ending": "called_off", "note": "客户取消"}
    assert post(client, "appointment-settle", held, **said).status_code == 302
    assert post(client, "appointment-settle", held, **said).status_code == 409
    assert [one.ending for one in Appointment.objects.order_by("pk")] == ["moved", "called_off"]


def test_a_window_in_the_past_keeps_what_was_typed(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.handler)
    past = clock.now() - HOUR
    answer = post(client, "book", held, from_at=typed(past), to_at=typed(past + HOUR))
    assert answer.status_code == 422
    assert typed(past) in answer.content.decode()


def test_the_day_shows_the_round_of_the_person_and_of_the_unit(
    cast: Cast, client: Client, held: Ticket
) -> None:
    begin = timezone.localtime(clock.now()).replace(hour=23, minute=50, second=0, microsecond=0)
    Appointment.objects.create(
        ticket=held, from_at=begin, to_at=begin + HOUR, booked_by=cast.operator,
        booked_at=held.received_at, staff=cast.field_worker,
    )  # fmt: skip
    address = reverse("tickets:appointments")

    def rows(user: Any, **query: str) -> list[str]:
        client.force_login(user)
        return [one.ticket.number for one in client.get(address, query).context["day"].rows]

    assert rows(cast.field_worker) == [held.number]
    assert rows(cast.handler) == []
    assert rows(cast.handler, whose="all") == [held.number]
    assert rows(cast.leader) == [held.number]
    assert rows(cast.outsider, whose="all") == []
    assert rows(cast.stranger, whose="all") == []
    assert rows(cast.leader, on="2020-01-01") == []
    assert rows(cast.leader, on="never") == [held.number]


def test_a_withdrawal_is_heard_then_confirmed_in_a_call(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.operator)
    assert post(client, "withdraw", held, reason="“算了”").status_code == 302
    assert post(client, "withdraw", held, reason="“算了”").status_code == 409
    asked = Approval.objects.get(ticket=held)
    client.force_login(cast.callback_agent)
    page = client.get(reverse("tickets:approval", args=[asked.pk])).content.decode()
    assert held.contact_phone not in page
    shown = post(client, "withdrawal-number", held).content.decode()
    assert held.contact_phone in shown
    assert Disclosure.objects.get(subject=held.number).reason == f"withdrawal:{asked.pk}"
    address = reverse("tickets:approval", args=[asked.pk])
    assert client.post(address, {"verdict": "grant", "note": ""}).status_code == 422
    assert client.post(address, {"verdict": "grant", "note": "“是，撤了”"}).status_code == 302
    assert Ticket.objects.get(pk=held.pk).outcome == "withdrawn"


@pytest.mark.parametrize("who", ["handler", "operator", "supervisor", "reviewer"])
def test_the_number_to_call_is_for_who_confirms(
    who: str, cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.operator)
    post(client, "withdraw", held, reason="“算了”")
    client.force_login(getattr(cast, who))
    assert post(client, "withdrawal-number", held).status_code == 403
    assert not Disclosure.objects.exists()


def test_another_kind_is_proposed_decided_and_listed(
    cast: Cast, client: Client, held: Ticket
) -> None:
    complaint = a_ticket(cast, state=State.IN_PROGRESS, at=clock.now() - 3 * HOUR)
    said = {
        "new_kind": "OPINION", "new_category": cast.category(CATEGORIES[Kind.OPINION]).pk,
        "reason": "没有投诉对象",
    }  # fmt: skip
    client.force_login(cast.reviewer)
    assert post(client, "reclassify", complaint, **said).status_code == 302
    asked = Approval.objects.get(ticket=complaint)
    client.force_login(cast.supervisor)
    address = reverse("tickets:approval", args=[asked.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"verdict": "grant", "note": ""}).status_code == 302
    page = client.get(reverse("tickets:reclassifications"))
    assert [one.ticket.number for one in page.context["page"].rows] == [complaint.number]
    assert page.context["counts"] == {"all": 1, "lighter": 1}
    none = client.get(reverse("tickets:reclassifications"), {"kind": "FAULT"})
    assert not none.context["page"].rows
    ticket = client.get(reverse("tickets:ticket", args=[complaint.number])).content.decode()
    assert "降级" in ticket or "Downgrade" in ticket


def test_a_category_of_another_kind_is_said_beside_its_field(
    cast: Cast, client: Client, held: Ticket
) -> None:
    client.force_login(cast.reviewer)
    said = {"new_kind": "OPINION", "new_category": held.category_id, "reason": "x"}
    answer = post(client, "reclassify", held, **said)
    assert answer.status_code == 422
    assert answer.context["form"].errors["new_category"]


def test_a_priority_by_page(cast: Cast, client: Client, held: Ticket) -> None:
    client.force_login(cast.dispatcher)
    said = {"priority": "urgent", "level": "4"}
    assert post(client, "priority", held, **said).status_code == 422
    assert post(client, "priority", held, **said, reason="考试保电").status_code == 302
    assert post(client, "priority", held, **said, reason="考试保电").status_code == 409
    page = client.get(reverse("tickets:ticket", args=[held.number])).content.decode()
    assert "考试保电" in page


def test_a_list_is_edited_as_its_next_version(
    cast: Cast, client: Client, shipped: None
) -> None:
    address = reverse("tickets:checklist", args=["power-request-refund"])
    said = {
        "after": "1", "name_zh": "电费退费", "name_en": "Refund", "items_zh": "身份证\n发票",
        "items_en": "Identity document\nReceipt", "is_active": "on",
    }  # fmt: skip
    client.force_login(cast.operator)
    assert client.post(address, said).status_code == 403
    client.force_login(cast.administrator)
    assert client.post(address, said | {"items_en": "One"}).status_code == 422
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 409, "somebody was faster"
    newest = Checklist.objects.filter(code="power-request-refund").latest("version")
    assert (newest.version, newest.items_zh) == (2, ["身份证", "发票"])
    shown = client.get(reverse("tickets:checklists")).context["checklists"]
    assert [one.version for one in shown if one.code == "power-request-refund"] == [2]
    assert [one.version for one in client.get(address).context["earlier"]] == [1]


def test_a_list_and_a_body_are_added_once(cast: Cast, client: Client, shipped: None) -> None:
    client.force_login(cast.administrator)
    said = {
        "category": cast.category("power-enquiry-tariff").pk, "name_zh": "电价咨询",
        "name_en": "Tariff", "items_zh": "户号", "items_en": "Account number",
    }  # fmt: skip
    assert client.post(reverse("tickets:checklist-new"), said).status_code == 302
    assert client.post(reverse("tickets:checklist-new"), said).status_code == 422
    body = {
        "code": "metro", "name_zh": "地铁公司", "name_en": "Metro", "contact": "96123",
        "purpose_zh": "地铁施工", "purpose_en": "Metro works",
    }  # fmt: skip
    assert client.post(reverse("tickets:body-new"), body).status_code == 302
    assert client.post(reverse("tickets:body-new"), body).status_code == 422
    changed = body | {"contact": "96124", "is_active": ""}
    assert client.post(reverse("tickets:body", args=["metro"]), changed).status_code == 302
    metro = OutsideBody.objects.get(code="metro")
    assert (metro.contact, metro.is_active) == ("96124", False)


@pytest.mark.parametrize(
    "name",
    [
        "refer", "refuse", "give-full-list", "book", "appointment-move", "appointment-settle",
        "withdraw", "reclassify", "priority",
    ],
)  # fmt: skip
def test_an_outsider_finds_nothing(name: str, cast: Cast, client: Client, held: Ticket) -> None:
    for who in (cast.outsider, cast.stranger):
        client.force_login(who)
        assert post(client, name, held, reason="x").status_code in {403, 404}
    assert Ticket.objects.get(pk=held.pk).version == held.version
