"""Nobody leaves or changes their unit while open work is with them, whatever the moment."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from organisation import appointments
from organisation.models import Posting, Staff
from surveys import callbacks
from tests.cast import PASSWORD, Cast
from tests.factories.surveys import a_callback
from tests.factories.tasks import a_task
from tests.factories.tickets import STEP, a_ticket
from tickets import dispatching, handing_over, held_work, leaving, receivers, supervision
from tickets.models import HandOver, Ticket
from tickets.states import State

LATER = timedelta(hours=3)


def leave(cast: Cast, person: Staff, **changes: Any) -> Staff:
    act = {"person": person, "reason": "Retired", "by": cast.administrator, "at": cast.at + LATER}
    return leaving.deactivate(**act | changes)


def is_active(person: Staff) -> bool:
    return Staff.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize("role", ["handler", "operator"])
def test_whoever_handles_or_tracks_open_work_stays(role: str, cast: Cast) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    person = getattr(cast, role)
    with pytest.raises(leaving.StillHolds):
        leave(cast, person)
    with pytest.raises(leaving.StillHolds):
        leaving.move(
            person=person, to=cast.hall, reason="x", by=cast.administrator, at=cast.at + LATER
        )
    assert is_active(person)
    assert not Posting.objects.exists()


def test_tasks_supervisions_callbacks_and_unsigned_lists_hold_people_too(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    a_task(cast, ticket=ticket, staff=cast.liaison)
    supervision.supervise(ticket=ticket, reason="x", by=cast.supervisor, at=cast.at + LATER)
    pieces = held_work.of(cast.handler)
    handing_over.make(
        giver=cast.handler, successor=cast.field_worker, ground=HandOver.Ground.SHIFT,
        pieces=pieces, by=cast.handler, at=cast.at + LATER,
    )  # fmt: skip
    invitation = a_callback(cast)
    assert invitation.next_call_at is not None
    callbacks.take(invitation=invitation, by=cast.callback_agent, at=invitation.next_call_at)
    now = invitation.next_call_at
    for person in (cast.liaison, cast.supervisor, cast.field_worker, cast.callback_agent):
        with pytest.raises(leaving.StillHolds):
            leave(cast, person, at=now)
    # A callback that was taken and left falls back by itself.
    assert not is_active(leave(cast, cast.callback_agent, at=now + timedelta(hours=1)))


def test_once_everything_is_signed_for_the_person_may_go(cast: Cast) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    given = handing_over.make(
        giver=cast.handler, successor=cast.field_worker, ground=HandOver.Ground.LEAVING,
        pieces=held_work.of(cast.handler), by=cast.leader, at=cast.at + LATER,
    )  # fmt: skip
    with pytest.raises(leaving.StillHolds):
        leave(cast, cast.handler)
    handing_over.sign(hand_over=given, by=cast.field_worker, at=cast.at + LATER)
    leave(cast, cast.handler)
    assert not is_active(cast.handler)
    assert not Client().login(username=cast.handler.staff_number, password=PASSWORD)
    kept = Posting.objects.get()
    assert (kept.staff, kept.act, kept.reason, kept.by) == (
        cast.handler, "deactivated", "Retired", cast.administrator,
    )  # fmt: skip


def test_a_session_ends_with_the_account(cast: Cast, client: Client) -> None:
    client.force_login(cast.executive)
    assert client.get(reverse("tickets:work")).status_code == 200
    leave(cast, cast.executive)
    assert client.get(reverse("tickets:work")).status_code == 302


def test_only_administrators_of_the_company_and_never_of_themselves(cast: Cast) -> None:
    for person in (cast.leader, cast.supervisor, cast.executive, cast.stranger):
        with pytest.raises(leaving.NotYourStaff):
            leave(cast, cast.auditor, by=person)
    for person in (cast.stranger, cast.administrator):
        with pytest.raises(leaving.NotYourStaff):
            leave(cast, person)
    with pytest.raises(leaving.NotYourStaff):
        leaving.move(
            person=cast.auditor, to=cast.other_company, reason="x", by=cast.administrator,
            at=cast.at,
        )  # fmt: skip


def test_a_reason_is_kept_and_nothing_is_done_twice(cast: Cast) -> None:
    with pytest.raises(appointments.ReasonMissing):
        leave(cast, cast.auditor, reason=" ")
    leave(cast, cast.auditor)
    with pytest.raises(appointments.NothingToChange):
        leave(cast, cast.auditor)
    act = {"person": cast.auditor, "reason": "Back", "by": cast.administrator, "at": cast.at}
    leaving.reactivate(**act | {"person": Staff.objects.get(pk=cast.auditor.pk)})
    assert is_active(cast.auditor)
    moved = leaving.move(to=cast.quality, **act)
    assert moved.unit == cast.quality
    assert Posting.objects.filter(act="moved", from_unit=cast.company).count() == 1


def test_nobody_gives_work_to_whoever_left(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    gone = Staff.objects.get(pk=cast.field_worker.pk)
    leave(cast, cast.field_worker)
    with pytest.raises(receivers.PersonGone):
        # As they were when the page was opened.
        dispatching.reassign(
            ticket=ticket, to=gone, reason="x", by=cast.leader, at=cast.at + LATER
        )
    assert Ticket.objects.get(pk=ticket.pk).lead_handler == cast.handler


# The race: whichever comes second sees what the first did.


def second_while_first_waits(first: Any, second: Any) -> list[Any]:
    """What `second` gave when it began while `first` had done its part but not committed."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(second())
        except Exception as error:
            found.append(error)
        connection.close()

    thread = Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        thread.join(0.5)
        assert thread.is_alive() and not found, "the second did not wait for the first"
    thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_who_is_deactivated_in_the_same_moment_gets_no_work(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    worker = Staff.objects.get(pk=cast.field_worker.pk)
    (found,) = second_while_first_waits(
        lambda: leave(cast, cast.field_worker),
        lambda: dispatching.accept(ticket=ticket, by=worker, at=cast.at + LATER),
    )
    assert isinstance(found, receivers.PersonGone)
    assert Ticket.objects.get(pk=ticket.pk).state == State.DISPATCHED
    assert not is_active(worker)


@pytest.mark.django_db(transaction=True)
def test_who_is_given_work_in_the_same_moment_stays(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    (found,) = second_while_first_waits(
        lambda: dispatching.accept(ticket=ticket, by=cast.field_worker, at=cast.at + LATER),
        lambda: leave(cast, cast.field_worker),
    )
    assert isinstance(found, leaving.StillHolds)
    assert is_active(cast.field_worker)
    assert Ticket.objects.get(pk=ticket.pk).lead_handler == cast.field_worker


@pytest.mark.django_db(transaction=True)
def test_who_is_moved_in_the_same_moment_gets_no_work_of_the_old_unit(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    worker = Staff.objects.get(pk=cast.field_worker.pk)
    (found,) = second_while_first_waits(
        lambda: leaving.move(
            person=cast.field_worker, to=cast.other_unit, reason="x", by=cast.administrator,
            at=cast.at,
        ),
        lambda: dispatching.accept(ticket=ticket, by=worker, at=cast.at + LATER),
    )  # fmt: skip
    assert isinstance(found, receivers.PersonGone)


# The pages


def test_the_administrator_sees_what_is_held_and_where_to_hand_it_over(
    cast: Cast, client: Client
) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.administrator)
    assert cast.handler.staff_number in client.get(reverse("tickets:staff")).content.decode()
    found = client.get(reverse("tickets:staff"), {"q": "韩"}).context["page"].rows
    assert found == [cast.handler]
    page = client.get(reverse("tickets:person", args=[cast.handler.pk])).content.decode()
    assert f"?of={cast.handler.staff_number}" in page
    address = reverse("tickets:staff-deactivate", args=[cast.handler.pk])
    refused = client.post(address, {"reason": "退休"})
    assert refused.status_code == 409 and "退休" in refused.content.decode()
    gone = reverse("tickets:staff-deactivate", args=[cast.auditor.pk])
    assert client.post(gone, {"reason": "退休"}).status_code == 302
    assert client.post(gone, {"reason": "退休"}).status_code == 409
    back = reverse("tickets:staff-reactivate", args=[cast.auditor.pk])
    assert client.post(back, {"reason": "返聘"}).status_code == 302
    move = reverse("tickets:staff-move", args=[cast.auditor.pk])
    assert client.post(move, {"reason": "x", "to": cast.other_company.pk}).status_code == 422
    assert client.post(move, {"reason": "x", "to": cast.quality.pk}).status_code == 302


@pytest.mark.parametrize("role", ["leader", "supervisor", "outsider", "stranger"])
def test_nobody_else_keeps_the_staff(role: str, cast: Cast, client: Client) -> None:
    client.force_login(getattr(cast, role))
    assert client.get(reverse("tickets:staff")).status_code == 403
    for name in ("person", "staff-deactivate", "staff-reactivate", "staff-move"):
        assert client.get(reverse(f"tickets:{name}", args=[cast.handler.pk])).status_code == 403


def test_people_of_another_company_are_not_there(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    for pk in (cast.stranger.pk, 999_999):
        assert client.get(reverse("tickets:person", args=[pk])).status_code == 404
    assert cast.stranger.staff_number not in client.get(reverse("tickets:staff")).content.decode()


def test_work_the_administrator_may_not_see_is_counted_and_not_shown(
    cast: Cast, client: Client
) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.administrator)
    address = reverse("tickets:hand-over") + f"?of={cast.handler.staff_number}"
    page = client.get(address)
    assert page.context["hidden"] == 1
    assert ticket.number not in page.content.decode()
    client.force_login(cast.leader)
    assert ticket.number in client.get(address).content.decode()


def test_the_step_after_costs_no_more_for_people_who_stay(cast: Cast) -> None:
    """Only whoever gets the ticket is held; a step that changes nobody asks nothing."""
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.MonkeyPatch.context() as patched:
        asked: list[int] = []
        patched.setattr(receivers, "hold", lambda people: asked.append(len(list(people))))
        supervision.urge(ticket=ticket, note="Again", by=cast.operator, at=cast.at + 30 * STEP)
    assert asked == [0]


@pytest.mark.django_db(transaction=True)
def test_who_is_deactivated_in_the_same_moment_is_given_no_task(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    (found,) = second_while_first_waits(
        lambda: leave(cast, cast.liaison),
        lambda: a_task(cast, ticket=ticket, staff=cast.liaison),
    )
    assert isinstance(found, receivers.PersonGone)
