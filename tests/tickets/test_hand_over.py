"""Shift and absence hand-over: what moves, when, and what does not."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from notifications.models import Notice, Outbox
from organisation.models import Staff
from tests.cast import Cast
from tests.factories.tasks import a_task
from tests.factories.tickets import STEP, a_ticket
from tickets import (
    dispatching,
    hand_over_alarm,
    handing_over,
    held_work,
    lifecycle,
    supervision,
)
from tickets.held_work import Duty, Held
from tickets.kinds import Kind
from tickets.models import Event, HandOver, Holding, Supervision, Task, Ticket
from tickets.states import State

LATER = timedelta(hours=3)


def give(cast: Cast, giver: Staff, successor: Staff, *pieces: Held, **changes: Any) -> HandOver:
    """The giver's list of these tickets, or of everything they hold."""
    act = {
        "giver": giver, "successor": successor, "ground": HandOver.Ground.SHIFT, "by": giver,
        "at": cast.at + LATER, "pieces": pieces or held_work.of(giver),
    }  # fmt: skip
    return handing_over.make(**act | changes)


def sign(cast: Cast, hand_over: HandOver, **changes: Any) -> HandOver:
    act = {"hand_over": hand_over, "by": hand_over.successor, "at": cast.at + LATER + STEP}
    return handing_over.sign(**act | changes)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def endings(hand_over: HandOver) -> list[str]:
    return list(hand_over.items.order_by("id").values_list("ending", flat=True))


def told(code: str) -> set[int]:
    return set(Notice.objects.filter(code=code).values_list("staff", flat=True))


@pytest.fixture
def held(cast: Cast) -> Ticket:
    return a_ticket(cast, state=State.IN_PROGRESS)


def test_nothing_changes_until_the_successor_signs(cast: Cast, held: Ticket) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    assert fresh(held).lead_handler == cast.handler
    assert told("hand_over_to_sign") == {cast.field_worker.pk}
    sign(cast, given)
    assert fresh(held).lead_handler == cast.field_worker
    assert fresh(held).tracker == cast.operator
    assert told("hand_over_signed") == {cast.handler.pk}
    event = Event.objects.get(ticket=held, code="handed_over")
    assert event.facts == {
        "duty": "handler", "duties": ["handler"], "from_id": cast.handler.pk,
        "to_id": cast.field_worker.pk, "hand_over": given.pk,
    }  # fmt: skip


def test_the_dwell_of_both_is_right_to_the_second(cast: Cast, held: Ticket) -> None:
    signed = sign(cast, give(cast, cast.handler, cast.field_worker))
    before, after = Holding.objects.filter(ticket=held).order_by("from_at", "id").reverse()[:2][::-1]
    assert (before.staff, before.to_at) == (cast.handler, signed.signed_at)
    assert (after.staff, after.from_at, after.to_at) == (
        cast.field_worker, signed.signed_at, None,
    )  # fmt: skip
    assert (before.unit, before.state) == (after.unit, after.state)


def test_the_tracker_hands_over_to_another_who_is_asked_first(cast: Cast, held: Ticket) -> None:
    sign(cast, give(cast, cast.operator, cast.clerk))
    assert fresh(held).tracker == cast.clerk
    assert fresh(held).lead_handler == cast.handler
    assert Holding.objects.filter(ticket=held, to_at=None).get().staff == cast.handler


def test_both_duties_of_one_ticket_take_one_step(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.ENQUIRY)
    ticket = lifecycle.resolve_on_the_spot(
        ticket=ticket, answer="Told", by=cast.operator, at=cast.at + STEP
    )
    second = Staff.objects.get(pk=cast.clerk.pk)
    second.unit = cast.centre
    second.save()
    sign(cast, give(cast, cast.operator, second))
    event = Event.objects.get(ticket=ticket, code="handed_over")
    assert event.facts["duties"] == ["tracker", "handler"]
    assert (fresh(ticket).tracker, fresh(ticket).lead_handler) == (second, second)


