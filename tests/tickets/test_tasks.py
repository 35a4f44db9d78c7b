"""Tasks beside a ticket's own handling: who gives, signs for, finishes and drops them."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from notifications.models import Notice
from organisation.models import Staff
from tests.cast import Cast
from tests.factories.tasks import DUE_IN, a_task
from tests.factories.tickets import STEP, a_ticket
from tickets import history, permissions, tasks
from tickets.kinds import Kind
from tickets.models import Event, Task, TaskKind
from tickets.states import State


def told(code: str) -> set[int]:
    return set(Notice.objects.filter(code=code).values_list("staff", flat=True))


def test_a_task_is_on_the_ticket_and_its_owner_hears(cast: Cast) -> None:
    task = a_task(cast)
    event = Event.objects.filter(ticket=task.ticket).latest("id")
    assert event.code == "task_opened"
    assert event.facts == {
        "task": task.pk, "kind": "visit", "text": task.text, "unit_id": None,
        "staff_id": cast.handler.pk, "due_at": task.due_at.isoformat(),
    }  # fmt: skip
    assert told("task_opened") == {cast.handler.pk}
    assert task.next_fire_at == task.opened_at + DUE_IN * 0.8


def test_the_leader_and_the_liaison_hear_of_what_their_unit_owes(cast: Cast) -> None:
    a_task(cast, unit=cast.unit)
    assert told("task_opened") == {cast.leader.pk, cast.liaison.pk}


@pytest.mark.parametrize(
    ("error", "changes"),
    [
        (tasks.NothingToDo, {"text": "  "}),
        (tasks.NobodyOwesIt, {"staff": None}),
        (tasks.DueAlready, {"due_in_past": True}),
        (tasks.NotOfThatUnit, {"unit": "other_unit", "staff": "handler"}),
    ],
)
def test_it_refuses_a_task_that_says_too_little(
    cast: Cast, error: type[Exception], changes: dict[str, object]
) -> None:
    asked = {
        k: getattr(cast, v) if isinstance(v, str) and v.strip() else v for k, v in changes.items()
    }
    if asked.pop("due_in_past", None):
        asked["due_at"] = cast.at
    with pytest.raises(error):
        a_task(cast, **asked)
    assert not Task.objects.exists()


def test_it_refuses_an_owner_who_has_left(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    cast.handler.is_active = False
    cast.handler.save()
    with pytest.raises(tasks.NobodyOwesIt):
        a_task(cast, ticket=ticket)


def test_a_report_gives_no_task_to_those_it_is_about(cast: Cast) -> None:
    report = a_ticket(cast, kind=Kind.REPORT, accused_unit=cast.unit)
    for owner in ({"unit": cast.unit}, {"unit": cast.branch}, {"staff": cast.handler}):
        with pytest.raises(tasks.AboutThem):
            a_task(cast, ticket=report, by=cast.supervisor, **owner)


def test_signing_for_a_unit_s_task_makes_it_one_s_own(cast: Cast) -> None:
    task = tasks.sign(
        task=a_task(cast, unit=cast.unit), by=cast.field_worker, at=cast.at + 9 * STEP
    )
    assert (task.staff, task.signed_at) == (cast.field_worker, cast.at + 9 * STEP)
    with pytest.raises(tasks.NotYourTask):
        tasks.sign(task=task, by=cast.handler, at=cast.at + 10 * STEP)


def test_the_unit_s_leader_names_who_does_it(cast: Cast) -> None:
    task = a_task(cast, unit=cast.unit)
    task = tasks.sign(task=task, to=cast.handler, by=cast.leader, at=cast.at + 9 * STEP)
    task = tasks.sign(task=task, to=cast.field_worker, by=cast.leader, at=cast.at + 10 * STEP)
    assert (task.staff, task.signed_at) == (cast.field_worker, cast.at + 9 * STEP)
    with pytest.raises(tasks.NotOfThatUnit):
        tasks.sign(task=task, to=cast.outsider, by=cast.leader, at=cast.at + 11 * STEP)
    with pytest.raises(tasks.NotYourTask):
        tasks.sign(task=task, to=cast.handler, by=cast.handler, at=cast.at + 11 * STEP)


def test_nobody_acts_for_another_unit_not_even_who_gave_it(cast: Cast) -> None:
    task = a_task(cast, unit=cast.other_unit, by=cast.dispatcher)
    for person in (cast.dispatcher, cast.handler, cast.leader, cast.operator, cast.supervisor):
        with pytest.raises(tasks.NotYourTask):
            tasks.sign(task=task, by=person, at=cast.at + 9 * STEP)
        with pytest.raises(tasks.NotYourTask):
            tasks.finish(task=task, result="Done", by=person, at=cast.at + 9 * STEP)
    assert tasks.finish(task=task, result="Done", by=cast.outsider, at=cast.at + 9 * STEP).done_at


def test_finishing_says_what_came_of_it_and_to_whom_it_matters(cast: Cast) -> None:
    task = a_task(cast)
    with pytest.raises(tasks.ResultMissing):
        tasks.finish(task=task, result=" ", by=cast.handler, at=cast.at + 9 * STEP)
    task = tasks.finish(task=task, result="电压正常", by=cast.handler, at=cast.at + 9 * STEP)
    assert (task.done_by, task.result, task.next_fire_at) == (cast.handler, "电压正常", None)
    assert task.signed_at == task.done_at
    assert told("task_done") == {cast.operator.pk}
    assert Event.objects.latest("id").facts["result"] == "电压正常"


def test_the_same_form_sent_twice_is_refused_the_second_time(cast: Cast) -> None:
    task = a_task(cast)
    tasks.finish(task=task, result="Done", by=cast.handler, at=cast.at + 9 * STEP)
    for act in (
        lambda: tasks.finish(task=task, result="Done", by=cast.handler, at=cast.at + 9 * STEP),
        lambda: tasks.drop(task=task, reason="No", by=cast.supervisor, at=cast.at + 9 * STEP),
        lambda: tasks.sign(task=task, by=cast.handler, at=cast.at + 9 * STEP),
    ):
        with pytest.raises(tasks.TaskOver):
            act()
    assert Event.objects.filter(code="task_done").count() == 1


def test_a_promise_is_let_go_by_a_supervisor_alone(cast: Cast) -> None:
    task = a_task(cast, kind=TaskKind.FOLLOW_UP)
    for person in (cast.dispatcher, cast.leader):
        with pytest.raises((tasks.NotYourTask, permissions.NotYours)):
            tasks.drop(task=task, reason="No time", by=person, at=cast.at + 9 * STEP)
    with pytest.raises(tasks.WhyDropped):
        tasks.drop(task=task, reason="", by=cast.supervisor, at=cast.at + 9 * STEP)
    task = tasks.drop(task=task, reason="Moved away", by=cast.supervisor, at=cast.at + 9 * STEP)
    assert (task.dropped_at, task.result) == (cast.at + 9 * STEP, "Moved away")
    assert told("task_dropped") == {cast.handler.pk, cast.operator.pk}


def test_nobody_drops_what_they_owe_themselves(cast: Cast) -> None:
    task = a_task(cast, staff=cast.supervisor, kind=TaskKind.EXECUTIVE)
    with pytest.raises(tasks.OwnDebt):
        tasks.drop(task=task, reason="No", by=cast.supervisor, at=cast.at + 9 * STEP)


def test_whoever_owes_a_task_finishes_it_whatever_their_post(cast: Cast) -> None:
    task = a_task(cast, staff=cast.reviewer, kind=TaskKind.EXECUTIVE, by=cast.executive)
    assert tasks.finish(task=task, result="Seen", by=cast.reviewer, at=cast.at + 9 * STEP).done_at


def test_it_leaves_nothing_when_the_event_cannot_be_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = a_task(cast)

    def fail(**_: object) -> Event:
        raise RuntimeError("The disk is full")

    monkeypatch.setattr(history, "event", fail)
    with pytest.raises(RuntimeError):
        tasks.finish(task=task, result="Done", by=cast.handler, at=cast.at + 9 * STEP)
    assert Task.objects.get(pk=task.pk).done_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_finishes_it(cast: Cast) -> None:
    task = a_task(cast, unit=cast.unit)
    outcomes: list[str] = []
    start = Barrier(2)

    def finish(person: Staff) -> None:
        start.wait(10)
        try:
            tasks.finish(task=task, result="Done", by=person, at=cast.at + 9 * STEP)
            outcomes.append("done")
        except tasks.TaskOver:
            outcomes.append("over")
        finally:
            connection.close()

    people = (cast.handler, cast.field_worker)
    threads = [Thread(target=finish, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["done", "over"]
    assert Event.objects.filter(code="task_done").count() == 1


def test_a_task_may_outlive_its_ticket(cast: Cast) -> None:
    closed = a_ticket(cast, state=State.CLOSED)
    task = a_task(cast, ticket=closed, kind=TaskKind.VISIT, by=cast.supervisor, at=closed.closed_at)
    assert tasks.finish(
        task=task, result="Visited", by=cast.handler, at=closed.closed_at + STEP
    ).done_at
