"""The screens of the callbacks, and who must see nothing of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Disclosure
from notifications.models import Outbox
from servicedesk.lib import clock
from surveys import answers, presetting
from surveys.models import Answer, Attempt, Decision, Invitation, WrongToken
from tests.cast import Cast
from tests.factories.surveys import (
    ANGRY,
    CONTENT,
    a_callback,
    a_link,
    a_taken_callback,
    not_drawn,
    unsatisfied_twice,
)  # fmt: skip
from tests.factories.tickets import a_ticket
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State

NUMBER = "13900000001"


@pytest.fixture
def public() -> Client:
    """A customer's browser, whose posts carry no token of a session."""
    return Client(enforce_csrf_checks=True)


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def now_live(invitation: Invitation) -> None:
    """Bring the times of a March test to the present of the database, which pages ask."""
    invitation.refresh_from_db()
    now = clock.now()
    changes: dict[str, object] = {"next_call_at": now} if invitation.is_drawn else {}
    if invitation.taken_at:
        changes["taken_at"] = now
    if invitation.link_sent_at:
        changes |= {"link_sent_at": now - timedelta(hours=1),
                    "link_expires_at": now + timedelta(days=6)}  # fmt: skip
    Invitation.objects.filter(pk=invitation.pk).update(**changes)
    invitation.refresh_from_db()


def url(token: str) -> str:
    return f"/s/{token}/"


# --- The desk and the call


def test_the_desk_lists_the_agents_open_tasks(cast: Cast) -> None:
    invitation = a_callback(cast)
    page = signed_in(cast.callback_agent).get(reverse("surveys:desk")).content.decode()
    assert invitation.ticket.number in page
    assert NUMBER not in page


def test_the_desk_takes_few_statements_however_many_tasks(cast: Cast) -> None:
    client = signed_in(cast.callback_agent)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("surveys:desk")).status_code == 200
        return len(caught)

    a_callback(cast)
    statements()
    one = statements()
    for day in range(1, 5):
        a_callback(cast, at=cast.at + timedelta(days=day))
    assert statements() == one
    assert one <= 14


@pytest.mark.parametrize("name", ["handler", "operator", "reviewer", "outsider", "stranger"])
def test_the_desk_is_not_for_others(cast: Cast, name: str) -> None:
    invitation = a_callback(cast)
    client = signed_in(cast.everyone()[name])
    assert client.get(reverse("surveys:desk")).status_code == 403
    page = reverse("surveys:call", args=[invitation.pk])
    absent = reverse("surveys:call", args=[invitation.pk + 1000])
    for address in (page, page + "attempt/", page + "take/"):
        answer = client.post(address, {})
        assert answer.status_code == 404
    foreign, missing = client.get(page), client.get(absent)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert len(foreign.content) == len(missing.content)
    assert not Disclosure.objects.exists()


def test_opening_the_call_shows_no_number_before_it_is_taken(cast: Cast) -> None:
    invitation = a_callback(cast)
    client = signed_in(cast.callback_agent)
    address = reverse("surveys:call", args=[invitation.pk])
    assert NUMBER not in client.get(address).content.decode()
    assert not Disclosure.objects.exists()
    taken = client.post(reverse("surveys:take", args=[invitation.pk]))
    assert taken.headers["Location"] == address
    page = client.get(address).content.decode()
    assert NUMBER in page
    assert Disclosure.objects.get().subject == invitation.task_name
    client.get(address)
    assert Disclosure.objects.count() == 1


def test_the_script_stands_in_the_customers_language(cast: Cast) -> None:
    invitation, _ = a_taken_callback(cast, language="en")
    now_live(invitation)
    client = signed_in(cast.callback_agent)
    page = client.get(reverse("surveys:call", args=[invitation.pk])).content.decode()
    assert "Test Power" in page and "my staff number is 3003" in page
    assert "Was the reason explained clearly?" in page
    assert 'checked' not in page


def test_the_answers_are_recorded(cast: Cast) -> None:
    invitation, _ = a_taken_callback(cast)
    now_live(invitation)
    client = signed_in(cast.callback_agent)
    typed = {"solved": "solved", "satisfied": "fairly", "explained": "yes", "independence": "no"}
    sent = client.post(reverse("surveys:call", args=[invitation.pk]), typed)
    assert sent.status_code == 302
    answer = Answer.objects.get()
    assert (answer.satisfied, answer.replies) == ("fairly", {"explained": "yes"})
    assert Ticket.objects.get(pk=invitation.ticket_id).state == State.CLOSED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"satisfied": "satisfied", "verbatim": "还可以"}, "还可以"),
        ({"solved": "not", "satisfied": "satisfied", "verbatim": "没修好"}, "没修好"),
        ({"solved": "yes!", "satisfied": "satisfied", "verbatim": "一般"}, "一般"),
        ({"solved": "solved", "satisfied": "satisfied", "verbatim": "长" * 2001}, "长" * 2001),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Cast, typed: dict[str, str], kept: str
) -> None:
    invitation, _ = a_taken_callback(cast)
    now_live(invitation)
    client = signed_in(cast.callback_agent)
    sent = client.post(reverse("surveys:call", args=[invitation.pk]), typed)
    assert sent.status_code == 422
    assert kept in sent.content.decode()
    assert not Answer.objects.exists()