def test_tasks_supervision_and_requests_go_along(cast: Cast, held: Ticket) -> None:
    task = a_task(cast, ticket=held, staff=cast.supervisor)
    supervision.supervise(
        ticket=held, reason="Third chase", by=cast.supervisor, at=cast.at + LATER
    )
    second = Staff.objects.get(pk=cast.executive.pk)
    given = give(cast, cast.supervisor, second)
    assert {item.duty for item in given.items.all()} == {Duty.TASKS, Duty.SUPERVISOR}
    sign(cast, given)
    assert Task.objects.get(pk=task.pk).staff == second
    assert Supervision.objects.get(ticket=held).supervisor == second
    assert fresh(held).supervisor == second
    assert held_work.is_free(cast.supervisor, cast.at + LATER)


def test_what_ended_or_moved_meanwhile_is_left_out_with_its_reason(cast: Cast) -> None:
    closed, moved, kept = (a_ticket(cast, state=State.IN_PROGRESS) for _ in range(3))
    given = give(cast, cast.handler, cast.field_worker)
    lifecycle.cancel(ticket=closed, reason="Twice", by=cast.supervisor, at=cast.at + LATER)
    dispatching.reassign(
        ticket=moved, to=cast.liaison, reason="Nearer", by=cast.leader, at=cast.at + LATER
    )
    signed = sign(cast, given)
    assert dict(signed.items.values_list("ticket", "ending")) == {
        closed.pk: "ended", moved.pk: "changed", kept.pk: "handed",
    }  # fmt: skip
    assert fresh(moved).lead_handler == cast.liaison
    assert fresh(kept).lead_handler == cast.field_worker
    assert Event.objects.filter(code="handed_over").count() == 1


def test_a_successor_who_left_the_unit_meanwhile_gets_nothing(cast: Cast, held: Ticket) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    successor = Staff.objects.get(pk=cast.field_worker.pk)
    successor.unit = cast.other_unit
    successor.save()
    signed = sign(cast, given, by=successor)
    assert endings(signed) == ["barred"]
    assert fresh(held).lead_handler == cast.handler


def test_it_refuses_a_successor_who_may_not_have_it(cast: Cast, held: Ticket) -> None:
    for successor in (cast.outsider, cast.operator, cast.auditor):
        with pytest.raises(handing_over.SuccessorUnfit):
            give(cast, cast.handler, successor)
    for successor in (cast.handler, cast.stranger, cast.auditor):
        with pytest.raises((handing_over.SuccessorUnfit, handing_over.NothingChosen)):
            give(cast, cast.operator, successor, *held_work.of(cast.operator))
    assert not HandOver.objects.exists()


def test_a_report_is_never_handed_to_those_it_is_about(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, accused_unit=cast.hall)
    pieces = [Held(ticket, Duty.TRACKER)]
    with pytest.raises(handing_over.SuccessorUnfit):
        give(cast, cast.operator, cast.clerk, *pieces)


def test_it_refuses_what_is_not_the_givers_or_nothing_at_all(cast: Cast, held: Ticket) -> None:
    with pytest.raises(handing_over.NotHeld):
        give(cast, cast.field_worker, cast.handler, Held(held, Duty.HANDLER))
    with pytest.raises(handing_over.NothingChosen):
        give(cast, cast.handler, cast.field_worker, pieces=[])


def test_a_ticket_waits_on_one_list_at_a_time(cast: Cast, held: Ticket) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    with pytest.raises(handing_over.ListWaits):
        give(cast, cast.handler, cast.liaison)
    handing_over.take_back(hand_over=given, by=cast.handler, at=cast.at + LATER)
    assert give(cast, cast.handler, cast.liaison).is_waiting


def test_only_the_successor_signs_and_only_once(cast: Cast, held: Ticket) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    for person in (cast.handler, cast.leader, cast.outsider, cast.supervisor):
        with pytest.raises(handing_over.NotYourList):
            sign(cast, given, by=person)
    first, second = sign(cast, given), sign(cast, given, at=cast.at + 2 * LATER)
    assert first.signed_at == second.signed_at
    assert Event.objects.filter(code="handed_over").count() == 1


