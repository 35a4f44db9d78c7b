"""The liaisons' meeting list: every reason why a ticket is stuck, since when, whose, and what was
decided."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisation.models import Staff
from tests.cast import Cast
from tests.factories.oversight import a_dispute, a_supervised_ticket
from tests.factories.tickets import STEP, a_ticket
from tickets import meetings, stuck, tasks
from tickets.kinds import Kind
from tickets.models import Task, TaskKind, Ticket
from tickets.states import State
from tickets.stuck import Why

DAY = timedelta(days=1)


def cases(cast: Cast, *, days: float = 1, user: Staff | None = None) -> dict[Ticket, stuck.Case]:
    found = stuck.agendas(user or cast.supervisor, cast.at + timedelta(days=days))
    return {case.ticket: case for agenda in found for case in agenda.cases}


def whys(case: stuck.Case) -> set[Why]:
    return {reason.why for reason in case.reasons}


def test_a_fresh_ticket_is_not_stuck(cast: Cast) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    assert cases(cast) == {}


def test_five_days_of_silence_are(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    assert ticket not in cases(cast, days=4.9)
    case = cases(cast, days=5.1)[ticket]
    assert whys(case) == {Why.QUIET}
    assert case.since == ticket.received_at
    assert case.units == [cast.unit]


def test_a_co_task_waits_and_then_is_late(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    task = tasks.open(
        ticket=ticket, kind=TaskKind.CO_HANDLING, text="核对台账", unit=cast.other_unit,
        due_at=cast.at + 2 * DAY, by=cast.dispatcher, at=ticket.latest_event_at + STEP,
    )  # fmt: skip
    waiting = cases(cast, days=1)[ticket]
    assert (whys(waiting), waiting.since) == ({Why.WAITING}, task.opened_at)
    assert set(waiting.units) == {cast.unit, cast.other_unit}
    late = cases(cast, days=3)[ticket]
    assert (whys(late), late.since) == ({Why.CO_LATE}, task.due_at)
    tasks.finish(task=task, result="已核对", by=cast.outsider, at=cast.at + DAY)
    assert ticket not in cases(cast, days=3)


def test_a_dispute_and_a_late_report_back_are(cast: Cast) -> None:
    dispute = a_dispute(cast)
    supervised = a_supervised_ticket(cast)
    found = cases(cast, days=1)
    assert whys(found[dispute.ticket]) == {Why.DISPUTED}
    assert set(found[dispute.ticket].units) == {cast.unit, cast.other_unit}
    assert supervised not in found
    assert Why.REPORT_LATE in whys(cases(cast, days=4)[supervised])


def test_returned_and_resting_past_review_are(cast: Cast) -> None:
    returned = a_ticket(cast, state=State.IN_PROGRESS)
    resting = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT)
    Ticket.objects.filter(pk=returned.pk).update(return_count=1)
    Ticket.objects.filter(pk=resting.pk).update(
        state=State.SUSPENDED, suspended_until=cast.at + DAY
    )
    assert resting not in cases(cast, days=0.9)
    found = cases(cast, days=1.5)
    assert whys(found[returned]) == {Why.RETURNED}
    assert (whys(found[resting]), found[resting].since) == ({Why.RESTING}, cast.at + DAY)


def test_the_longest_stuck_comes_first_by_company(cast: Cast) -> None:
    older = a_ticket(cast, state=State.IN_PROGRESS)
    newer = a_ticket(cast, state=State.IN_PROGRESS, at=cast.at + DAY)
    (agenda,) = stuck.agendas(cast.supervisor, cast.at + 9 * DAY)
    assert agenda.company == cast.company
    assert [case.ticket for case in agenda.cases] == [older, newer]


def test_what_ended_and_what_is_confidential_is_not_on_it(cast: Cast) -> None:
    a_ticket(cast, state=State.CLOSED)
    report = a_ticket(cast, kind=Kind.REPORT, state=State.IN_PROGRESS)
    assert cases(cast, days=30) == {}
    with pytest.raises(meetings.NotAtThisTable):
        meetings.decide(
            ticket=report, text="x", unit=cast.unit, due_at=cast.at + 9 * DAY,
            by=cast.supervisor, at=cast.at + DAY,
        )  # fmt: skip


def test_a_liaison_sees_the_cases_of_their_own_unit(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    assert ticket in cases(cast, days=6, user=cast.liaison)
    cast.liaison.unit = cast.other_unit
    cast.liaison.save()
    assert ticket not in cases(cast, days=6, user=cast.liaison)
    assert cases(cast, days=6, user=cast.stranger) == {}


def test_a_decision_is_a_task_with_owner_and_time(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    task = meetings.decide(
        ticket=ticket, text="城西所配合停电，城东所换箱。", unit=cast.other_unit,
        due_at=cast.at + 9 * DAY, by=cast.liaison, at=cast.at + 6 * DAY,
    )  # fmt: skip
    assert (task.kind, task.unit, task.opened_by) == (
        TaskKind.MEETING, cast.other_unit, cast.liaison,
    )  # fmt: skip
    assert cases(cast, days=7)[ticket].decisions == [task]


@pytest.mark.parametrize("name", ["handler", "operator", "dispatcher"])
def test_who_has_no_seat_at_the_meeting_decides_nothing(name: str, cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    with pytest.raises(meetings.NotAtTheMeeting):
        meetings.decide(
            ticket=ticket, text="x", unit=cast.unit, due_at=cast.at + 9 * DAY,
            by=getattr(cast, name), at=cast.at + 6 * DAY,
        )  # fmt: skip
    assert not Task.objects.filter(kind=TaskKind.MEETING).exists()


def test_the_page_lists_decides_and_shuts_out(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.liaison)
    page = client.get(reverse("tickets:meeting")).content.decode()
    address = reverse("tickets:meeting-decide", args=[ticket.number])
    assert address in page
    typed = {"reason": "限三日", "unit": cast.unit.pk, "due_at": "2099-01-01T10:00"}
    assert client.post(address, {**typed, "due_at": "soon"}).status_code == 422
    assert client.post(address, {**typed, "due_at": "2020-01-01T10:00"}).status_code == 409
    assert client.post(address, typed).status_code == 302
    assert "限三日" in client.get(reverse("tickets:meeting")).content.decode()
    client.force_login(cast.outsider)
    assert client.get(address).status_code == 404
    assert client.get(reverse("tickets:meeting")).status_code == 403


def test_the_page_costs_the_same_however_long_it_is(cast: Cast, client: Client) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    client.force_login(cast.supervisor)
    client.get(reverse("tickets:meeting"))

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("tickets:meeting")).status_code == 200
        return len(captured)

    few = statements()
    for _ in range(4):
        a_dispute(cast)
    assert statements() == few
