"""Limits that fell due before the load are judged and recorded, and nobody is told."""

from datetime import timedelta

from notifications import silence
from notifications.models import Notice, Outbox
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import catching_up, escalation
from tickets.kinds import Kind
from tickets.models import Clock, Deadline, Event, Ticket
from tickets.states import Happening, State

LATER = timedelta(days=3)


def test_what_fell_due_is_recorded_at_its_own_time_and_nobody_is_told(cast: Cast) -> None:
    with silence.during_history():
        ticket = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    until = cast.at + LATER
    judged = catching_up.judge_past(ticket=ticket, until=until, by=None, at=until)
    assert judged > 0
    fired = Deadline.objects.filter(ticket=ticket, fired_at__isnull=False)
    assert fired.count() == judged
    assert all(row.fired_at == row.fires_at for row in fired)
    overdue = Event.objects.get(ticket=ticket, code=Happening.OVERDUE, facts__clock="arrive")
    missed = Clock.objects.get(ticket=ticket, name="arrive", measure="max")
    assert overdue.at == missed.missed_at == missed.due_at
    assert overdue.recorded_at == until
    assert Ticket.objects.get(pk=ticket.pk).escalation_level == 2
    assert (Notice.objects.count(), Outbox.objects.count()) == (0, 0)


def test_what_is_still_ahead_waits_for_the_engine(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    until = cast.at + timedelta(minutes=70)
    catching_up.judge_past(ticket=ticket, until=until, by=None, at=until)
    assert Deadline.objects.filter(ticket=ticket, next_fire_at__gte=until).exists()
    assert not Deadline.objects.filter(ticket=ticket, next_fire_at__lt=until).exists()


def test_the_engine_finds_nothing_left_of_it(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.FAULT, state=State.IN_PROGRESS)
    until = cast.at + LATER
    catching_up.judge_past(ticket=ticket, until=until, by=None, at=until)
    assert escalation.fire_due(by=None, at=until) == 0


def test_judging_again_adds_nothing(cast: Cast) -> None:
    ticket = a_ticket(cast, kind=Kind.COMPLAINT, state=State.IN_PROGRESS)
    until = cast.at + LATER
    catching_up.judge_past(ticket=ticket, until=until, by=None, at=until)
    events = Event.objects.count()
    assert catching_up.judge_past(ticket=ticket, until=until, by=None, at=until) == 0
    assert Event.objects.count() == events


def test_steps_taken_in_silence_put_no_notice_and_the_next_one_does(cast: Cast) -> None:
    with silence.during_history():
        a_ticket(cast, state=State.IN_PROGRESS)
    assert Notice.objects.count() == 0
    a_ticket(cast, state=State.IN_PROGRESS)
    assert Notice.objects.count() > 0