def test_a_refused_list_changes_nothing_and_says_why(cast: Cast, held: Ticket) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    act = {"hand_over": given, "by": cast.field_worker, "at": cast.at + LATER}
    with pytest.raises(handing_over.RefusalMissing):
        handing_over.refuse(reason=" ", **act)
    handing_over.refuse(reason="On leave from tomorrow", **act)
    assert fresh(held).lead_handler == cast.handler
    assert told("hand_over_refused") == {cast.handler.pk}
    with pytest.raises(handing_over.AlreadySettled):
        sign(cast, given)
    with pytest.raises(handing_over.AlreadySettled):
        handing_over.take_back(hand_over=given, by=cast.handler, at=cast.at + LATER)


# For somebody else


def test_the_leader_hands_over_for_an_absent_person_only(cast: Cast, held: Ticket) -> None:
    with pytest.raises(handing_over.NotYoursToGive):
        give(cast, cast.handler, cast.field_worker, by=cast.leader)
    cast.handler.presence = Staff.Presence.ABSENT
    cast.handler.save()
    for person in (cast.field_worker, cast.outsider, cast.operator, cast.stranger):
        with pytest.raises(handing_over.NotYoursToGive):
            give(cast, cast.handler, cast.liaison, by=person)
    given = give(
        cast, cast.handler, cast.field_worker, by=cast.leader, ground=HandOver.Ground.ABSENCE
    )
    sign(cast, given)
    assert fresh(held).lead_handler == cast.field_worker
    assert told("hand_over_signed") == {cast.handler.pk, cast.leader.pk}


# Unsigned


def test_an_unsigned_list_alarms_leader_and_liaison_once_and_on_time(
    cast: Cast, held: Ticket
) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    due = given.made_at + timedelta(minutes=30)
    assert hand_over_alarm.alarm_due(by=None, at=due - timedelta(seconds=1)) == 0
    assert hand_over_alarm.alarm_due(by=None, at=due) == 1
    assert hand_over_alarm.alarm_due(by=None, at=due + LATER) == 0
    assert told("hand_over_unsigned") == {cast.leader.pk, cast.liaison.pk}
    assert Outbox.objects.filter(template="hand_over_unsigned").count() == 2
    given.refresh_from_db()
    assert (given.alarmed_at, given.alarm_at) == (due, None)
    # Late is late, but it can still be signed.
    sign(cast, given, at=due + LATER)
    assert fresh(held).lead_handler == cast.field_worker


@pytest.mark.parametrize("end", ["sign", "refuse", "take_back"])
def test_a_settled_list_alarms_nobody(end: str, cast: Cast, held: Ticket) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    act: dict[str, Any] = {"hand_over": given, "at": cast.at + LATER + STEP}
    if end == "sign":
        handing_over.sign(by=cast.field_worker, **act)
    elif end == "refuse":
        handing_over.refuse(by=cast.field_worker, reason="No", **act)
    else:
        handing_over.take_back(by=cast.handler, **act)
    assert hand_over_alarm.alarm_due(by=None, at=cast.at + 10 * LATER) == 0
    assert not told("hand_over_unsigned")


