"""Appointments: agreed with the customer, kept, late, missed by us, or nobody at home."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from notifications import wording
from notifications.models import Notice, Outbox
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import appointment_firing, booking, contact, lifecycle, permissions
from tickets.kinds import Kind
from tickets.models import Appointment, Event, Ticket
from tickets.states import State

HOUR = timedelta(hours=1)
Ending = Appointment.Ending


@pytest.fixture
def held(cast: Cast) -> Ticket:
    return a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.REQUEST)


def book(cast: Cast, ticket: Ticket, *, begin: int = 24, hours: int = 2, **changes: object):  # type: ignore[no-untyped-def]
    """From `begin` hours after the cast's Monday morning on."""
    asked: dict[str, object] = {
        "from_at": cast.at + begin * HOUR, "to_at": cast.at + (begin + hours) * HOUR,
        "by": cast.handler, "at": cast.at + HOUR,
    }  # fmt: skip
    return booking.book(ticket=ticket, **asked | changes)  # type: ignore[arg-type]


def codes(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("id").values_list("code", flat=True))


def test_a_window_is_booked_and_recorded(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held, staff=cast.field_worker)
    assert booked.next_fire_at == booked.to_at
    event = Event.objects.filter(ticket=held).latest("id")
    assert (event.code, event.facts["from_at"]) == ("booked", booked.from_at.isoformat())
    assert Notice.objects.filter(staff=cast.field_worker, code="booked").exists()


