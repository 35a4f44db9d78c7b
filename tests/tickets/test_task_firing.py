"""What happens when a task comes near its due time, or passes it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from notifications import silence
from notifications.models import Notice, Outbox
from tests.cast import Cast
from tests.factories.tasks import a_task
from tests.factories.tickets import STEP, a_ticket
from tickets import catching_up, lifecycle, task_firing, tasks
from tickets.kinds import Kind
from tickets.models import Event, Task, Ticket
from tickets.states import State


def told(code: str) -> set[int]:
    return set(Notice.objects.filter(code=code).values_list("staff", flat=True))


def codes() -> list[str]:
    return list(Event.objects.filter(code="task_missed").values_list("code", flat=True))


def test_a_warning_comes_before_the_due_time(cast: Cast) -> None:
    task = a_task(cast)
    assert task_firing.fire_due(by=None, at=task.next_fire_at - timedelta(seconds=1)) == 0
    assert task_firing.fire_due(by=None, at=task.next_fire_at) == 1
    assert told("task_near") == {cast.handler.pk}
    assert Outbox.objects.filter(template="task_near").count() == 1
    warned = Task.objects.get(pk=task.pk)
    assert (warned.warned_at, warned.next_fire_at) == (task.next_fire_at, task.due_at)
    assert warned.missed_at is None


def test_a_missed_task_tells_everyone_who_answers_for_it_once(cast: Cast) -> None:
    task = a_task(cast, by=cast.dispatcher)
    late = task.due_at + timedelta(seconds=1)
    assert task_firing.fire_due(by=None, at=late) == 1
    assert task_firing.fire_due(by=None, at=late + timedelta(hours=1)) == 0
    everyone = {cast.handler.pk, cast.leader.pk, cast.operator.pk, cast.dispatcher.pk}
    assert told("task_missed") == everyone
    mails = Outbox.objects.filter(template="task_missed")
    assert mails.count() == 4
    missed = Task.objects.get(pk=task.pk)
    assert (missed.missed_at, missed.next_fire_at) == (task.due_at, None)
    assert missed.is_open
    event = Event.objects.latest("id")
    assert (event.code, event.facts["task"]) == ("task_missed", task.pk)
    assert set(event.facts["told"]) == {"韩承办", "雷班长", "欧话务", "狄派单"}
    assert "late_seconds" not in event.facts


def test_the_leader_hears_for_a_unit_that_named_nobody(cast: Cast) -> None:
    task = a_task(cast, unit=cast.unit)
    task_firing.fire_due(by=None, at=task.due_at)
    assert cast.leader.pk in told("task_missed")


def test_a_late_firing_says_how_late(cast: Cast) -> None:
    task = a_task(cast)
    task_firing.fire_due(by=None, at=task.due_at + timedelta(hours=3))
    assert Event.objects.latest("id").facts["late_seconds"] == 3 * 3600


def test_what_is_over_fires_nothing(cast: Cast) -> None:
    done, dropped = a_task(cast), a_task(cast)
    tasks.finish(task=done, result="Done", by=cast.handler, at=cast.at + 9 * STEP)
    tasks.drop(task=dropped, reason="No", by=cast.supervisor, at=cast.at + 9 * STEP)
    assert task_firing.fire_due(by=None, at=dropped.due_at + STEP) == 0


def test_nothing_is_owed_on_a_ticket_that_was_taken_out(cast: Cast) -> None:
    task = a_task(cast)
    lifecycle.cancel(ticket=task.ticket, reason="Twice", by=cast.supervisor, at=cast.at + 9 * STEP)
    task_firing.fire_due(by=None, at=task.due_at)
    task.refresh_from_db()
    assert (task.dropped_at, task.missed_at) == (task.due_at, None)
    assert not told("task_missed")


def test_a_row_that_raises_is_pushed_away_and_the_rest_fire(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = a_task(cast), a_task(cast)
    judge = task_firing._judge

    def fail_on_one(task: Task, effects: task_firing._Effects) -> None:
        if task.pk == bad.pk:
            raise RuntimeError("poison")
        judge(task, effects)

    monkeypatch.setattr(task_firing, "_judge", fail_on_one)
    late = good.due_at + timedelta(seconds=1)
    assert task_firing.fire_due(by=None, at=late) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.attempts, bad.missed_at) == (1, None)
    assert "poison" in bad.latest_error
    assert bad.next_fire_at == late + timedelta(seconds=30)
    assert good.missed_at == good.due_at
    monkeypatch.undo()
    assert task_firing.fire_due(by=None, at=bad.next_fire_at) == 1
    bad.refresh_from_db()
    assert bad.missed_at == bad.due_at
    assert len(codes()) == 2


def test_a_batch_takes_few_statements(cast: Cast, django_assert_max_num_queries: object) -> None:
    for _ in range(8):
        task = a_task(cast)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        assert task_firing.fire_due(by=None, at=task.due_at + STEP) == 8


@pytest.mark.django_db(transaction=True)
def test_two_loops_never_double(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    rows = [a_task(cast, ticket=ticket if n % 2 else None) for n in range(8)]
    late = rows[-1].due_at + timedelta(seconds=1)
    start = Barrier(2)
    taken: list[int] = []

    def sweep() -> None:
        start.wait(10)
        for _ in range(6):
            taken.append(task_firing.fire_due(by=None, at=late, limit=3))
        connection.close()

    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    task_firing.fire_due(by=None, at=late)
    assert not Task.objects.filter(missed_at=None).exists()
    assert len(codes()) == 8
    assert Notice.objects.filter(code="task_missed", staff=cast.handler).count() == 8


@pytest.mark.django_db(transaction=True)
def test_a_ticket_being_edited_is_skipped_not_waited_for(cast: Cast) -> None:
    task = a_task(cast)
    taken: list[int] = []

    def sweep() -> None:
        taken.append(task_firing.fire_due(by=None, at=task.due_at))
        connection.close()

    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(pk=task.ticket_id)
        other = Thread(target=sweep)
        other.start()
        other.join(timeout=10)
    assert taken == [0]
    assert task_firing.fire_due(by=None, at=task.due_at) == 1


def test_history_loaded_tells_nobody(cast: Cast) -> None:
    with silence.during_history():
        missed = a_task(cast)
        other = a_task(cast, due_at=cast.at + timedelta(days=9))
        until = cast.at + timedelta(days=8)
        judged = [
            catching_up.judge_past(ticket=one.ticket, until=until, by=None, at=until)
            for one in (missed, other)
        ]
    assert judged[0] >= 1
    missed.refresh_from_db()
    other.refresh_from_db()
    assert (missed.missed_at, missed.next_fire_at) == (missed.due_at, None)
    assert (other.missed_at, other.next_fire_at) == (None, other.due_at)
    assert len(codes()) == 1
    assert not Notice.objects.exists()
    assert not Outbox.objects.exists()


def test_a_report_is_told_of_without_its_words(cast: Cast) -> None:
    report = a_ticket(cast, kind=Kind.REPORT)
    task = a_task(cast, ticket=report, staff=cast.supervisor, by=cast.supervisor)
    task_firing.fire_due(by=None, at=task.due_at)
    for row in [
        *Notice.objects.filter(code="task_missed"),
        *Outbox.objects.filter(template="task_missed"),
    ]:
        assert task.text not in str(row.facts)
    assert told("task_missed") <= {cast.supervisor.pk, cast.operator.pk}
    assert told("task_missed")
