"""Windows agreed with the customer (预约): book, move, settle how it went (verb)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import transition
from tickets.models import Appointment, Ticket
from tickets.states import Happening, Move

Ending = Appointment.Ending

# A slot of four hours is the longest that a customer is asked to wait at home (domain §2c [V45]).
LONGEST_WINDOW = timedelta(hours=4)
FARTHEST = timedelta(days=90)

# A crew that is this early has come for the appointment.
_EARLY = timedelta(minutes=30)


class NeverLater(DeskError):
    """A safety ticket is gone to at once (domain §2c: never appointment-delayed)."""

    message = _("This is a safety matter: it is gone to at once and never booked for later.")


class InThePast(DeskError):
    """An appointment lies ahead."""

    message = _("The window has begun already. Choose a later one.")
    field = "from_at"
    http_status = 422


class EndsBeforeItBegins(DeskError):
    """A window ends after it begins."""

    message = _("The window ends before it begins. Correct it.")
    field = "to_at"
    http_status = 422


class WindowTooLong(DeskError):
    """Nobody waits at home all day."""

    message = _("A window lasts four hours at the most. Choose a shorter one.")
    field = "to_at"
    http_status = 422


class TooFarAhead(DeskError):
    """A date nobody can promise yet."""

    message = _("An appointment lies within the next 90 days. Choose an earlier day.")
    field = "from_at"
    http_status = 422


class NotOfTheUnit(DeskError):
    """Whoever goes there is of the unit that holds the ticket."""

    message = _("This person is not of the unit that holds the ticket. Choose a colleague there.")
    field = "staff"


class BookedAlready(DeskError):
    """One appointment at a time."""

    message = _("This ticket has an open appointment already. Move that one instead.")


class NoOpenAppointment(DeskError):
    """There is nothing to move or to settle."""

    message = _("This appointment is over already. Nothing was changed.")


class SayWhy(DeskError):
    """What a person says of an appointment by hand comes with its reason."""

    message = _("Say in a few words how it went, or why it is moved.")
    field = "note"
    http_status = 422


class WhenWereYouThere(DeskError):
    """Kept, late and absent are said of somebody who was there."""

    message = _("Say when the crew was there. It cannot lie in the future.")
    field = "arrived_at"
    http_status = 422


class WeWereLate(DeskError):
    """A customer who waited through the window and then went is not to blame."""

    message = _(
        "The crew came after the window had ended: that is late or missed by us, and not the"
        " customer’s absence."
    )
    field = "ending"


def book(
    *, ticket: Ticket, from_at: datetime, to_at: datetime, staff: Staff | None = None,
    note: str = "", by: Staff, at: datetime, version: int | None = None,
) -> Appointment:
    """A window agreed with the customer. Raises NeverLater, InThePast, EndsBeforeItBegins,
    WindowTooLong, TooFarAhead, NotOfTheUnit, BookedAlready."""
    with transition.step(ticket, Move.BOOK, by=by, at=at, version=version) as step:
        if _open_one(step.ticket) is not None:
            raise BookedAlready
        return _book(step, from_at, to_at, staff, note)


def move(
    *, ticket: Ticket, from_at: datetime, to_at: datetime, reason: str,
    staff: Staff | None = None, by: Staff, at: datetime, version: int | None = None,
) -> Appointment:
    """Another window for the open appointment, with the reason. One whose window has ended is not
    moved away: it is settled as missed by us first. Raises NoOpenAppointment, SayWhy and what
    book() raises."""
    if not reason.strip():
        raise SayWhy
    with transition.step(ticket, Move.BOOK, by=by, at=at, version=version) as step:
        standing = _open_one(step.ticket)
        if standing is None:
            raise NoOpenAppointment
        is_over = standing.to_at <= step.at
        _end(standing, Ending.MISSED if is_over else Ending.MOVED, reason, by, step.at)
        step.facts |= {
            "was_from_at": standing.from_at.isoformat(), "was_ending": standing.ending,
            "reason": reason,
        }  # fmt: skip
        return _book(step, from_at, to_at, staff, reason)


def settle(
    *, appointment: Appointment, ending: Appointment.Ending, note: str, arrived_at: datetime | None = None,
    by: Staff, at: datetime,
) -> Appointment:
    """Say by hand how it went, with the reason. `ending` is KEPT for “we were there”, which the
    time they give makes kept or late; also MISSED, ABSENT, CALLED_OFF. Raises SayWhy,
    WhenWereYouThere, WeWereLate, NoOpenAppointment."""
    if not note.strip():
        raise SayWhy
    was_there = ending in {Ending.KEPT, Ending.LATE, Ending.ABSENT}
    if was_there and (arrived_at is None or arrived_at > at):
        raise WhenWereYouThere
    with transition.step(appointment.ticket, Move.SETTLE_APPOINTMENT, by=by, at=at) as step:
        standing = _open_one(step.ticket)
        if standing is None or standing.pk != appointment.pk:
            raise NoOpenAppointment
        if was_there and arrived_at is not None:
            is_late = arrived_at > standing.to_at
            if ending == Ending.ABSENT and is_late:
                raise WeWereLate
            if ending != Ending.ABSENT:
                ending = Ending.LATE if is_late else Ending.KEPT
            standing.arrived_at = arrived_at
        ending = _honest(standing, ending, step.at)
        _end(standing, ending, note, by, step.at)
        step.facts |= _facts(standing) | {"ending": ending, "note": note}
    return standing


def settle_by_arrival(*, step: transition.Step, by: Staff, at: datetime) -> None:
    """Within the step that records an arrival: the appointment it was for was kept, or late. A time
    typed by hand after the window had ended makes nothing kept: that is settled with a reason."""
    standing = _open_one(step.ticket)
    if standing is None or at < standing.from_at - _EARLY:
        return
    if at <= standing.to_at < step.at:
        return
    standing.arrived_at = at
    ending = Ending.LATE if at > standing.to_at else Ending.KEPT
    _end(standing, ending, "", by, step.at)
    step.facts |= {"appointment": ending}


def _book(
    step: transition.Step, from_at: datetime, to_at: datetime, staff: Staff | None, note: str
) -> Appointment:
    _check_window(step, from_at, to_at)
    unit = step.ticket.lead_unit
    if staff is not None and not (unit and staff.is_active and staff.unit.is_within(unit)):
        raise NotOfTheUnit
    assert step.by is not None
    booked = Appointment.objects.create(
        ticket=step.ticket, from_at=from_at, to_at=to_at, staff=staff, note=note,
        booked_by=step.by, booked_at=step.at, next_fire_at=to_at,
    )  # fmt: skip
    step.event = Happening.BOOKED
    step.facts |= _facts(booked)
    step.tell(staff or step.ticket.lead_handler, "booked")
    return booked


def _check_window(step: transition.Step, from_at: datetime, to_at: datetime) -> None:
    category = step.ticket.category
    if category.is_safety or (category.parent and category.parent.is_safety):
        raise NeverLater
    if from_at <= step.at:
        raise InThePast
    if to_at <= from_at:
        raise EndsBeforeItBegins
    if to_at - from_at > LONGEST_WINDOW:
        raise WindowTooLong
    if from_at - step.at > FARTHEST:
        raise TooFarAhead


def _honest(appointment: Appointment, ending: Appointment.Ending, at: datetime) -> Appointment.Ending:
    """Nobody calls off, after its end, a window in which the customer waited."""
    is_over = appointment.to_at <= at
    return Ending.MISSED if ending == Ending.CALLED_OFF and is_over else ending


def _open_one(ticket: Ticket) -> Appointment | None:
    return Appointment.objects.open().filter(ticket=ticket).select_related("staff").first()


def _end(
    appointment: Appointment, ending: Appointment.Ending, note: str, by: Staff | None, at: datetime
) -> None:
    appointment.ending, appointment.settled_at, appointment.settled_by = ending, at, by
    appointment.note = note or appointment.note
    appointment.next_fire_at = None
    appointment.save(
        update_fields=["ending", "settled_at", "settled_by", "note", "arrived_at", "next_fire_at"]
    )


def _facts(appointment: Appointment) -> dict[str, object]:
    return {
        "from_at": appointment.from_at.isoformat(), "to_at": appointment.to_at.isoformat(),
        "staff_id": appointment.staff_id,
    }  # fmt: skip
