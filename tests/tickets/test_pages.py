"""The pages of tickets: what they show, to whom, and with how many statements."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from servicedesk.lib import clock
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import lookup_codes, supervision
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State

Budget = Callable[[int], AbstractContextManager[CaptureQueriesContext]]

# Session and user cost two statements, the rail's counts two, three for whoever is asked first, one
# more for whoever decides requests; the rest is the page's own.
BUDGETS = {
    "work": ("handler", lambda ticket: reverse("tickets:work"), 9),
    "tasks": ("handler", lambda ticket: reverse("tickets:tasks"), 9),
    "list": ("operator", lambda ticket: reverse("tickets:list"), 7),
    "search": ("operator", lambda ticket: reverse("tickets:list") + "?q=抢修师傅", 7),
    "overdue": ("supervisor", lambda ticket: reverse("tickets:overdue"), 15),
    "ticket": ("handler", lambda ticket: reverse("tickets:ticket", args=[ticket.number]), 15),
    "intake": ("operator", lambda ticket: reverse("tickets:intake"), 10),
    "people": ("operator", lambda ticket: reverse("organisation:people"), 8),
    "notices": ("handler", lambda ticket: reverse("notifications:notices"), 6),
    "customers": ("operator", lambda ticket: reverse("customers:find") + "?q=滨河路", 7),
}


@pytest.mark.parametrize("page", BUDGETS)
def test_a_page_costs_the_same_however_much_it_shows(page: str, cast: Cast, client: Client) -> None:
    role, address, most = BUDGETS[page]
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(getattr(cast, role))
    client.get(address(ticket))
    few = _statements(client, address(ticket))
    for _ in range(5):
        a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT)
    many = _statements(client, address(ticket))
    assert few == many <= most, (few, many)


def _statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_worklist_stands_in_the_order_the_work_must_be_done(
    cast: Cast, client: Client
) -> None:
    late = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.COMPLAINT)
    soon = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT)
    Ticket.objects.filter(pk=late.pk).update(next_due_at=cast.at)
    Ticket.objects.filter(pk=soon.pk).update(next_due_at=cast.at + STEP)
    client.force_login(cast.handler)
    text = client.get(reverse("tickets:work")).content.decode()
    assert text.index(late.number) < text.index(soon.number)


def test_a_list_pages_by_key_and_shows_each_ticket_once(cast: Cast, client: Client) -> None:
    numbers = {a_ticket(cast, kind=Kind.ENQUIRY).number for _ in range(3)}
    client.force_login(cast.operator)
    first = client.get(reverse("tickets:list")).context["page"]
    assert {row.number for row in first.rows} == numbers
    last = min(row.pk for row in first.rows)
    rest = client.get(reverse("tickets:list") + f"?before={last}").context["page"]
    assert not rest.rows


@pytest.mark.parametrize(
    "typed", ["' OR 1=1", "\\", "&|!():*", "%", "a" * 5000, "２０２６", "𠮷", "停电 & 'x", "<->"]
)
def test_no_search_is_an_error(typed: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.operator)
    for name in ("tickets:list", "customers:find"):
        assert client.get(reverse(name), {"q": typed}).status_code == 200
    answer = client.get(reverse("tickets:intake-caller"), {"contact_phone": typed})
    assert answer.status_code == 200


@pytest.mark.parametrize("key", ["x", "99999999999999999999", "2026~1", "never~1", "~", "1~2~3"])
def test_no_paging_key_is_an_error(key: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.handler)
    assert client.get(reverse("tickets:work"), {"after": key}).status_code == 200
    assert client.get(reverse("tickets:list"), {"before": key}).status_code == 200


@pytest.mark.parametrize(
    "typed", ["抢修师傅", "搶修師傅", "滨河路", "13900000001", "139 0000 0001", "李测试"]
)
def test_a_ticket_is_found_by_words_place_number_and_name(
    typed: str, cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast)
    client.force_login(cast.operator)
    rows = client.get(reverse("tickets:list"), {"q": typed}).context["page"].rows
    assert [row.number for row in rows] == [ticket.number]


def test_a_result_can_be_searched_once_it_is_reported(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    client.force_login(cast.operator)
    rows = client.get(reverse("tickets:list"), {"q": "已处理并致歉"}).context["page"].rows
    assert [row.number for row in rows] == [ticket.number]


def test_private_numbers_are_masked_on_every_page_of_a_ticket(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.operator)
    for address in (
        reverse("tickets:ticket", args=[ticket.number]), reverse("tickets:list"),
        reverse("tickets:slip", args=[ticket.number]), reverse("customers:find") + "?q=李测试",
        reverse("tickets:intake-caller") + "?contact_phone=李测试",
    ):  # fmt: skip
        assert "13900000001" not in client.get(address).content.decode()


def test_a_full_number_takes_a_reason_and_leaves_a_trace(cast: Cast, client: Client) -> None:
    from customers.models import Disclosure

    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.supervisor)
    address = reverse("tickets:phone", args=[ticket.number])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert not Disclosure.objects.exists()
    shown = client.post(address, {"reason": "约上门时间"})
    assert "13900000001" in shown.content.decode()
    logged = Disclosure.objects.get()
    assert (logged.by, logged.subject) == (cast.supervisor, ticket.number)
    assert logged.reason == "约上门时间"


def test_whoever_holds_the_work_sees_the_number_without_a_reason_and_the_log_names_the_task(
    cast: Cast, client: Client
) -> None:
    from customers.models import Disclosure

    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.handler)
    shown = client.post(reverse("tickets:phone", args=[ticket.number]))
    assert "13900000001" in shown.content.decode()
    assert Disclosure.objects.get().reason == "contact:in_progress"


def test_the_whole_path_by_forms(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.NEW)

    def send(role: str, name: str, **typed: object) -> None:
        client.force_login(getattr(cast, role))
        answer = client.post(reverse(f"tickets:{name}", args=[ticket.number]), typed)
        assert answer.status_code == 302, answer.content.decode()
        ticket.refresh_from_db()

    send("dispatcher", "dispatch", unit=cast.unit.pk, version=ticket.version)
    send("handler", "accept")
    send("leader", "reassign", to=cast.field_worker.pk, reason="He is nearer")
    send("operator", "urge", reason="Still waiting")
    report_due = timezone.localtime(clock.now() + timedelta(days=2))
    send(
        "supervisor", "supervise", reason="Second call", ground="decision",
        report_due_at=f"{report_due:%Y-%m-%dT%H:%M}",
    )  # fmt: skip
    send("field_worker", "contact", means="phone", is_reached="yes", note="On my way")
    send("field_worker", "arrive")
    send("field_worker", "done", result="Fuse", is_customer_told="on", version=ticket.version)
    send("reviewer", "review", verdict="reject", reason="No photo", version=ticket.version)
    send("field_worker", "done", result="Fuse", is_customer_told="on", version=ticket.version)
    send("reviewer", "review", verdict="approve", version=ticket.version)
    assert ticket.state == State.CALLBACK
    page = client.get(reverse("tickets:ticket", args=[ticket.number])).content.decode()
    assert "No photo" in page


def test_an_act_leads_back_to_the_list_it_was_done_from_and_nowhere_else(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.supervisor)
    address = reverse("tickets:urge", args=[ticket.number])
    for asked, led in (
        (reverse("tickets:overdue"), reverse("tickets:overdue")),
        ("https://evil.example/", reverse("tickets:ticket", args=[ticket.number])),
        ("//evil.example", reverse("tickets:ticket", args=[ticket.number])),
    ):
        answer = client.post(f"{address}?next={asked}", {"reason": f"Again, {asked}"})
        assert answer["Location"] == led


def test_a_stale_form_is_refused_and_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    supervision.urge(ticket=ticket, note="x", by=cast.operator, at=cast.at + 9 * STEP)
    client.force_login(cast.handler)
    answer = client.post(
        reverse("tickets:done", args=[ticket.number]),
        {"result": "换了保险丝", "is_customer_told": "on", "version": ticket.version},
    )
    assert answer.status_code == 409
    assert "换了保险丝" in answer.content.decode()
    assert Ticket.objects.get(pk=ticket.pk).state == State.IN_PROGRESS


def test_the_overdue_page_names_the_reason_and_offers_the_acts(cast: Cast, client: Client) -> None:
    from tests.tickets.test_escalation import fire, make_due

    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    row = make_due(ticket)
    fire(row.due_at)
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=cast.at)
    client.force_login(cast.supervisor)
    page = client.get(reverse("tickets:overdue")).content.decode()
    assert ticket.number in page
    assert "雷班长" in page
    for name in ("urge", "supervise", "reassign"):
        assert reverse(f"tickets:{name}", args=[ticket.number]) in page
    client.force_login(cast.leader)
    assert ticket.number in client.get(reverse("tickets:overdue")).content.decode()


def test_a_customer_sees_their_case_and_nothing_of_the_inside(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    typed = {"number": ticket.number, "code": lookup_codes.of(ticket.number)}
    page = client.post(reverse("tickets:public-status"), typed).content.decode()
    assert ticket.number in page
    for inside in (cast.handler.name_zh, cast.operator.name_zh, "13900000001", ticket.subject):
        assert inside not in page


def test_guessing_a_query_code_is_held_back(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast)
    right = lookup_codes.of(ticket.number)
    wrong = "000000" if right != "000000" else "111111"
    address = reverse("tickets:public-status")
    answers = [client.post(address, {"number": ticket.number, "code": wrong}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    held_back = client.post(address, {"number": ticket.number, "code": right})
    assert held_back.status_code == 429
    absent = client.post(address, {"number": "20200101-0001-1", "code": wrong})
    assert absent.status_code == 422