def test_an_alarm_that_raises_is_pushed_away_and_comes_again(
    cast: Cast, held: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    due = given.made_at + timedelta(minutes=30)

    def fail(**_: object) -> None:
        raise RuntimeError("The disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(handing_over, "tell", fail)
        hand_over_alarm.alarm_due(by=None, at=due)
    assert not told("hand_over_unsigned")
    assert hand_over_alarm.alarm_due(by=None, at=due + timedelta(seconds=30)) == 1
    assert told("hand_over_unsigned") == {cast.leader.pk, cast.liaison.pk}


# Two at once


def at_once(*acts: Any) -> list[Any]:
    """What each act gave or raised, all begun at the same moment."""
    start, found = Barrier(len(acts)), [None] * len(acts)

    def run(n: int) -> None:
        start.wait()
        try:
            found[n] = acts[n]()
        except Exception as error:
            found[n] = error
        connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_signed_twice_at_once_hands_over_once(cast: Cast) -> None:
    for _ in range(4):
        a_ticket(cast, state=State.IN_PROGRESS)
    given = give(cast, cast.handler, cast.field_worker)
    found = at_once(lambda: sign(cast, given), lambda: sign(cast, given))
    assert all(isinstance(one, HandOver) for one in found), found
    assert Event.objects.filter(code="handed_over").count() == 4
    assert set(endings(given)) == {"handed"}


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_makes_one_list(cast: Cast) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    pieces = held_work.of(cast.handler)
    found = at_once(
        *(lambda: give(cast, cast.handler, cast.field_worker, pieces=pieces) for _ in range(2))
    )
    assert sorted(type(one).__name__ for one in found) == ["HandOver", "ListWaits"]
    assert HandOver.objects.count() == 1


# The pages


def test_the_giver_makes_a_list_and_the_successor_signs_it(
    cast: Cast, held: Ticket, client: Client
) -> None:
    other = a_ticket(cast, state=State.DISPATCHED)
    dispatching.accept(ticket=other, by=cast.handler, at=cast.at + LATER)
    client.force_login(cast.handler)
    address = reverse("tickets:hand-over")
    page = client.get(address)
    assert page.content.decode().count(" checked>") == 2
    typed = {
        "successor": cast.field_worker.pk, "ground": "shift", "note": "客户下午在家",
        "items": [f"{held.pk}:handler", f"{other.pk}:handler"],
    }  # fmt: skip
    assert client.post(address, typed | {"successor": cast.outsider.pk}).status_code == 409
    assert client.post(address, typed | {"items": []}).status_code == 409
    made = client.post(address, typed)
    assert made.status_code == 302
    # The second click, or the form fetched back from the browser's memory and sent again.
    assert client.post(address, typed).status_code == 409
    assert HandOver.objects.count() == 1

    client.force_login(cast.field_worker)
    assert "客户下午在家" in client.get(made["Location"]).content.decode()
    given = HandOver.objects.get()
    sign_it = reverse("tickets:hand-over-sign", args=[given.pk])
    assert client.get(sign_it).status_code == 405
    for _ in range(2):
        assert client.post(sign_it).status_code == 302
    assert Event.objects.filter(code="handed_over").count() == 2
    assert client.post(
        reverse("tickets:hand-over-refuse", args=[given.pk]), {"reason": "x"}
    ).status_code == 409  # fmt: skip


def test_a_refusal_without_words_stays_on_the_page(cast: Cast, held: Ticket, client: Client) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    client.force_login(cast.field_worker)
    address = reverse("tickets:hand-over-refuse", args=[given.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "请假"}).status_code == 302
    assert "请假" in client.get(
        reverse("tickets:hand-over-sheet", args=[given.pk])
    ).content.decode()  # fmt: skip


@pytest.mark.parametrize("role", ["outsider", "stranger", "operator", "reviewer", "auditor"])
def test_a_list_of_others_is_not_there(
    role: str, cast: Cast, held: Ticket, client: Client
) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    client.force_login(getattr(cast, role))
    assert client.get(reverse("tickets:hand-over-sheet", args=[given.pk])).status_code == 404
    for name in ("sign", "refuse", "take-back"):
        address = reverse(f"tickets:hand-over-{name}", args=[given.pk])
        assert client.post(address, {"reason": "x"}).status_code == 404
    assert not client.get(reverse("tickets:hand-overs")).context["page"].rows
    of = reverse("tickets:hand-over") + f"?of={cast.handler.staff_number}"
    assert client.get(of).status_code == 404
    assert HandOver.objects.get().is_waiting


def test_the_leader_sees_it_but_does_not_sign_it(cast: Cast, held: Ticket, client: Client) -> None:
    given = give(cast, cast.handler, cast.field_worker)
    client.force_login(cast.leader)
    page = client.get(reverse("tickets:hand-over-sheet", args=[given.pk]))
    assert page.status_code == 200
    sign_it = reverse("tickets:hand-over-sign", args=[given.pk])
    assert sign_it not in page.content.decode()
    assert client.post(sign_it).status_code == 403


def test_whoever_may_not_see_a_report_sees_nothing_of_it_on_the_list(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, kind=Kind.REPORT, accused_unit=cast.other_unit)
    give(cast, cast.operator, cast.clerk, Held(ticket, Duty.TRACKER))
    client.force_login(cast.clerk)
    given = HandOver.objects.get()
    page = client.get(reverse("tickets:hand-over-sheet", args=[given.pk])).content.decode()
    assert ticket.number not in page and ticket.subject not in page
    sign(cast, given)
    assert ticket.number in client.get(
        reverse("tickets:hand-over-sheet", args=[given.pk])
    ).content.decode()  # fmt: skip
