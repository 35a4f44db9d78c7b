"""The dispatch board, the approvals, and the pages of giving back, passing on and resting."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from servicedesk.lib import clock
from tests.cast import Cast
from tests.factories.resting import ask_rest, ask_time, miss_signing, rested
from tests.factories.tickets import STEP, a_ticket
from tests.tickets.test_returning import WHY, ask_back, give_back, thrown_twice
from tickets import pending, signing
from tickets.approvals import RULES
from tickets.kinds import Kind
from tickets.models import Approval, Clock, Ticket
from tickets.states import State


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(client: Client, name: str, ticket: Ticket, **typed: object) -> int:
    return client.post(reverse(name, args=[ticket.number]), typed).status_code


# The board


def test_the_board_stands_in_the_order_of_the_dispatch_clock(cast: Cast, client: Client) -> None:
    later = a_ticket(cast, at=cast.at + STEP)
    sooner = a_ticket(cast, kind=Kind.ENQUIRY)
    client.force_login(cast.dispatcher)
    found = client.get(reverse("tickets:board")).context["page"].rows
    assert [row.number for row in found] == [sooner.number, later.number]


@pytest.mark.parametrize("part", ["waiting", "ruling", "unsigned"])
def test_a_part_of_the_board_costs_the_same_however_much_it_shows(
    cast: Cast, client: Client, part: str
) -> None:
    def one_more() -> None:
        if part == "waiting":
            a_ticket(cast)
            give_back(cast, a_ticket(cast, state=State.DISPATCHED))
        elif part == "ruling":
            thrown_twice(cast)
        else:
            a_ticket(cast, state=State.DISPATCHED)

    one_more()
    client.force_login(cast.supervisor)
    address = reverse("tickets:board") + f"?part={part}"
    client.get(address)
    few = statements(client, address)
    for _ in range(3):
        one_more()
    many = statements(client, address)
    assert few == many <= 12, (few, many)


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_board_pages_by_key(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickets.views.board.PAGE", 2)
    numbers = [a_ticket(cast, at=cast.at + n * STEP).number for n in range(5)]
    client.force_login(cast.dispatcher)
    seen: list[str] = []
    key = ""
    while True:
        found = client.get(reverse("tickets:board"), {"after": key}).context["page"]
        seen += [row.number for row in found.rows]
        key = found.next_key
        if not key:
            break
    assert seen == numbers


def test_a_row_says_where_it_would_go_and_why_and_sends_it_with_one_press(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast)
    client.force_login(cast.dispatcher)
    text = page(client, "tickets:board")
    assert "城东供电所" in text
    assert "城东片区" in text
    entry = client.get(reverse("tickets:board")).context["entries"][0]
    assert entry.unit == cast.unit
    sent = client.post(
        reverse("tickets:dispatch", args=[ticket.number]) + f"?next={reverse('tickets:board')}",
        {"unit": entry.unit.pk, "version": ticket.version},
    )
    assert (sent.status_code, sent["Location"]) == (302, reverse("tickets:board"))
    sent_ticket = Ticket.objects.get(pk=ticket.pk)
    assert (sent_ticket.state, sent_ticket.lead_unit) == (State.DISPATCHED, cast.unit)
    again = post(client, "tickets:dispatch", ticket, unit=cast.unit.pk, version=ticket.version)
    assert again == 409


def test_a_returned_ticket_shows_who_returned_it_why_and_whom_they_propose(
    cast: Cast, client: Client
) -> None:
    ticket = give_back(cast, a_ticket(cast, state=State.DISPATCHED))
    client.force_login(cast.dispatcher)
    text = page(client, "tickets:board")
    for words in (ticket.number, WHY, "城西供电所"):
        assert words in text
    entry = client.get(reverse("tickets:board")).context["entries"][0]
    assert entry.unit == cast.other_unit, "the rules name the very unit that returned it"


def test_what_was_returned_twice_stands_apart_and_only_those_who_rule_may_press(
    cast: Cast, client: Client
) -> None:
    ticket = thrown_twice(cast)
    client.force_login(cast.dispatcher)
    assert ticket.number not in page(client, "tickets:board")
    text = page(client, "tickets:board", query="?part=ruling")
    address = reverse("tickets:adjudicate", args=[ticket.number])
    assert ticket.number in text
    assert address not in text
    assert client.get(address).status_code == 403
    client.force_login(cast.supervisor)
    assert address in page(client, "tickets:board", query="?part=ruling")
    typed = {
        "version": ticket.version, "unit": cast.unit.pk, "basis": "片区划分表", "reason": "属城东。"
    }  # fmt: skip
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed).status_code == 409
    assert Ticket.objects.get(pk=ticket.pk).is_adjudicated


def test_many_are_sent_at_once_with_a_result_for_each(cast: Cast, client: Client) -> None:
    tickets = [a_ticket(cast) for _ in range(3)]
    client.force_login(cast.dispatcher)
    numbers = [ticket.number for ticket in tickets]
    preview = client.get(reverse("tickets:board-many"), {"t": numbers})
    assert all(number in preview.content.decode() for number in numbers)
    typed: dict[str, object] = {"t": numbers}
    for ticket in tickets:
        typed[f"unit-{ticket.number}"] = cast.unit.pk
        typed[f"version-{ticket.number}"] = ticket.version
    typed[f"unit-{numbers[2]}"] = ""
    typed[f"version-{numbers[1]}"] = 0
    outcomes = client.post(reverse("tickets:board-many"), typed).context["outcomes"]
    told = {outcome.ticket.number: bool(outcome.refusal) for outcome in outcomes}
    assert told == {numbers[0]: False, numbers[1]: True}
    states = {t.number: t.state for t in Ticket.objects.filter(number__in=numbers)}
    assert states == {numbers[0]: "dispatched", numbers[1]: "new", numbers[2]: "new"}
    again = client.post(reverse("tickets:board-many"), {**typed, "t": numbers[0]})
    assert again.status_code == 302, "nothing of it waits any more"


def test_the_board_is_not_for_others_and_shows_nothing_of_other_companies(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast)
    for person in (cast.operator, cast.handler, cast.leader, cast.outsider, cast.stranger):
        client.force_login(person)
        for name in ("tickets:board", "tickets:board-many"):
            assert client.get(reverse(name)).status_code == 403
    cast.stranger.roles = ["dispatcher"]
    cast.stranger.save()
    client.force_login(cast.stranger)
    assert ticket.number not in page(client, "tickets:board")
    many = client.post(reverse("tickets:board-many"), {"t": ticket.number})
    assert many.status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).state == State.NEW


# Approvals


def test_every_matter_is_decided_by_the_move_that_carries_it_out() -> None:
    assert {matter: rule.move for matter, rule in RULES.items()} == pending.CARRIED_OUT_BY


def test_each_sees_what_waits_for_them_with_its_count(cast: Cast, client: Client) -> None:
    back = ask_back(cast, a_ticket(cast, state=State.IN_PROGRESS))
    rest = ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS))
    more = ask_time(cast, a_ticket(cast, state=State.IN_PROGRESS))
    seen = {
        cast.leader: {back}, cast.liaison: {back}, cast.dispatcher: {rest},
        cast.supervisor: {rest, more}, cast.executive: {rest, more}, cast.callback_agent: set(),
    }  # fmt: skip
    for person, wanted in seen.items():
        assert set(pending.waiting_for(person)) == wanted, person.name_en
        client.force_login(person)
        answer = client.get(reverse("tickets:approvals"))
        assert set(answer.context["waiting"]) == wanted
        item = next(i for i in answer.context["rail"] if i["url"] == reverse("tickets:approvals"))
        assert item["count"] == len(wanted)


def test_approvals_cost_the_same_however_many_wait(cast: Cast, client: Client) -> None:
    client.force_login(cast.supervisor)
    ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS))
    address = reverse("tickets:approvals")
    client.get(address)
    few = statements(client, address)
    for _ in range(3):
        ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS))
    assert few == statements(client, address) <= 8


def test_nobody_sees_or_decides_their_own_request_or_one_of_strangers(
    cast: Cast, client: Client
) -> None:
    own = ask_time(cast, a_ticket(cast, state=State.IN_PROGRESS))
    assert own not in pending.waiting_for(cast.leader)
    rest = ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS))
    client.force_login(cast.leader)
    address = reverse("tickets:approval", args=[own.pk])
    assert client.post(address, {"verdict": "grant"}).status_code == 403
    for person in (cast.outsider, cast.stranger, cast.external_supervisor):
        client.force_login(person)
        assert client.get(reverse("tickets:approval", args=[rest.pk])).status_code == 404
    cast.stranger.roles = ["supervisor"]
    cast.stranger.save()
    client.force_login(cast.stranger)
    assert client.get(reverse("tickets:approval", args=[rest.pk])).status_code == 404
    client.force_login(cast.operator)
    assert client.get(reverse("tickets:approvals")).status_code == 403


def test_a_request_is_granted_once_on_its_page(cast: Cast, client: Client) -> None:
    asked = ask_rest(cast, a_ticket(cast, state=State.IN_PROGRESS), rest=timedelta(days=9))
    Approval.objects.filter(pk=asked.pk).update(until="2099-01-01T00:00:00Z")
    client.force_login(cast.supervisor)
    address = reverse("tickets:approval", args=[asked.pk])
    assert "The relay must be ordered." in client.get(address).content.decode()
    assert client.post(address, {"verdict": "refuse", "note": ""}).status_code == 422
    assert client.post(address, {"verdict": "grant"}).status_code == 302
    assert client.post(address, {"verdict": "grant"}).status_code == 409
    assert Ticket.objects.get(pk=asked.ticket_id).state == State.SUSPENDED


# The ticket's own pages


def test_a_handler_asks_and_a_leader_returns_on_the_same_address(cast: Cast, client: Client) -> None:
    asked, returned = (
        a_ticket(cast, state=State.DISPATCHED, at=clock.now() - 3 * STEP) for _ in range(2)
    )
    typed = {"reason_code": "other_area", "reason": WHY, "unit": cast.other_unit.pk}
    client.force_login(cast.handler)
    assert post(client, "tickets:return", asked, version=asked.version, **typed) == 302
    assert post(client, "tickets:return", asked, version=asked.version, **typed) == 409
    assert Ticket.objects.get(pk=asked.pk).state == State.DISPATCHED
    assert Approval.objects.get(ticket=asked).asked_by == cast.handler
    client.force_login(cast.leader)
    address = reverse("tickets:return", args=[returned.number])
    sent = client.post(address, {**typed, "version": returned.version})
    # The unit no longer sees it, so there is no page of it to go back to.
    assert (sent.status_code, sent["Location"]) == (302, reverse("tickets:work"))
    assert client.post(address, {**typed, "version": returned.version}).status_code == 404
    assert Ticket.objects.get(pk=returned.pk).return_count == 1


def test_a_refusal_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    client.force_login(cast.leader)
    typed = {"version": ticket.version, "reason_code": "other_area", "reason": WHY}
    address = reverse("tickets:return", args=[ticket.number])
    answer = client.post(address, {**typed, "unit": cast.other_unit.pk})
    assert answer.status_code == 409, "the time for returning it has long been over"
    assert WHY in answer.content.decode()


def test_rest_and_more_time_are_asked_for_on_their_pages(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS, at=clock.now() - 4 * STEP)
    client.force_login(cast.leader)
    at = timezone.localtime(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    typed = {"reason_code": "parts", "reason": "The relay must be ordered.", "until": at}
    assert post(client, "tickets:suspend", ticket, **typed) == 302
    assert post(client, "tickets:suspend", ticket, **typed) == 409
    due = Clock.objects.get(ticket=ticket, name="reply", measure="max").due_at
    assert due is not None
    later = timezone.localtime(due + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    more = {"clock": "reply", "reason": "A part comes late.", "until": later}
    assert post(client, "tickets:extend", ticket, **more) == 302
    assert Approval.objects.filter(ticket=ticket).open().count() == 2  # type: ignore[attr-defined]
    text = page(client, "tickets:ticket", ticket.number)
    assert reverse("tickets:suspend", args=[ticket.number]) not in text, "asked for already"


def test_the_ticket_page_shows_requests_rest_and_the_desks_signature(
    cast: Cast, client: Client
) -> None:
    resting = rested(cast)
    client.force_login(cast.handler)
    text = page(client, "tickets:ticket", resting.number)
    assert "The relay must be ordered." in text
    assert reverse("tickets:resume", args=[resting.number]) in text
    ticket = a_ticket(cast, state=State.DISPATCHED)
    signing.sign_due(by=None, at=miss_signing(ticket))
    text = page(client, "tickets:ticket", ticket.number)
    assert reverse("tickets:accept", args=[ticket.number]) in text
    assert post(client, "tickets:accept", ticket) == 302
    assert post(client, "tickets:accept", ticket) == 409
    assert reverse("tickets:accept", args=[ticket.number]) not in page(
        client, "tickets:ticket", ticket.number
    )


def test_an_outsider_finds_none_of_these_pages(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for person, status in ((cast.outsider, 404), (cast.stranger, 404), (cast.operator, 403)):
        client.force_login(person)
        for name in ("return", "suspend", "extend", "transfer", "adjudicate", "resume"):
            address = reverse(f"tickets:{name}", args=[ticket.number])
            assert client.get(address).status_code == status, (person.name_en, name)
            assert client.post(address).status_code == status, (person.name_en, name)
