"""An escalation calls until somebody acknowledges it; the ladder goes on."""

from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from notifications.models import Notice
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.tickets import STEP, a_request, a_ticket
from tests.tickets.test_escalation import make_due
from tickets import (
    acknowledging,
    calling,
    contact,
    escalation,
    intake,
    lifecycle,
    permissions,
    repeats,
    unacknowledged,
)
from tickets.kinds import Kind, Means
from tickets.models import Deadline, Escalation, Event, Rung, Ticket
from tickets.states import Happening, State

EVERY = timedelta(minutes=30)


@pytest.fixture
def called(cast: Cast) -> Escalation:
    """The supervisor, called by the first rung of a complaint's answer, every half hour, thrice."""
    Rung.objects.update(repeat_amount=Decimal(30), repeat_unit="minutes", most_repeats=3)
    repeats.of_policy.cache_clear()
    return call(cast, a_ticket(cast, state=State.IN_PROGRESS))


def call(cast: Cast, ticket: Ticket, role: Role = Role.SUPERVISOR) -> Escalation:
    row = Deadline.objects.filter(ticket=ticket, clock="reply", role=role).order_by("stage").first()
    assert row is not None
    row = make_due(ticket, stage=row.stage)
    escalation.fire_due(by=None, at=row.fires_at)
    return Escalation.objects.select_related("ticket").get(deadline=row)


def again(at: datetime) -> int:
    return calling.repeat_due(by=None, at=at)


def told(code: str) -> list[int]:
    return list(Notice.objects.filter(code=code).order_by("id").values_list("staff", flat=True))


def codes(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("id").values_list("code", flat=True))


def test_it_is_said_again_as_often_as_the_rung_says_and_no_oftener(
    cast: Cast, called: Escalation
) -> None:
    for n in range(1, 4):
        assert again(called.told_at + n * EVERY - timedelta(seconds=1)) == 0
        assert again(called.told_at + n * EVERY) == 1
        assert told("called_again") == [cast.supervisor.pk] * n
    assert again(called.told_at + 9 * EVERY) == 0
    event = Event.objects.filter(ticket=called.ticket).latest("id")
    assert (event.code, event.facts["again"], event.facts["most"]) == ("called_again", 3, 3)


def test_acknowledging_ends_the_repeats_and_says_who_when_and_what(
    cast: Cast, called: Escalation
) -> None:
    again(called.told_at + EVERY)
    at = called.told_at + EVERY + STEP
    acknowledging.acknowledge(
        ticket=called.ticket, note="派第二组，下午到。", by=cast.supervisor, at=at
    )
    called.refresh_from_db()
    assert (called.acknowledged_by, called.acknowledged_at) == (cast.supervisor, at)
    assert again(called.told_at + 5 * EVERY) == 0
    event = Event.objects.filter(ticket=called.ticket).latest("id")
    assert (event.code, event.by_id) == (Happening.ACKNOWLEDGED, cast.supervisor.pk)
    assert event.facts["note"] == "派第二组，下午到。"
    assert event.facts["waited_seconds"] == (EVERY + STEP).total_seconds()
    assert not Notice.objects.unread_by(cast.supervisor).filter(code="escalated").exists()
    assert not unacknowledged.of_ticket(Ticket.objects.get(pk=called.ticket_id))


def test_the_next_rung_fires_though_this_one_was_acknowledged(
    cast: Cast, called: Escalation
) -> None:
    acknowledging.acknowledge(
        ticket=called.ticket, note="已安排", by=cast.supervisor, at=called.told_at + STEP
    )
    higher = call(cast, called.ticket, Role.EXECUTIVE)
    assert higher.staff == cast.executive
    assert higher.acknowledged_at is None


def test_the_deputy_may_acknowledge_and_the_history_says_for_whom(
    cast: Cast, called: Escalation
) -> None:
    Staff.objects.filter(pk=cast.supervisor.pk).update(deputy=cast.executive)
    acknowledging.acknowledge(
        ticket=called.ticket, note="代为处理", by=cast.executive, at=called.told_at + STEP
    )
    event = Event.objects.filter(ticket=called.ticket).latest("id")
    assert event.facts["for"]["en"] == "Su Supervisor"


@pytest.mark.parametrize("who", ["handler", "executive", "outsider", "dispatcher"])
def test_nobody_else_takes_the_call_away(cast: Cast, called: Escalation, who: str) -> None:
    person = getattr(cast, who)
    with pytest.raises((acknowledging.NotCalled, permissions.NotYours)):
        acknowledging.acknowledge(
            ticket=called.ticket, note="我来", by=person, at=called.told_at + STEP
        )
    called.refresh_from_db()
    assert called.acknowledged_at is None


def test_sent_twice_it_is_acknowledged_once(cast: Cast, called: Escalation) -> None:
    def send() -> None:
        acknowledging.acknowledge(
            ticket=called.ticket, note="已安排", by=cast.supervisor, at=called.told_at + STEP
        )

    send()
    with pytest.raises(acknowledging.AlreadyAcknowledged):
        send()
    assert codes(called.ticket).count("acknowledged") == 1


def test_without_a_word_nothing_is_acknowledged(cast: Cast, called: Escalation) -> None:
    with pytest.raises(acknowledging.NothingSaid):
        acknowledging.acknowledge(
            ticket=called.ticket, note="  ", by=cast.supervisor, at=called.told_at + STEP
        )


