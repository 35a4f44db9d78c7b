"""What the first-asked tracker promises, confirms and has on their list."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Notice
from surveys import answers, callbacks, invitations
from surveys.models import Result
from tests.cast import Cast
from tests.factories.surveys import a_callback, not_drawn
from tests.factories.tickets import STEP, a_ticket, settled_on_the_spot
from tickets import (
    contact,
    handing_over,
    held_work,
    lifecycle,
    permissions,
    promising,
    telling,
)
from tickets.kinds import Kind, Means, Untold
from tickets.models import Event, HandOver, Ticket
from tickets.states import State


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def promise(cast: Cast, ticket: Ticket, *, until: datetime, at: datetime) -> Ticket:
    return promising.promise_update(
        ticket=ticket, until=until, means=Means.PHONE, is_told=True, note="下午三点前回电",
        by=cast.operator, at=at,
    )  # fmt: skip


def told(code: str) -> set[int]:
    return set(Notice.objects.filter(code=code).values_list("staff", flat=True))


# Closing


def test_nothing_closes_before_the_tracker_confirms(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, is_told=False)
    later = ticket.latest_event_at + STEP
    with pytest.raises(lifecycle.NotConfirmed):
        lifecycle.close(ticket=ticket, reason="answered", by=cast.callback_agent, at=later)
    assert fresh(ticket).state == State.CALLBACK
    telling.confirm(ticket=ticket, means=Means.PHONE, note="已电话告知", by=cast.operator, at=later)
    closed = lifecycle.close(ticket=ticket, reason="answered", by=cast.callback_agent, at=later)
    assert closed.state == State.CLOSED
    word = Event.objects.get(ticket=ticket, code="told_confirmed")
    assert (word.by_id, word.facts["means"], word.facts["note"]) == (
        cast.operator.pk, "phone", "已电话告知",
    )  # fmt: skip


def test_the_database_too_refuses_to_close_it(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, is_told=False)
    with pytest.raises(IntegrityError, match="ticket_never_closes_unless_told"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state=State.CLOSED, closed_at=cast.at)


def test_only_the_tracker_confirms(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, is_told=False)
    for person in (cast.handler, cast.leader, cast.clerk, cast.callback_agent, cast.outsider):
        with pytest.raises(permissions.NotYours):
            telling.confirm(ticket=ticket, means=Means.PHONE, by=person, at=cast.at + 9 * STEP)
    with pytest.raises(telling.NotTheTracker):
        telling.confirm(
            ticket=ticket, means=Means.PHONE, by=cast.supervisor, at=cast.at + 9 * STEP
        )
    assert fresh(ticket).told_confirmed_at is None


def test_a_supervisor_may_say_why_nobody_could_be_told(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, is_told=False)
    act = {"ticket": ticket, "by": cast.supervisor, "at": cast.at + 9 * STEP}
    with pytest.raises(telling.WhyUntold):
        telling.excuse(why_not="  ", **act)
    telling.excuse(why_not="The house was pulled down.", **act)
    with pytest.raises(telling.AlreadyConfirmed):
        telling.excuse(why_not="Once more", **act)
    assert fresh(ticket).untold_reason == "The house was pulled down."
    with pytest.raises(permissions.NotYours):
        telling.excuse(ticket=ticket, why_not="x", by=cast.handler, at=cast.at + 9 * STEP)


def test_it_cannot_be_confirmed_before_there_is_a_result(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(permissions.NotAllowedNow):
        telling.confirm(ticket=ticket, means=Means.PHONE, by=cast.operator, at=cast.at + 9 * STEP)


def test_an_answer_given_on_the_spot_by_the_tracker_confirms_itself(cast: Cast) -> None:
    ticket = settled_on_the_spot(cast)
    assert ticket.told_confirmed_at == ticket.latest_event_at


def test_another_result_asks_for_another_word(cast: Cast) -> None:
    reviewed = a_ticket(cast, state=State.DONE_PENDING_REVIEW)
    telling.confirm(
        ticket=reviewed, means=Means.PHONE, by=cast.operator, at=reviewed.latest_event_at
    )
    lifecycle.reject(ticket=reviewed, reason="No photo", by=cast.reviewer, at=cast.at + 9 * STEP)
    assert not fresh(reviewed).is_told_settled
    called = a_ticket(cast, state=State.CALLBACK)
    lifecycle.redo(
        ticket=called, reason="Still dark", supervisor=None, by=cast.callback_agent,
        at=cast.at + 9 * STEP,
    )  # fmt: skip
    assert not fresh(called).is_told_settled
    closed = a_ticket(cast, state=State.CLOSED)
    lifecycle.reopen(
        ticket=closed, reason="Again", supervisor=None, by=cast.supervisor, at=cast.at + 9 * STEP
    )
    assert not fresh(closed).is_told_settled


def test_the_window_does_not_close_what_nobody_confirmed(cast: Cast) -> None:
    waiting, sound = not_drawn(cast), not_drawn(cast, at=cast.at + timedelta(days=1))
    Ticket.objects.filter(pk=waiting.ticket_id).update(told_confirmed_at=None)
    after = sound.window_ends_at + timedelta(hours=1)
    assert invitations.close_windows(by=None, at=after) == 1
    assert fresh(waiting.ticket).state == State.CALLBACK
    assert fresh(sound.ticket).state == State.CLOSED
    assert list(Ticket.objects.awaiting_confirmation()) == [waiting.ticket]
    telling.confirm(ticket=waiting.ticket, means=Means.VISIT, by=cast.operator, at=after)
    assert invitations.close_windows(by=None, at=after) == 1
    assert fresh(waiting.ticket).state == State.CLOSED


def test_the_tracker_hears_that_their_word_is_wanted(cast: Cast) -> None:
    a_ticket(cast, state=State.CALLBACK, is_told=False)
    assert told("to_confirm") == {cast.operator.pk}


def test_a_customer_who_spoke_in_the_callback_was_told(cast: Cast) -> None:
    invitation = a_callback(cast)
    Ticket.objects.filter(pk=invitation.ticket_id).update(told_confirmed_at=None)
    at = invitation.next_call_at
    assert at is not None
    callbacks.take(invitation=invitation, by=cast.callback_agent, at=at)
    answers.record_by_phone(
        invitation=invitation, reply=answers.Reply(solved="solved", satisfied="satisfied"),
        by=cast.callback_agent, at=at,
    )  # fmt: skip
    ticket = fresh(invitation.ticket)
    assert (ticket.state, ticket.untold_reason) == (State.CLOSED, "")
    word = Event.objects.filter(ticket=ticket, code="told_confirmed").latest("id")
    assert (word.by_id, word.facts["means"]) == (None, "callback")
    assert word.facts["caller_id"] == cast.callback_agent.pk


@pytest.mark.parametrize(
    ("result", "fact"),
    [(Result.REFUSED, Untold.DECLINED), (Result.WRONG_NUMBER, Untold.UNREACHABLE)],
)
def test_what_the_callback_finds_out_is_the_reason(
    result: Result, fact: Untold, cast: Cast
) -> None:
    invitation = a_callback(cast)
    Ticket.objects.filter(pk=invitation.ticket_id).update(told_confirmed_at=None)
    at = invitation.next_call_at
    assert at is not None
    callbacks.take(invitation=invitation, by=cast.callback_agent, at=at)
    callbacks.record_attempt(
        invitation=invitation, result=result, note="", by=cast.callback_agent, at=at
    )
    ticket = fresh(invitation.ticket)
    assert (ticket.state, ticket.untold_reason) == (State.CLOSED, fact)


# Promised updates


def test_a_promise_stands_on_the_ticket_and_a_later_one_takes_its_place(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    promise(cast, ticket, until=at + timedelta(hours=3), at=at)
    promise(cast, ticket, until=at + timedelta(hours=5), at=at + STEP)
    kept = fresh(ticket)
    assert kept.next_update_at == kept.update_fires_at == at + timedelta(hours=5)
    event = Event.objects.filter(ticket=ticket, code="update_promised").latest("id")
    assert event.facts["was"] == (at + timedelta(hours=3)).isoformat()


def test_it_refuses_a_promise_of_the_past_or_one_nobody_knows_of(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    with pytest.raises(promising.PromisedPast):
        promise(cast, ticket, until=at, at=at)
    with pytest.raises(promising.CustomerNotTold):
        promising.promise_update(
            ticket=ticket, until=at + STEP, means=Means.PHONE, is_told=False, by=cast.operator, at=at
        )
    with pytest.raises(permissions.NotYours):
        promising.promise_update(
            ticket=ticket, until=at + STEP, means=Means.PHONE, is_told=True, by=cast.auditor, at=at
        )
    with pytest.raises(permissions.NotAllowedNow):
        promise(cast, a_ticket(cast, state=State.CLOSED), until=at + 99 * STEP, at=at + 90 * STEP)


@pytest.mark.parametrize(("after", "is_kept"), [(1, True), (4, False)])
def test_speaking_with_the_customer_keeps_the_promise(
    after: int, is_kept: bool, cast: Cast
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    promise(cast, ticket, until=at + timedelta(hours=3), at=at)
    tried = {"ticket": ticket, "note": "", "by": cast.handler, "at": at + timedelta(hours=after)}
    contact.record(means=Means.PHONE, is_reached=False, **tried)
    contact.record(means=Means.MESSAGE, is_reached=True, **tried)
    assert fresh(ticket).next_update_at is not None
    contact.record(means=Means.PHONE, is_reached=True, **tried)
    assert fresh(ticket).next_update_at is None
    assert Event.objects.filter(ticket=ticket).latest("id").facts["is_kept"] is is_kept


def test_a_missed_promise_is_told_once_and_on_time(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    due = at + timedelta(hours=3)
    promise(cast, ticket, until=due, at=at)
    assert promising.fire_due(by=None, at=due - timedelta(seconds=1)) == 0
    assert promising.fire_due(by=None, at=due) == 1
    assert promising.fire_due(by=None, at=due + timedelta(hours=1)) == 0
    assert told("update_missed") == {cast.operator.pk}
    event = Event.objects.get(ticket=ticket, code="update_missed")
    assert (event.at, event.facts["promised_at"]) == (due, due.isoformat())
    assert "late_seconds" not in event.facts
    # It stays on the list until somebody has spoken with the customer.
    assert fresh(ticket).next_update_at == due


def test_the_leader_of_the_trackers_unit_hears_too(cast: Cast) -> None:
    cast.centre.leader = cast.dispatcher
    cast.centre.save()
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    promise(cast, ticket, until=at + STEP, at=at)
    promising.fire_due(by=None, at=at + 10 * STEP)
    assert told("update_missed") == {cast.operator.pk, cast.dispatcher.pk}
    assert Event.objects.get(code="update_missed").facts["late_seconds"] == 9 * 600


def test_what_ended_meanwhile_fires_nothing(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    promise(cast, ticket, until=at + STEP, at=at)
    lifecycle.cancel(ticket=ticket, reason="Twice", by=cast.supervisor, at=at)
    assert fresh(ticket).next_update_at is None
    assert promising.fire_due(by=None, at=at + 2 * STEP) == 0
    assert not Event.objects.filter(code="update_missed").exists()


def test_one_that_raises_is_pushed_away_and_the_rest_go_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (a_ticket(cast, state=State.IN_PROGRESS) for _ in range(2))
    at = second.latest_event_at + STEP
    for ticket in (first, second):
        promise(cast, ticket, until=at + STEP, at=at)
    as_it_is = promising.duty_roster.responsible

    def fail_once(unit: object, role: object, instant: datetime) -> object:
        monkeypatch.setattr(promising.duty_roster, "responsible", as_it_is)
        raise RuntimeError("The disk is full")

    monkeypatch.setattr(promising.duty_roster, "responsible", fail_once)
    due = at + STEP
    assert promising.fire_due(by=None, at=due) == 2
    assert list(Event.objects.filter(code="update_missed").values_list("ticket", flat=True)) == [
        second.pk
    ]
    assert fresh(first).update_fires_at == due + timedelta(seconds=30)
    promising.fire_due(by=None, at=due + timedelta(seconds=30))
    assert Event.objects.filter(code="update_missed", ticket=first).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_engines_fire_a_missed_promise_once(cast: Cast) -> None:
    tickets = [a_ticket(cast, state=State.IN_PROGRESS) for _ in range(6)]
    at = tickets[-1].latest_event_at + STEP
    for ticket in tickets:
        promise(cast, ticket, until=at + STEP, at=at)
    start, taken = Barrier(2), []

    def sweep() -> None:
        start.wait()
        for _ in range(6):
            taken.append(promising.fire_due(by=None, at=at + STEP, limit=2))
        connection.close()

    engines = [Thread(target=sweep) for _ in range(2)]
    for engine in engines:
        engine.start()
    for engine in engines:
        engine.join()
    assert sum(taken) == 6
    assert Event.objects.filter(code="update_missed").count() == 6


# The list


def numbers(client: Client, **query: str) -> list[str]:
    page = client.get(reverse("tickets:promised"), query).context["page"]
    return [row.number for row in page.rows]


def test_the_list_holds_what_one_took_whoever_handles_it_missed_promises_first(
    cast: Cast, client: Client
) -> None:
    plain, soon, late, waiting = (
        a_ticket(cast, state=state, is_told=False)
        for state in (State.NEW, State.IN_PROGRESS, State.DISPATCHED, State.CALLBACK)
    )
    closed = a_ticket(cast, state=State.CLOSED)
    at = waiting.latest_event_at
    promise(cast, soon, until=at + timedelta(hours=4), at=at)
    promise(cast, late, until=at + timedelta(hours=1), at=at)
    client.force_login(cast.operator)
    assert numbers(client) == [late.number, soon.number, plain.number, waiting.number]
    assert numbers(client, tab="updates") == [late.number, soon.number]
    assert numbers(client, tab="confirm") == [waiting.number]
    assert closed.number not in numbers(client)


@pytest.mark.parametrize("role", ["clerk", "handler", "supervisor", "outsider", "stranger"])
def test_nobody_elses_promises_are_on_it(role: str, cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(getattr(cast, role))
    answer = client.get(reverse("tickets:promised"))
    assert ticket.number not in answer.content.decode()
    assert [tab.count() for tab in answer.context["tabs"]] == [0, 0, 0]


def test_the_list_costs_the_same_however_long_it_is(cast: Cast, client: Client) -> None:
    client.force_login(cast.operator)
    counts = []
    for _ in range(2):
        for kind in (Kind.FAULT, Kind.COMPLAINT):
            a_ticket(cast, kind=kind, state=State.IN_PROGRESS)
        client.get(reverse("tickets:promised"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("tickets:promised"))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10, counts


def test_it_pages_by_key(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickets.views.tracker.PAGE", 2)
    tickets = [a_ticket(cast, kind=Kind.FAULT) for _ in range(5)]
    at = tickets[-1].latest_event_at
    for n, ticket in enumerate(tickets[:3]):
        promise(cast, ticket, until=at + timedelta(hours=n + 1), at=at)
    client.force_login(cast.operator)
    seen, key = [], ""
    for _ in range(3):
        page = client.get(reverse("tickets:promised"), {"after": key}).context["page"]
        seen += [row.number for row in page.rows]
        key = page.next_key
    assert seen == [ticket.number for ticket in tickets] and not key


# The forms


def test_the_tracker_promises_and_confirms_by_forms(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, is_told=False)
    client.force_login(cast.operator)
    address = reverse("tickets:promise", args=[ticket.number])
    past = client.post(address, {"until": "2020-01-01T10:00", "means": "phone", "is_told": "on"})
    assert past.status_code == 409 and "2020-01-01T10:00" in past.content.decode()
    typed = {"until": "2099-01-01T10:00", "means": "phone", "note": "下周回电"}
    assert client.post(address, typed).status_code == 409
    assert client.post(address, typed | {"is_told": "on"}).status_code == 302
    assert fresh(ticket).next_update_at is not None

    address = reverse("tickets:confirm", args=[ticket.number])
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"is_told": "no", "why_not": ""}).status_code == 409
    sent = {"is_told": "yes", "means": "phone", "note": "", "why_not": ""}
    assert client.post(address, sent).status_code == 302
    # The second press of the button, and the page fetched back from the browser's memory.
    again = client.post(address, sent)
    assert again.status_code == 409
    assert Event.objects.filter(ticket=ticket, code="told_confirmed").count() == 1
    assert fresh(ticket).told_confirmed_at is not None
    assert fresh(ticket).next_update_at is None


def test_a_supervisor_is_only_asked_why_not(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, is_told=False)
    client.force_login(cast.supervisor)
    address = reverse("tickets:confirm", args=[ticket.number])
    assert set(client.get(address).context["form"].fields) == {"why_not"}
    assert client.post(address, {"is_told": "yes", "means": "phone"}).status_code == 422
    assert client.post(address, {"why_not": "客户已搬离"}).status_code == 302
    assert fresh(ticket).untold_reason == "客户已搬离"


def test_the_button_stands_where_the_word_is_wanted(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.CALLBACK, is_told=False)
    page, address = reverse("tickets:ticket", args=[ticket.number]), f"{ticket.number}/confirm/"
    client.force_login(cast.operator)
    assert address in client.get(page).content.decode()
    client.force_login(cast.handler)
    assert address not in client.get(page).content.decode()
    assert client.get(reverse("tickets:confirm", args=[ticket.number])).status_code == 403
    client.force_login(cast.outsider)
    assert client.get(reverse("tickets:confirm", args=[ticket.number])).status_code == 404


def test_the_engine_fires_missed_promises_and_unsigned_lists_by_itself(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    promise(cast, ticket, until=at + STEP, at=at)
    handing_over.make(
        giver=cast.handler, successor=cast.field_worker, ground=HandOver.Ground.SHIFT,
        pieces=held_work.of(cast.handler), by=cast.handler, at=at,
    )  # fmt: skip
    call_command("run_deadlines", "--once")
    assert told("update_missed") == {cast.operator.pk}
    assert told("hand_over_unsigned") == {cast.leader.pk, cast.liaison.pk}
