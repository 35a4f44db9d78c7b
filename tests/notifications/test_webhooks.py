"""Events for receivers outside: written with the event, signed, without private words, once."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from notifications import delivery, hooks, silence, subscriptions
from notifications.models import Channel, Outbox, OutboxState, WebhookSubscription
from servicedesk.lib.errors import NotAllowed
from servicedesk.processes.places import TREE
from tests.cast import Cast
from tests.factories import tickets
from tests.notifications import receivers
from tests.notifications.receivers import Receiver
from tickets import dispatching, escalation, reclassification, transition
from tickets.kinds import Kind
from tickets.models import Approval, Event, Ticket
from tickets.states import Move, State

EVENTS = ["received", "dispatched", "overdue"]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with receivers.listening() as found:
        found.status = 204
        found.answer = b""
        yield found


@pytest.fixture
def subscription(cast: Cast, receiver: Receiver) -> WebhookSubscription:
    return subscriptions.subscribe(
        name="ERP", url=receiver.url, events=EVENTS, by=cast.administrator, at=cast.at
    )


@pytest.fixture
def is_genuine() -> Callable[..., bool]:
    """What docs/webhooks.md tells its reader to do, run as it stands there."""
    snippet = re.search(r"```python\n(.*?)```", (TREE / "docs/webhooks.md").read_text(), re.S)
    assert snippet is not None
    names: dict[str, object] = {}
    exec(snippet.group(1), names)  # noqa: S102 - our own document
    found = names["is_genuine"]
    assert callable(found)
    return found


def waiting() -> list[Outbox]:
    return list(Outbox.objects.filter(channel=Channel.WEBHOOK).order_by("pk"))


def deliver(message: Outbox, at: datetime) -> Outbox:
    delivery.deliver(message_id=message.pk, by=None, at=at)
    message.refresh_from_db()
    return message


def test_a_chosen_event_is_a_message_in_the_same_commit(
    cast: Cast, subscription: WebhookSubscription
) -> None:
    ticket = tickets.a_ticket(cast, state=State.DISPATCHED)
    born, sent = waiting()
    assert born.facts == {
        "event": "received", "number": ticket.number, "state": "new", "kind": "COMPLAINT",
        "utility": "power", "unit": born.facts["unit"], "at": born.facts["at"],
    }  # fmt: skip
    assert (sent.facts["event"], sent.facts["unit"]) == ("dispatched", "EAST-1")
    assert sent.subscription == subscription
    assert (sent.subject, sent.scope_path) == (ticket.number, cast.company.path)


def test_if_the_step_fails_there_is_no_message(
    cast: Cast, subscription: WebhookSubscription
) -> None:
    ticket = tickets.a_ticket(cast)
    before = len(waiting())
    with pytest.raises(ZeroDivisionError), transition.step(
        ticket, Move.DISPATCH, by=cast.dispatcher, at=cast.at
    ) as step:
        step.ticket.lead_unit = cast.unit
        raise ZeroDivisionError
    assert len(waiting()) == before


def test_what_the_desk_says_by_itself_is_told_too_each_once(
    cast: Cast, subscription: WebhookSubscription
) -> None:
    tickets.a_ticket(cast, state=State.IN_PROGRESS)
    for _ in range(2):
        escalation.fire_due(by=None, at=cast.at + timedelta(days=30), limit=200)
    events = Event.objects.filter(code="overdue").count()
    told = [one.key for one in waiting() if one.facts["event"] == "overdue"]
    assert len(set(told)) == len(told) == events > 1


def test_the_receiver_can_check_the_signature_as_the_document_says(
    cast: Cast, subscription: WebhookSubscription, receiver: Receiver,
    is_genuine: Callable[..., bool],
) -> None:  # fmt: skip
    tickets.a_ticket(cast)
    message = deliver(waiting()[0], cast.at)
    assert message.state == OutboxState.SENT
    (got,) = receiver.got
    secret = subscriptions.secret(subscription=subscription, by=cast.administrator, at=cast.at)
    now = cast.at.timestamp()
    assert is_genuine(secret, got.headers, got.body, now)
    assert not is_genuine(secret, got.headers, got.body + b" ", now)
    assert not is_genuine(secret, got.headers, got.body, now + 301)
    assert not is_genuine("another", got.headers, got.body, now)
    assert got.headers["Idempotency-Key"] == json.loads(got.body)["id"] == message.key


def test_for_a_day_both_secrets_are_right(
    cast: Cast, subscription: WebhookSubscription, receiver: Receiver,
    is_genuine: Callable[..., bool],
) -> None:  # fmt: skip
    def secret() -> str:
        return subscriptions.secret(subscription=subscription, by=cast.administrator, at=cast.at)

    old = secret()
    subscriptions.rotate(subscription=subscription, by=cast.administrator, at=cast.at)
    new = secret()
    assert old != new
    tickets.a_ticket(cast)
    message = waiting()[0]
    for hours, rights in ((23, (True, True)), (25, (False, True))):
        Outbox.objects.filter(pk=message.pk).update(state="pending", sent_at=None)
        at = cast.at + timedelta(hours=hours)
        deliver(message, at)
        got = receiver.got[-1]
        now = at.timestamp()
        judged = [is_genuine(one, got.headers, got.body, now) for one in (old, new)]
        assert tuple(judged) == rights


def test_no_private_word_leaves(cast: Cast, subscription: WebhookSubscription) -> None:
    ticket = tickets.a_ticket(cast, state=State.DISPATCHED)
    said = json.dumps([one.facts for one in waiting()], ensure_ascii=False)
    private = {name: getattr(ticket, name) for name in Ticket.private_fields}
    for name, value in private.items():
        assert not (isinstance(value, str) and len(value) > 2 and value in said), name
    assert ticket.subject not in said
    assert cast.customer.name not in said


def test_a_confidential_report_never_leaves(cast: Cast, subscription: WebhookSubscription) -> None:
    tickets.a_ticket(cast, kind=Kind.REPORT)
    assert waiting() == []


def test_what_becomes_a_report_is_taken_back_and_says_nothing_more(
    cast: Cast, subscription: WebhookSubscription
) -> None:
    ticket = tickets.a_ticket(cast, state=State.IN_PROGRESS)
    subscriptions.amend(
        subscription=subscription, name="ERP", url=subscription.url,
        events=[*EVENTS, "reclassified"], by=cast.administrator, at=cast.at,
    )  # fmt: skip
    assert len(waiting()) == 2
    asked = Approval(
        ticket=ticket, asked_by=cast.reviewer, new_kind=Kind.REPORT,
        new_category=cast.category("power-report-staff"),
    )  # fmt: skip
    at = cast.at + timedelta(hours=1)
    with transition.step(ticket, Move.RECLASSIFY, by=cast.supervisor, at=at) as step:
        reclassification.carry_out(step, asked)
    assert waiting() == []


def test_another_company_hears_nothing(cast: Cast, receiver: Receiver) -> None:
    elsewhere = WebhookSubscription.objects.create(
        name="TEL", url=receiver.url, events=EVENTS, scope_path=cast.other_company.path,
        created_at=cast.at,
    )  # fmt: skip
    hooks.memory.forget()
    tickets.a_ticket(cast, state=State.DISPATCHED)
    assert not Outbox.objects.filter(subscription=elsewhere).exists()


def test_an_event_not_chosen_and_a_switched_off_receiver_make_no_message(
    cast: Cast, subscription: WebhookSubscription
) -> None:
    subscriptions.amend(
        subscription=subscription, name="ERP", url=subscription.url, events=["closed"],
        by=cast.administrator, at=cast.at,
    )  # fmt: skip
    tickets.a_ticket(cast)
    subscriptions.amend(
        subscription=subscription, name="ERP", url=subscription.url, events=EVENTS,
        by=cast.administrator, at=cast.at,
    )  # fmt: skip
    subscriptions.switch(
        subscription=subscription, is_active=False, by=cast.administrator, at=cast.at
    )
    tickets.a_ticket(cast)
    assert waiting() == []


def test_one_that_is_off_when_its_message_is_due_gets_nothing(
    cast: Cast, subscription: WebhookSubscription, receiver: Receiver
) -> None:
    tickets.a_ticket(cast)
    subscriptions.switch(
        subscription=subscription, is_active=False, by=cast.administrator, at=cast.at
    )
    message = deliver(waiting()[0], cast.at)
    assert (message.state, receiver.got) == (OutboxState.DEAD, [])
    assert "switched off" in message.latest_error


def test_history_tells_nobody(cast: Cast, subscription: WebhookSubscription) -> None:
    with silence.during_history():
        tickets.a_ticket(cast)
    assert waiting() == []


def test_where_nobody_listens_a_change_costs_no_statement_more(cast: Cast) -> None:
    """The only question, who listens, is asked by each process once in hooks.FRESH seconds."""
    drafts = [tickets.a_ticket(cast) for _ in range(3)]
    counts = []
    for ticket, until in zip(drafts, (float("inf"), 0.0, float("inf")), strict=True):
        if until:
            hooks.memory.known = []
        hooks.memory.until = until
        with CaptureQueriesContext(connection) as captured:
            dispatching.dispatch(
                ticket=ticket, to=cast.unit, by=cast.dispatcher,
                at=cast.at + timedelta(minutes=20),
            )  # fmt: skip
        counts.append(len(captured))
    assert counts[0] == counts[2] == counts[1] - 1


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("https://user:secret@erp.example.org/x", subscriptions.WrongAddress),
        ("https://erp.example.org/x#part", subscriptions.WrongAddress),
        ("gopher://erp.example.org/", subscriptions.WrongAddress),
        ("https:///nowhere", subscriptions.WrongAddress),
        ("https://erp.example.org:99999/", subscriptions.WrongAddress),
        ("https://" + "x" * 300, subscriptions.WrongAddress),
        ("http://erp.example.org/x", subscriptions.NotEncrypted),
        ("http://8.8.8.8/x", subscriptions.NotEncrypted),
        ("https://10.0.0.1/x", subscriptions.AddressInside),
        ("https://[::ffff:10.0.0.1]/x", subscriptions.AddressInside),
        ("https://169.254.169.254/latest", subscriptions.AddressInside),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_at_once(
    url: str, error: type[Exception], cast: Cast
) -> None:
    with pytest.raises(error):
        subscriptions.subscribe(
            name="x", url=url, events=["closed"], by=cast.administrator, at=cast.at
        )


def test_only_an_administrator_enters_receivers_and_learns_secrets(
    cast: Cast, subscription: WebhookSubscription
) -> None:
    for person in (cast.supervisor, cast.executive, cast.clerk):
        with pytest.raises(NotAllowed):
            subscriptions.subscribe(
                name="x", url="https://erp.example.org", events=["closed"], by=person, at=cast.at
            )
        with pytest.raises(NotAllowed):
            subscriptions.secret(subscription=subscription, by=person, at=cast.at)


def test_the_secret_is_in_no_table(cast: Cast, subscription: WebhookSubscription) -> None:
    secret = subscriptions.secret(subscription=subscription, by=cast.administrator, at=cast.at)
    row = WebhookSubscription.objects.values().get(pk=subscription.pk)
    assert secret not in json.dumps(row, default=str)
    assert len(secret) > 40
