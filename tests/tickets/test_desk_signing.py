"""The desk signs for what nobody signed for, in the name of the unit."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from notifications.models import Notice
from organisation.models import Staff
from organisation.roles import Role
from tests.cast import Cast
from tests.factories.resting import miss_signing
from tests.factories.tickets import STEP, a_ticket
from tests.tickets.test_returning import race
from tickets import (
    catching_up,
    dispatching,
    lifecycle,
    permissions,
    refusing,
    signing,
)
from tickets.models import Clock, Event, Holding, Ticket
from tickets.states import Happening, State

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_what_nobody_signs_for_is_signed_by_the_desk_in_the_units_name(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    due = Clock.objects.get(ticket=ticket, name="sign").due_at
    at = miss_signing(ticket)
    assert signing.sign_due(by=None, at=at) == 1
    assert signing.sign_due(by=None, at=at + STEP) == 0
    signed = Ticket.objects.get(pk=ticket.pk)
    assert (signed.state, signed.is_auto_signed) == (State.IN_PROGRESS, True)
    assert signed.lead_handler == ticket.lead_handler
    event = Event.objects.get(code=Happening.AUTO_SIGNED)
    assert (event.by_id, event.facts["unit_id"]) == (None, cast.unit.pk)
    stay = Holding.objects.get(ticket=ticket, to_at=None)
    assert (stay.unit, stay.staff, stay.from_at) == (cast.unit, ticket.lead_handler, at)
    told = set(Notice.objects.filter(code="auto_signed").values_list("staff", flat=True))
    assert told == {cast.leader.pk, cast.dispatcher.pk}
    clock = Clock.objects.get(ticket=ticket, name="sign")
    assert (clock.missed_at, clock.stopped_at) == (due, at)


def test_who_signs_late_has_it_and_the_miss_stays(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    at = miss_signing(ticket)
    signing.sign_due(by=None, at=at)
    misses = Event.objects.filter(ticket=ticket, code=Happening.OVERDUE).count()
    missed = Clock.objects.get(ticket=ticket, name="sign").missed_at
    other = Ticket.objects.get(pk=ticket.pk)
    with pytest.raises(permissions.NotYours):
        dispatching.accept(ticket=other, by=cast.outsider, at=at + STEP)
    taken = dispatching.accept(ticket=other, by=cast.field_worker, at=at + STEP)
    assert (taken.lead_handler, taken.is_auto_signed) == (cast.field_worker, False)
    assert Clock.objects.get(ticket=ticket, name="sign").missed_at == missed
    assert Event.objects.filter(ticket=ticket, code=Happening.OVERDUE).count() == misses
    assert not Event.objects.filter(ticket=ticket, code=Happening.SIGNED).exists()
    with pytest.raises(permissions.NotAllowedNow):
        dispatching.accept(ticket=taken, by=cast.handler, at=at + 2 * STEP)


@pytest.mark.parametrize("end", ["done", "refused"])
def test_once_done_it_no_longer_waits_for_somebody_to_take_it_on(cast: Cast, end: str) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    at = miss_signing(ticket)
    signed = signing.auto_sign(ticket=ticket, by=None, at=at)
    if end == "done":
        ended = lifecycle.report_done(
            ticket=signed, result="已修复", is_customer_told=True, by=cast.handler, at=at + STEP
        )
    else:
        ended = refusing.refuse(
            ticket=signed, reason="不具备条件", basis="规则", is_customer_told=True,
            by=cast.handler, at=at + STEP,
        )  # fmt: skip
    assert (ended.state, ended.is_auto_signed) == (State.DONE_PENDING_REVIEW, False)


def test_who_signs_before_the_desk_wins_and_the_miss_stays(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    at = miss_signing(ticket)
    dispatching.accept(ticket=ticket, by=cast.handler, at=at)
    assert signing.sign_due(by=None, at=at) == 0
    clock = Clock.objects.get(ticket=ticket, name="sign")
    assert clock.missed_at == clock.due_at
    assert Ticket.objects.get(pk=ticket.pk).auto_sign_at is None


def test_the_next_unit_has_its_own_time_before_the_desk_signs(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    at = miss_signing(ticket)
    dispatching.transfer(
        ticket=ticket, to=cast.other_unit, reason="Theirs", by=cast.dispatcher, at=at
    )
    assert signing.sign_due(by=None, at=at + timedelta(minutes=1)) == 0
    clock = Clock.objects.get(ticket=ticket, name="sign")
    assert clock.started_at == at
    assert clock.due_at is not None
    assert clock.due_at > at
    assert clock.missed_at is not None


def test_loaded_history_is_never_signed_by_the_desk(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.DISPATCHED)
    due = Clock.objects.get(ticket=ticket, name="sign").due_at
    assert due is not None
    catching_up.judge_past(ticket=ticket, until=due + HOUR, by=None, at=due + HOUR)
    assert signing.sign_due(by=None, at=due + 2 * HOUR) == 0
    assert Ticket.objects.get(pk=ticket.pk).state == State.DISPATCHED


def test_a_rule_sent_it_so_all_dispatchers_there_are_alarmed(cast: Cast) -> None:
    ticket = dispatching.dispatch_by_rule(ticket=a_ticket(cast), by=None, at=cast.at + STEP)
    absent = Staff.objects.get(pk=cast.clerk.pk)
    absent.roles, absent.presence = [Role.DISPATCHER], Staff.Presence.ABSENT
    absent.save()
    at = miss_signing(ticket)
    signing.sign_due(by=None, at=at)
    told = set(Notice.objects.filter(code="auto_signed").values_list("staff", flat=True))
    assert told == {cast.leader.pk, cast.dispatcher.pk}


@pytest.mark.django_db(transaction=True)
def test_a_ticket_being_edited_is_skipped_and_signed_for_afterwards(cast: Cast) -> None:
    from threading import Thread

    ticket = a_ticket(cast, state=State.DISPATCHED)
    at = miss_signing(ticket)
    taken: list[int] = []

    def sweep() -> None:
        taken.append(signing.sign_due(by=None, at=at))
        connection.close()

    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
        other = Thread(target=sweep)
        other.start()
        other.join(timeout=10)
    assert taken == [0]
    assert signing.sign_due(by=None, at=at) == 1


@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_sign_for_it_once(cast: Cast) -> None:
    at = miss_signing(a_ticket(cast, state=State.DISPATCHED))
    found = race(*[lambda: signing.sign_due(by=None, at=at)] * 4)
    assert sum(one for one in found if isinstance(one, int)) == 1
    assert Event.objects.filter(code=Happening.AUTO_SIGNED).count() == 1