def test_an_attempt_is_recorded(cast: Cast) -> None:
    invitation, _ = a_taken_callback(cast)
    now_live(invitation)
    client = signed_in(cast.callback_agent)
    address = reverse("surveys:attempt", args=[invitation.pk])
    assert client.post(address, {"result": "completed"}).status_code == 422
    assert client.post(address, {"result": "busy", "note": "占线"}).status_code == 302
    assert Attempt.objects.get().note == "占线"


def test_answers_of_a_task_nobody_took_are_refused_in_the_form(cast: Cast) -> None:
    invitation = a_callback(cast)
    client = signed_in(cast.callback_agent)
    typed = {"solved": "solved", "satisfied": "satisfied"}
    sent = client.post(reverse("surveys:call", args=[invitation.pk]), typed)
    assert sent.status_code == 409
    assert not Answer.objects.exists()


# --- The box on the ticket page


def test_before_the_call_the_unit_cannot_tell_who_is_drawn(cast: Cast) -> None:
    drawn = a_callback(cast)
    passed_by = not_drawn(cast, at=cast.at + timedelta(days=40))
    left_out = a_callback(cast, at=cast.at + timedelta(days=80), is_anonymous=True)
    client = signed_in(cast.leader)
    seen = {
        client.get(reverse("surveys:of-ticket", args=[one.ticket.number])).content
        for one in (drawn, passed_by, left_out)
    }
    assert len(seen) == 1


def test_the_box_shows_the_customers_word(cast: Cast) -> None:
    invitation, at = a_taken_callback(cast)
    answers.record_by_phone(invitation=invitation, reply=ANGRY, by=cast.callback_agent, at=at)
    address = reverse("surveys:of-ticket", args=[invitation.ticket.number])
    assert ANGRY.verbatim in signed_in(cast.handler).get(address).content.decode()
    for person in (cast.outsider, cast.stranger):
        assert signed_in(person).get(address).status_code == 404


def test_the_unit_does_not_read_the_independence_check(cast: Cast) -> None:
    invitation, at = a_taken_callback(cast)
    told = answers.Reply(solved="solved", satisfied="satisfied", independence="yes")
    answers.record_by_phone(invitation=invitation, reply=told, by=cast.callback_agent, at=at)
    address = reverse("surveys:of-ticket", args=[invitation.ticket.number])
    words = Answer.objects.get().get_independence_display()
    assert words not in signed_in(cast.leader).get(address).content.decode()
    assert words in signed_in(cast.supervisor).get(address).content.decode()


# --- The decision


def test_a_supervisor_decides_on_a_page(cast: Cast) -> None:
    ticket, _ = unsatisfied_twice(cast)
    client = signed_in(cast.supervisor)
    desk = client.get(reverse("surveys:desk")).content.decode()
    address = reverse("surveys:decide", args=[ticket.number])
    assert address in desk
    assert client.get(address).status_code == 200
    assert client.post(address, {"choice": "redo"}).status_code == 422
    sent = client.post(address, {"choice": "final_answer", "grounds": "两次核实无误。"})
    assert sent.status_code == 302
    assert Decision.objects.get().by == cast.supervisor
    again = client.post(address, {"choice": "redo", "grounds": "再来一次"})
    assert again.status_code == 409
    assert "再来一次" in again.content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [("handler", 403), ("callback_agent", 403), ("outsider", 404), ("stranger", 404)],
)
def test_the_decision_is_not_for_others(cast: Cast, name: str, status: int) -> None:
    ticket, _ = unsatisfied_twice(cast)
    client = signed_in(cast.everyone()[name])
    address = reverse("surveys:decide", args=[ticket.number])
    typed = {"choice": "final_answer", "grounds": "x"}
    assert client.get(address).status_code == status
    assert client.post(address, typed).status_code == status
    assert not Decision.objects.exists()


# --- The customer's link


def test_opening_the_link_changes_nothing_and_then_the_answer_counts(
    cast: Cast, public: Client
) -> None:
    invitation, token, _ = a_link(cast)
    now_live(invitation)
    before = Invitation.objects.filter(pk=invitation.pk).values().get()
    scanner = {"HTTP_USER_AGENT": "LinkScanner/1.0"}
    for _ in range(10):
        assert public.get(url(token), **scanner).status_code == 200
        assert public.head(url(token), **scanner).status_code == 200
    assert Invitation.objects.filter(pk=invitation.pk).values().get() == before
    typed = {"solved": "solved", "satisfied": "satisfied", "verbatim": "谢谢"}
    # Browsers that keep the referrer to themselves send this origin.
    sent = public.post(url(token), typed, HTTP_ORIGIN="null")
    assert sent.status_code == 200
    assert Answer.objects.get().verbatim == "谢谢"
    assert public.post(url(token), typed, HTTP_ORIGIN="null").status_code == 410
    assert public.get(url(token)).status_code == 410
    assert Answer.objects.count() == 1


