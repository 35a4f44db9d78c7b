"""What reaches the executives is read and annotated one by one; a note stays as written."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assignment.models import Duty
from notifications.models import Notice
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.tickets import STEP, a_request, a_ticket
from tickets import (
    executive_notes,
    intake,
    office_days,
    permissions,
    task_firing,
    tasks,
    unannotated,
    weighing,
)
from tickets.kinds import Channel, Kind, Level, Priority
from tickets.models import Annotation, Event, Task, TaskKind, Ticket
from tickets.states import Happening, State

DAY = timedelta(days=1)


def owed(ticket: Ticket) -> list[Task]:
    return list(Task.objects.open().filter(ticket=ticket, kind=TaskKind.ANNOTATE))


def a_call(cast: Cast, **changes: Any) -> Ticket:
    """A complaint by the executive hotline, dispatched and signed for."""
    return a_ticket(cast, state=State.IN_PROGRESS, channel=Channel.EXECUTIVE, **changes)


def note(cast: Cast, ticket: Ticket, *, by: Staff | None = None, **changes: Any) -> Annotation:
    given: dict[str, Any] = {"text": "请城东所三日内办结并登门说明。", "unit": cast.unit}
    return executive_notes.annotate(
        ticket=ticket, **given | changes, by=by or cast.executive,
        at=Ticket.objects.get(pk=ticket.pk).latest_event_at + STEP,
    )  # fmt: skip


def test_the_executive_hotline_owes_a_note_within_one_working_day(cast: Cast) -> None:
    ticket = a_call(cast)
    (task,) = owed(ticket)
    assert (task.staff, task.due_at) == (cast.executive, office_days.after(cast.at, 1))
    assert (task.due_at - cast.at).days == 1
    (row,) = unannotated.rows(cast.executive, cast.at + 2 * DAY)
    assert (row.ticket, row.age, row.is_late) == (ticket, 2 * DAY, True)


def test_an_ordinary_complaint_owes_none(cast: Cast) -> None:
    assert owed(a_ticket(cast)) == []
    assert unannotated.count(cast.executive) == 0


def test_a_confidential_report_is_read_by_its_own_people(cast: Cast) -> None:
    assert owed(a_ticket(cast, kind=Kind.REPORT, channel=Channel.EXECUTIVE)) == []


@pytest.mark.parametrize("level", [Level.SPECIAL, Level.MAJOR])
def test_a_matter_raised_to_the_first_two_levels_owes_one_too(level: Level, cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    for number, to in enumerate((Level.IMPORTANT, level, Level.IMPORTANT, level), start=1):
        weighing.change(
            ticket=ticket, priority=Priority.URGENT, level=to, reason="影响面大",
            by=cast.supervisor, at=ticket.latest_event_at + number * STEP,
        )  # fmt: skip
        assert len(owed(ticket)) == (number > 1)


def test_a_note_is_kept_ends_the_call_and_orders_a_task(cast: Cast) -> None:
    ticket = a_call(cast)
    written = note(cast, ticket)
    order = Task.objects.get(ticket=ticket, kind=TaskKind.EXECUTIVE)
    assert (order.unit, order.opened_by, order.text) == (cast.unit, cast.executive, written.text)
    assert order.due_at == office_days.after(written.at, 3)
    assert owed(ticket) == []
    assert Task.objects.get(kind=TaskKind.ANNOTATE).done_by == cast.executive
    event = Event.objects.get(ticket=ticket, code=Happening.ANNOTATED)
    assert event.facts["note"] == written.text
    assert Notice.objects.filter(staff=cast.handler, code="annotated").count() == 1
    assert unannotated.count(cast.executive) == 0


def test_an_order_to_a_person_is_theirs_alone(cast: Cast) -> None:
    ticket = a_call(cast)
    note(cast, ticket, unit=None, staff=cast.handler, due_at=cast.at + 9 * DAY)
    order = Task.objects.get(kind=TaskKind.EXECUTIVE)
    assert (order.staff, order.due_at) == (cast.handler, cast.at + 9 * DAY)
    with pytest.raises(tasks.NotYourTask):
        tasks.finish(task=order, result="已办", by=cast.field_worker, at=cast.at + DAY)


def test_a_note_is_never_changed(cast: Cast) -> None:
    written = note(cast, a_call(cast))
    with pytest.raises(TypeError):
        Annotation.objects.filter(pk=written.pk).update(text="另一句")
    with pytest.raises(TypeError):
        Annotation.objects.all().delete()
    written.text = "另一句"
    with pytest.raises(TypeError):
        written.save()
    with pytest.raises(TypeError):
        written.delete()
    assert Annotation.objects.get().text == "请城东所三日内办结并登门说明。"


@pytest.mark.parametrize("name", ["supervisor", "leader", "dispatcher", "auditor", "operator"])
def test_only_an_executive_annotates(name: str, cast: Cast) -> None:
    with pytest.raises(permissions.NotYours):
        note(cast, a_call(cast), by=getattr(cast, name))


def test_a_note_says_something_and_names_somebody_and_a_time_to_come(cast: Cast) -> None:
    ticket = a_call(cast)
    with pytest.raises(executive_notes.NothingWritten):
        note(cast, ticket, text=" ")
    with pytest.raises(executive_notes.NobodyNamed):
        note(cast, ticket, unit=None)
    with pytest.raises(executive_notes.DueAlready):
        note(cast, ticket, due_at=cast.at)
    assert not Annotation.objects.exists()
    assert len(owed(ticket)) == 1


def test_nothing_of_a_note_stays_when_its_order_cannot_be_given(cast: Cast) -> None:
    ticket = a_call(cast)
    cast.unit.is_active = False
    with pytest.raises(tasks.NobodyOwesIt):
        note(cast, ticket)
    assert not Annotation.objects.exists()
    assert len(owed(ticket)) == 1


def test_a_note_nobody_wrote_is_told_to_the_deputy_and_the_leader_on_duty_once(
    cast: Cast,
) -> None:
    Staff.objects.filter(pk=cast.executive.pk).update(deputy=cast.supervisor)
    (task,) = owed(a_call(cast))
    Duty.objects.create(
        unit=cast.company, role=Role.EXECUTIVE, staff=cast.auditor,
        from_at=task.due_at - DAY, to_at=task.due_at + DAY,
    )  # fmt: skip
    while task_firing.fire_due(by=None, at=task.due_at - timedelta(seconds=1)):
        pass
    assert not Notice.objects.filter(code="task_missed").exists()
    for _ in range(3):
        task_firing.fire_due(by=None, at=task.due_at)
    missed = Notice.objects.filter(code="task_missed")
    for person in (cast.supervisor, cast.auditor, cast.executive):
        assert missed.filter(staff=person).count() == 1, person
    assert set(missed.values_list("created_at", flat=True)) == {task.due_at}


def test_a_note_in_time_is_told_to_nobody(cast: Cast) -> None:
    ticket = a_call(cast)
    (task,) = owed(ticket)
    note(cast, ticket)
    task_firing.fire_due(by=None, at=task.due_at)
    late = Notice.objects.filter(code="task_missed", facts__kind=TaskKind.ANNOTATE)
    assert not late.exists()


def test_the_list_stands_open_to_executives_alone(cast: Cast, client: Client) -> None:
    ticket = a_call(cast)
    client.force_login(cast.executive)
    page = client.get(reverse("tickets:notes")).content.decode()
    assert reverse("tickets:annotate", args=[ticket.number]) in page
    for name in ("supervisor", "handler", "outsider"):
        client.force_login(getattr(cast, name))
        assert client.get(reverse("tickets:notes")).status_code == 403


def test_the_form_is_sent_once_and_the_note_shows_to_the_handler(
    cast: Cast, client: Client
) -> None:
    ticket = a_call(cast)
    client.force_login(cast.executive)
    address = reverse("tickets:annotate", args=[ticket.number])
    typed = {"text": "限期整改。", "unit": cast.unit.pk, "due_at": "2099-03-12T17:00"}
    assert client.post(address, {**typed, "unit": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    client.force_login(cast.handler)
    assert "限期整改。" in client.get(reverse("tickets:ticket", args=[ticket.number])).content.decode()
    client.force_login(cast.outsider)
    assert client.get(address).status_code == 404


def test_who_received_on_the_reception_day_is_named(cast: Cast) -> None:
    asked = a_request(cast, channel=Channel.RECEPTION_DAY)
    with pytest.raises(intake.LeaderMissing):
        intake.receive(request=asked, by=cast.clerk, at=cast.at)
    asked = a_request(cast, channel=Channel.RECEPTION_DAY, received_by_leader=cast.leader)
    assert intake.receive(request=asked, by=cast.clerk, at=cast.at).received_by_leader == cast.leader
    assert Ticket.objects.count() == 1


def test_a_petition_owes_a_personal_visit(cast: Cast) -> None:
    asked = a_request(cast, is_petition=True)
    ticket = intake.pass_on(request=asked, by=cast.clerk, at=cast.at)
    visit = Task.objects.get(ticket=ticket, kind=TaskKind.VISIT)
    assert (visit.staff, visit.due_at) == (cast.clerk, office_days.after(cast.at, 5))
    assert ticket.is_petition
    tasks.finish(task=visit, result="已登门回访，用户表示理解。", by=cast.clerk, at=cast.at + DAY)
    visit.refresh_from_db()
    assert visit.done_at == cast.at + DAY