@pytest.mark.parametrize(
    ("begin", "hours", "error"),
    [
        (0, 2, booking.InThePast), (24, 0, booking.EndsBeforeItBegins),
        (24, -1, booking.EndsBeforeItBegins), (24, 5, booking.WindowTooLong),
        (24 * 91, 2, booking.TooFarAhead),
    ],
)  # fmt: skip
def test_a_window_nobody_can_keep_is_refused(
    cast: Cast, held: Ticket, begin: int, hours: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        book(cast, held, begin=begin, hours=hours)
    assert not Appointment.objects.exists()


def test_a_safety_ticket_is_never_booked_for_later(cast: Cast) -> None:
    ticket = a_ticket(
        cast, state=State.IN_PROGRESS, kind=Kind.FAULT, category=cast.category("power-fault-danger")
    )
    with pytest.raises(booking.NeverLater):
        book(cast, ticket)


def test_the_same_booking_sent_twice_is_one(cast: Cast, held: Ticket) -> None:
    book(cast, held)
    with pytest.raises(booking.BookedAlready):
        book(cast, held)
    assert Appointment.objects.count() == 1


def test_whoever_goes_is_of_the_unit(cast: Cast, held: Ticket) -> None:
    with pytest.raises(booking.NotOfTheUnit):
        book(cast, held, staff=cast.outsider)


def test_somebody_without_the_role_books_nothing(cast: Cast, held: Ticket) -> None:
    with pytest.raises(permissions.NotYours):
        book(cast, held, by=cast.auditor)


def test_moving_keeps_the_old_window_on_record(cast: Cast, held: Ticket) -> None:
    first = book(cast, held)
    second = booking.move(
        ticket=held, from_at=first.from_at + 24 * HOUR, to_at=first.to_at + 24 * HOUR,
        reason="Customer asked", by=cast.operator, at=cast.at + 2 * HOUR,
    )  # fmt: skip
    first.refresh_from_db()
    assert (first.ending, first.settled_by, second.ending) == (Ending.MOVED, cast.operator, "")


def test_a_window_that_has_ended_cannot_be_moved_away(cast: Cast, held: Ticket) -> None:
    first = book(cast, held)
    booking.move(
        ticket=held, from_at=first.from_at + 24 * HOUR, to_at=first.to_at + 24 * HOUR,
        reason="Rain", by=cast.handler, at=first.to_at + HOUR,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.ending == Ending.MISSED


@pytest.mark.parametrize(
    ("after_begin", "ending"),
    [(timedelta(minutes=-20), Ending.KEPT), (HOUR, Ending.KEPT), (3 * HOUR, Ending.LATE)],
)
def test_an_arrival_settles_it_by_itself(
    cast: Cast, held: Ticket, after_begin: timedelta, ending: str
) -> None:
    booked = book(cast, held)
    at = booked.from_at + after_begin
    contact.arrive(ticket=held, arrived_at=None, by=cast.handler, at=at)
    booked.refresh_from_db()
    assert (booked.ending, booked.arrived_at, booked.next_fire_at) == (ending, at, None)


def test_an_arrival_for_something_else_leaves_it_open(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    contact.arrive(ticket=held, arrived_at=None, by=cast.handler, at=booked.from_at - 5 * HOUR)
    booked.refresh_from_db()
    assert booked.is_open


def test_a_time_typed_after_the_window_does_not_make_it_kept(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    contact.arrive(
        ticket=held, arrived_at=booked.from_at + HOUR, by=cast.handler, at=booked.to_at + HOUR
    )
    booked.refresh_from_db()
    assert booked.is_open, "somebody has to say so with a reason"


def test_a_window_that_ends_unattended_warns_once_and_counts_as_missed(
    cast: Cast, held: Ticket
) -> None:
    booked = book(cast, held, staff=cast.field_worker)
    before = booked.to_at - timedelta(seconds=1)
    assert appointment_firing.fire_due(by=None, at=before) == 0
    assert appointment_firing.fire_due(by=None, at=booked.to_at) == 1
    assert appointment_firing.fire_due(by=None, at=booked.to_at + HOUR) == 0
    booked.refresh_from_db()
    assert booked.counts_as_missed
    assert list(Appointment.objects.missed_by_us()) == [booked]
    assert codes(held).count("appointment_missed") == 1
    told = set(Notice.objects.filter(code="appointment_missed").values_list("staff", flat=True))
    assert told == {cast.field_worker.pk, cast.handler.pk, cast.leader.pk, cast.operator.pk}


def test_who_comes_after_the_warning_was_late(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    appointment_firing.fire_due(by=None, at=booked.to_at)
    contact.arrive(ticket=held, arrived_at=None, by=cast.handler, at=booked.to_at + HOUR)
    booked.refresh_from_db()
    assert (booked.ending, booked.counts_as_missed) == (Ending.LATE, False)


def test_a_matter_that_ended_meanwhile_waits_for_nobody(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    lifecycle.cancel(ticket=held, reason="Double", by=cast.supervisor, at=cast.at + 2 * HOUR)
    appointment_firing.fire_due(by=None, at=booked.to_at)
    booked.refresh_from_db()
    assert booked.ending == Ending.CALLED_OFF
    assert not Notice.objects.filter(code="appointment_missed").exists()


def test_one_that_raises_is_pushed_away_and_the_rest_fire(
    cast: Cast, held: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = book(cast, held)
    good = book(cast, a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.FAULT))
    warn = appointment_firing._warn

    def fail_on_one(row: Appointment, at: object) -> None:
        if row.pk == bad.pk:
            raise RuntimeError("poison")
        warn(row, at)  # type: ignore[arg-type]

    monkeypatch.setattr(appointment_firing, "_warn", fail_on_one)
    assert appointment_firing.fire_due(by=None, at=bad.to_at) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.attempts, bad.next_fire_at) == (1, bad.to_at + timedelta(seconds=30))
    assert "poison" in bad.latest_error
    assert good.warned_at is not None


def settle(cast: Cast, booked: Appointment, ending: str, **changes: object) -> Appointment:
    said: dict[str, object] = {
        "ending": Ending(ending), "note": "As told", "by": cast.handler, "at": booked.to_at + HOUR
    }  # fmt: skip
    return booking.settle(appointment=booked, **said | changes)  # type: ignore[arg-type]


def test_what_is_said_by_hand_has_its_reason(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    with pytest.raises(booking.SayWhy):
        settle(cast, booked, "missed", note=" ")
    settled = settle(cast, booked, "missed")
    assert (settled.ending, settled.note) == (Ending.MISSED, "As told")
    assert Event.objects.filter(ticket=held).latest("id").facts["ending"] == "missed"


def test_nobody_was_there_without_a_time(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    for ending in ("kept", "absent"):
        with pytest.raises(booking.WhenWereYouThere):
            settle(cast, booked, ending)
        with pytest.raises(booking.WhenWereYouThere):
            settle(cast, booked, ending, arrived_at=booked.to_at + 2 * HOUR)


def test_the_time_makes_it_kept_or_late(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    late = settle(cast, booked, "kept", arrived_at=booked.to_at + timedelta(minutes=5))
    assert late.ending == Ending.LATE


def test_the_customer_is_not_to_blame_for_our_lateness(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    with pytest.raises(booking.WeWereLate):
        settle(cast, booked, "absent", arrived_at=booked.to_at + timedelta(minutes=5))
    gone = settle(cast, booked, "absent", arrived_at=booked.from_at + HOUR)
    assert gone.ending == Ending.ABSENT


def test_calling_off_after_the_end_is_a_miss(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    assert settle(cast, booked, "called_off").ending == Ending.MISSED


def test_calling_off_before_the_end_is_none(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    settled = settle(cast, booked, "called_off", at=booked.from_at - HOUR)
    assert (settled.ending, settled.counts_as_missed) == (Ending.CALLED_OFF, False)


def test_it_is_settled_once(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    settle(cast, booked, "missed")
    with pytest.raises(booking.NoOpenAppointment):
        settle(cast, booked, "called_off")


@pytest.mark.django_db(transaction=True)
def test_two_engines_never_warn_twice(cast: Cast) -> None:
    for n in range(6):
        ticket = a_ticket(cast, state=State.IN_PROGRESS, kind=Kind.REQUEST)
        book(cast, ticket, begin=24 + n)
    late = cast.at + 40 * HOUR
    start = Barrier(2)

    def sweep() -> None:
        start.wait(10)
        for _ in range(6):
            appointment_firing.fire_due(by=None, at=late, limit=2)
        connection.close()

    engines = [Thread(target=sweep) for _ in range(2)]
    for engine in engines:
        engine.start()
    for engine in engines:
        engine.join(30)
    appointment_firing.fire_due(by=None, at=late)
    assert not Appointment.objects.filter(warned_at=None).exists()
    assert Event.objects.filter(code="appointment_missed").count() == 6
    told = Notice.objects.filter(code="appointment_missed", staff=cast.handler)
    assert told.count() == 6


def test_the_mail_can_be_read_in_both_languages(cast: Cast, held: Ticket) -> None:
    booked = book(cast, held)
    cast.handler.language = "en"
    cast.handler.save()
    appointment_firing.fire_due(by=None, at=booked.to_at + HOUR)
    said = {
        message.recipient: wording.of(message)
        for message in Outbox.objects.filter(template="appointment_missed")
    }
    subject, body = said[cast.handler.email]
    assert held.number in subject
    assert "no arrival is on record" in body
    assert held.number in said[cast.operator.email][0]