def test_the_page_is_small_and_needs_no_script(cast: Cast, public: Client) -> None:
    invitation, token, _ = a_link(cast)
    now_live(invitation)
    page = public.get(url(token))
    assert len(page.content) <= 30_000
    text = page.content.decode()
    assert "<script" not in text and "style=" not in text and "checked" not in text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    assert invitation.ticket.number in text
    assert NUMBER not in text and invitation.ticket.text not in text


def test_it_speaks_the_customers_language_and_can_change_it(cast: Cast, public: Client) -> None:
    invitation, token, _ = a_link(cast)
    now_live(invitation)
    assert "您反映的问题解决了吗" in public.get(url(token)).content.decode()
    english = public.get(url(token) + "?language=en").content.decode()
    assert "Was the problem you told us about solved?" in english
    odd = public.get(url(token) + "?language=../../etc")
    assert "您反映的问题解决了吗" in odd.content.decode()


def test_an_unfinished_answer_keeps_the_link_alive_and_the_words(
    cast: Cast, public: Client
) -> None:
    invitation, token, _ = a_link(cast)
    now_live(invitation)
    sent = public.post(url(token), {"solved": "not", "verbatim": "还是停电"})
    assert sent.status_code == 422
    assert "还是停电" in sent.content.decode()
    assert public.post(url(token), {"solved": "partly", "satisfied": "fairly"}).status_code == 200


def test_wrong_used_and_expired_links_look_the_same(cast: Cast, public: Client) -> None:
    used, token, _ = a_link(cast)
    now_live(used)
    public.post(url(token), {"solved": "solved", "satisfied": "satisfied"})
    expired, old_token, _ = a_link(cast, at=cast.at + timedelta(days=40))
    pages = [public.get(url(one)) for one in (token, old_token, "A" * 22, "short")]
    assert {page.status_code for page in pages} == {410}
    assert len({page.content for page in pages}) == 1
    assert public.post(url(old_token), {"solved": "solved"}).status_code == 410


@pytest.mark.parametrize("name", ["handler", "callback_agent", "administrator"])
def test_signed_in_staff_are_refused(cast: Cast, name: str) -> None:
    invitation, token, _ = a_link(cast)
    now_live(invitation)
    client = signed_in(cast.everyone()[name])
    typed = {"solved": "solved", "satisfied": "satisfied"}
    assert client.get(url(token)).status_code == 403
    assert client.post(url(token), typed).status_code == 403
    assert not Answer.objects.exists()


def test_guessing_is_held_back_by_address(cast: Cast, public: Client) -> None:
    invitation, token, _ = a_link(cast)
    now_live(invitation)
    for n in range(20):
        assert public.get(url(f"{n:022d}")).status_code == 410
    assert public.get(url("B" * 22)).status_code == 429
    assert public.get(url(token)).status_code == 429
    assert public.get(url(token), REMOTE_ADDR="10.1.2.3").status_code == 200
    assert WrongToken.objects.get().tries == 20


def test_a_used_link_is_no_guess(cast: Cast, public: Client) -> None:
    invitation, token, _ = a_link(cast)
    now_live(invitation)
    public.post(url(token), {"solved": "solved", "satisfied": "satisfied"})
    for _ in range(25):
        assert public.get(url(token)).status_code == 410
    assert not WrongToken.objects.exists()


def test_no_staff_page_holds_the_token(cast: Cast) -> None:
    invitation, token, at = a_link(cast)
    answers.record_by_link(token=token, reply=CONTENT, by=None, at=at)
    number = invitation.ticket.number
    addresses = [
        reverse("surveys:desk"), reverse("surveys:of-ticket", args=[number]),
        reverse("tickets:ticket", args=[number]), reverse("notifications:outgoing"),
    ]  # fmt: skip
    assert Outbox.objects.filter(facts__token=token).exists()
    for person in (cast.supervisor, cast.callback_agent, cast.administrator):
        for address in addresses:
            assert token not in signed_in(person).get(address).content.decode()


def test_the_shipped_questionnaires_load_once(cast: Cast) -> None:
    assert presetting.load(by=None, at=cast.at) == 5
    assert presetting.load(by=None, at=cast.at) == 0


def test_a_ticket_not_yet_reviewed_says_when_the_customer_is_asked(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REQUEST, state=State.IN_PROGRESS)
    page = signed_in(cast.handler).get(reverse("surveys:of-ticket", args=[ticket.number]))
    assert page.status_code == 200
    assert "<li" not in page.content.decode()
