"""What happens when a deadline fires."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from assignment.models import Duty
from notifications.models import Notice, Outbox
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.tickets import STEP, a_ticket
from tickets import dispatching, escalation, lifecycle
from tickets.kinds import Kind
from tickets.models import Clock, Deadline, Event, Ticket
from tickets.states import State


def make_due(ticket: Ticket, *, clock: str = "reply", stage: str = "due") -> Deadline:
    """The deadline, moved into the past so that the database's clock finds it due."""
    row = Deadline.objects.get(
        ticket=ticket, clock=clock, measure="max", stage=stage, next_fire_at__isnull=False
    )
    long_ago = datetime(2020, 1, 1, tzinfo=row.due_at.tzinfo)
    Deadline.objects.exclude(pk=row.pk).filter(next_fire_at__isnull=False).update(
        next_fire_at=datetime(2900, 1, 1, tzinfo=row.due_at.tzinfo)
    )
    Deadline.objects.filter(pk=row.pk).update(next_fire_at=long_ago)
    return row


def fire(at: datetime) -> int:
    return escalation.fire_due(by=None, at=at)


def test_a_missed_limit_tells_everyone_who_answers_for_it(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    row = make_due(ticket)
    assert fire(row.due_at) == 1
    told = set(Notice.objects.filter(key=f"deadline:{row.pk}").values_list("staff", flat=True))
    assert told == {cast.handler.pk, cast.operator.pk, cast.leader.pk, cast.liaison.pk}
    assert Outbox.objects.count() == 4
    assert Clock.objects.get(ticket=ticket, name="reply", measure="max").missed_at == row.due_at
    event = Event.objects.filter(ticket=ticket).latest("id")
    assert (event.code, event.facts["clock"]) == ("overdue", "reply")
    row.refresh_from_db()
    assert row.fired_at is not None
    assert row.next_fire_at is None


def test_it_fires_once_only(cast: Cast) -> None:
    row = make_due(a_ticket(cast, state=State.IN_PROGRESS))
    assert fire(row.due_at) == 1
    assert fire(row.due_at + timedelta(hours=1)) == 0
    assert Event.objects.filter(code="overdue").count() == 1


def test_a_rung_reaches_whoever_is_really_there(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    stand_in = cast.executive
    cast.supervisor.presence = Staff.Presence.ABSENT
    cast.supervisor.deputy = stand_in
    cast.supervisor.save()
    row = Deadline.objects.filter(ticket=ticket, clock="reply", role=Role.SUPERVISOR).first()
    assert row is not None
    row = make_due(ticket, stage=row.stage)
    fire(row.fires_at)
    assert set(Notice.objects.values_list("staff", flat=True)) >= {stand_in.pk}
    assert not Notice.objects.filter(staff=cast.supervisor).exists()
    assert Ticket.objects.get(pk=ticket.pk).escalation_level >= 1


def test_the_roster_comes_before_the_post(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    row = make_due(ticket)
    Duty.objects.create(
        unit=cast.unit, role=Role.UNIT_LEADER, staff=cast.field_worker,
        from_at=row.due_at - timedelta(hours=1), to_at=row.due_at + timedelta(hours=1),
    )  # fmt: skip
    cast.field_worker.roles = [Role.FIELD_WORKER, Role.UNIT_LEADER]
    cast.field_worker.save()
    fire(row.due_at)
    told = set(Notice.objects.filter(code="overdue").values_list("staff", flat=True))
    assert cast.field_worker.pk in told
    assert cast.leader.pk not in told


def test_a_stale_generation_is_cancelled_and_tells_nobody(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    row = make_due(ticket)
    Clock.objects.filter(ticket=ticket, name="reply").update(generation=row.generation + 1)
    before = Notice.objects.count()
    assert fire(row.due_at) == 1
    row.refresh_from_db()
    assert row.cancelled_at is not None
    assert row.fired_at is None
    assert Notice.objects.count() == before


def test_a_closed_ticket_fires_nothing(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.CLOSED)
    assert not Deadline.objects.filter(ticket=ticket, next_fire_at__isnull=False).exists()


@pytest.mark.parametrize("poison", ["first", "second"])
def test_a_row_that_raises_is_pushed_away_and_the_rest_fire(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, poison: str
) -> None:
    tickets = [a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT) for _ in range(2)]
    rows = [
        Deadline.objects.filter(ticket=one, next_fire_at__isnull=False).order_by("fires_at").last()
        for one in tickets
    ]
    Deadline.objects.exclude(pk__in=[row.pk for row in rows if row]).update(next_fire_at=None)
    Deadline.objects.filter(pk__in=[row.pk for row in rows if row]).update(
        next_fire_at=datetime(2020, 1, 1, tzinfo=cast.at.tzinfo)
    )
    bad = rows[0] if poison == "first" else rows[1]
    judge = escalation._judge

    def fail_on_one(
        row: Deadline, since: datetime | None, effects: escalation.Effects
    ) -> None:
        if row.pk == bad.pk:
            raise RuntimeError("poison")
        judge(row, since, effects)

    monkeypatch.setattr(escalation, "_judge", fail_on_one)
    assert fire(cast.at + timedelta(days=99)) == 2
    fired = Deadline.objects.filter(fired_at__isnull=False, pk__in=[row.pk for row in rows])
    assert fired.count() == 1
    bad.refresh_from_db()
    assert (bad.attempts, bad.fired_at) == (1, None)
    assert "poison" in bad.latest_error
    assert bad.next_fire_at == cast.at + timedelta(days=99, seconds=30)


def test_a_late_firing_says_how_late(cast: Cast) -> None:
    row = make_due(a_ticket(cast, state=State.IN_PROGRESS))
    fire(row.fires_at + timedelta(hours=8))
    event = Event.objects.filter(code="overdue").latest("id")
    assert event.facts["late_seconds"] == 8 * 3600


def test_closing_after_the_due_time_is_a_miss_even_if_nothing_fired(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    due = Clock.objects.get(ticket=ticket, name="reply", measure="max").due_at
    lifecycle.report_done(
        ticket=ticket, result="Done", is_customer_told=True, by=cast.handler, at=due + STEP
    )
    assert Clock.objects.get(ticket=ticket, name="reply", measure="max").missed_at == due


def test_a_batch_takes_few_statements(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    for _ in range(6):
        a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT)
    waiting = Deadline.objects.filter(next_fire_at__isnull=False)
    waiting.update(next_fire_at=datetime(2020, 1, 1, tzinfo=cast.at.tzinfo))
    assert waiting.count() > 20
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        fire(cast.at)
    assert not waiting.exists()


@pytest.mark.django_db(transaction=True)
def test_a_ticket_being_edited_is_skipped_not_waited_for(cast: Cast) -> None:
    from threading import Thread

    row = make_due(a_ticket(cast, state=State.IN_PROGRESS))
    taken: list[int] = []

    def sweep() -> None:
        taken.append(fire(row.due_at))
        connection.close()

    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(pk=row.ticket_id)
        other = Thread(target=sweep)
        other.start()
        other.join(timeout=10)
    assert taken == [0]
    assert fire(row.due_at) == 1


def test_a_miss_names_the_due_time_that_was_missed_though_the_clock_runs_anew(cast: Cast) -> None:
    """Nobody signed, no engine ran, and the ticket went on to another unit, which has its own
    time."""
    ticket = a_ticket(cast, state=State.DISPATCHED)
    due = Clock.objects.get(ticket=ticket, name="sign").due_at
    assert due is not None
    dispatching.transfer(
        ticket=ticket, to=cast.other_unit, reason="不属本所", by=cast.dispatcher, at=due + STEP
    )
    clock = Clock.objects.get(ticket=ticket, name="sign")
    assert clock.missed_at == due
    assert clock.due_at is not None and clock.due_at > due