def test_a_repeat_reaches_whoever_is_on_duty_by_then(cast: Cast, called: Escalation) -> None:
    Staff.objects.filter(pk=cast.supervisor.pk).update(
        presence=Staff.Presence.ABSENT, deputy=cast.auditor
    )
    again(called.told_at + EVERY)
    called.refresh_from_db()
    assert (called.staff, called.stands_for) == (cast.auditor, cast.supervisor)
    assert told("called_again") == [cast.auditor.pk]
    heard = Event.objects.filter(ticket=called.ticket).latest("id").facts["heard"]
    assert heard[0]["for"]["en"] == "Su Supervisor"


def test_a_ticket_that_moved_on_calls_nobody_again(cast: Cast, called: Escalation) -> None:
    at = called.told_at + STEP
    contact.record(
        ticket=called.ticket, means=Means.PHONE, is_reached=True, note="已联系", by=cast.handler, at=at
    )
    lifecycle.report_done(
        ticket=called.ticket, result="已处理", is_customer_told=True, by=cast.handler, at=at
    )
    before = Notice.objects.count()
    assert again(called.told_at + EVERY) == 1
    called.refresh_from_db()
    assert (called.next_fire_at, called.ended_at) == (None, called.told_at + EVERY)
    assert Notice.objects.count() == before
    assert codes(called.ticket)[-1] == "done"


def test_a_resting_ticket_is_quiet_and_calls_again_afterwards(
    cast: Cast, called: Escalation
) -> None:
    Ticket.objects.filter(pk=called.ticket_id).update(
        state=State.SUSPENDED, suspended_until=called.told_at + 9 * EVERY
    )
    rung = repeats.rung(called.ticket, called.clock, called.measure, called.stage)
    assert rung is not None
    again(called.told_at + EVERY)
    called.refresh_from_db()
    assert (called.repeats == 0) == rung.is_internal
    assert called.next_fire_at == called.told_at + 2 * EVERY


def test_after_an_outage_it_is_said_once_and_goes_on_from_there(
    cast: Cast, called: Escalation
) -> None:
    late = called.told_at + timedelta(hours=8)
    assert again(late) == 1
    assert again(late) == 0
    called.refresh_from_db()
    assert (called.repeats, called.next_fire_at) == (1, late + EVERY)
    facts = Event.objects.filter(ticket=called.ticket).latest("id").facts
    assert facts["late_seconds"] == 8 * 3600 - EVERY.total_seconds()


def test_a_rung_without_repeats_is_said_once_and_can_be_acknowledged(cast: Cast) -> None:
    Rung.objects.update(repeat_amount=None, most_repeats=0)
    repeats.of_policy.cache_clear()
    once = call(cast, a_ticket(cast, state=State.IN_PROGRESS))
    assert once.next_fire_at is None
    acknowledging.acknowledge(
        ticket=once.ticket, note="知悉", by=cast.supervisor, at=once.told_at + STEP
    )
    once.refresh_from_db()
    assert once.acknowledged_by == cast.supervisor


def test_what_has_waited_long_stands_on_the_list_of_the_overdue(
    cast: Cast, called: Escalation
) -> None:
    soon, late = called.told_at + timedelta(hours=1), called.told_at + timedelta(hours=3)
    assert not unacknowledged.by_ticket([called.ticket], soon)
    assert unacknowledged.by_ticket([called.ticket], late) == {called.ticket_id: called}
    assert unacknowledged.of_person(cast.supervisor) == [called]
    assert unacknowledged.of_person(cast.outsider) == []


@pytest.mark.django_db(transaction=True)
def test_acknowledged_and_repeated_at_once_one_of_them_wins(
    cast: Cast, called: Escalation
) -> None:
    at, barrier = called.told_at + EVERY, Barrier(2)

    def sweep() -> None:
        barrier.wait()
        again(at)
        connection.close()

    other = Thread(target=sweep)
    other.start()
    barrier.wait()
    acknowledging.acknowledge(
        ticket=called.ticket, note="已安排", by=cast.supervisor, at=called.told_at + STEP
    )
    other.join(timeout=20)
    called.refresh_from_db()
    assert called.next_fire_at is None
    assert again(at + EVERY) == 0
    history = codes(called.ticket)
    assert history.count("called_again") == called.repeats <= 1
    assert history[-2:] != ["acknowledged", "called_again"]


def test_a_report_calls_nobody_whom_it_is_kept_from(cast: Cast) -> None:
    request = a_request(cast, kind=Kind.REPORT, accused_unit=cast.unit)
    report = intake.receive(request=request, by=cast.operator, at=cast.at)
    waiting = Deadline.objects.filter(ticket=report, next_fire_at__isnull=False)
    waiting.update(next_fire_at=cast.at)
    while escalation.fire_due(by=None, at=cast.at + STEP):
        pass
    calls = list(Escalation.objects.filter(ticket=report))
    assert calls
    for one in calls:
        called = {one.staff, one.duty_leader} - {None}
        assert all(Ticket.objects.visible_to(who).filter(pk=report.pk) for who in called if who)
    again(cast.at + timedelta(days=1))
    for notice in Notice.objects.filter(subject=report.number).select_related("staff"):
        assert Ticket.objects.visible_to(notice.staff).filter(pk=report.pk).exists()


def test_two_engines_repeat_it_once(cast: Cast, called: Escalation) -> None:
    at = called.told_at + EVERY
    assert [again(at), again(at)] == [1, 0]
    assert told("called_again") == [cast.supervisor.pk]
