"""Appointments: those of a day, book one, move it, say how it went (page)."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from organisation.models import Staff
from organisation.roles import Permission
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest
from tickets import booking, diary
from tickets.forms.appointments import BookForm, MoveForm, SettleForm
from tickets.models import Appointment, Ticket
from tickets.states import Move
from tickets.views import moving

_READERS = frozenset(
    {Permission.HANDLE, Permission.LOG_TICKET, Permission.DISPATCH, Permission.SUPERVISE}
)


@require_safe
def day(request: DeskRequest) -> HttpResponse:
    """The appointments of a day: one's own, or all that one may see."""
    if not request.user.permissions & _READERS:
        raise NotAllowed
    now = clock.now()
    only_mine = request.GET.get("whose", _first_look(request.user)) == "mine"
    found = diary.day(request.user, _wanted(request, now), now, only_mine=only_mine)
    context = {"day": found, "only_mine": only_mine, "now": now, "today": timezone.localdate(now)}
    return render(request, "tickets/appointments.html", context)


@require_http_methods(["GET", "POST"])
def book(request: DeskRequest, number: str) -> HttpResponse:
    """Agree on a window with the customer."""
    found = moving.of(request, number, Move.BOOK)
    form = BookForm(moving.typed(request), ticket=found, initial={"version": found.version})
    return moving.form(
        request, found, form, Move.BOOK.label,
        lambda typed: booking.book(
            ticket=found, by=request.user, at=clock.now(), **typed
        ).ticket,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def move(request: DeskRequest, number: str) -> HttpResponse:
    """Agree on another window."""
    found = moving.of(request, number, Move.BOOK)
    form = MoveForm(moving.typed(request), ticket=found, initial=_window(found))
    return moving.form(
        request, found, form, _("Move the appointment"),
        lambda typed: booking.move(
            ticket=found, reason=typed.pop("note"), by=request.user, at=clock.now(), **typed
        ).ticket,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def settle(request: DeskRequest, number: str) -> HttpResponse:
    """Say by hand how an appointment went."""
    found = moving.of(request, number, Move.SETTLE_APPOINTMENT)
    standing = diary.open_one(found)
    if standing is None and request.method != "POST":
        raise booking.NoOpenAppointment
    return moving.form(
        request, found, SettleForm(moving.typed(request)), Move.SETTLE_APPOINTMENT.label,
        lambda typed: _settle(request, standing, typed),
    )


def _settle(
    request: DeskRequest, standing: Appointment | None, typed: dict[str, Any]
) -> Ticket:
    if standing is None:
        raise booking.NoOpenAppointment
    return booking.settle(
        appointment=standing, ending=Appointment.Ending(typed["ending"]), note=typed["note"],
        arrived_at=typed["arrived_at"], by=request.user, at=clock.now(),
    ).ticket  # fmt: skip


def _first_look(user: Staff) -> str:
    """A field worker opens their own round, everybody else that of the unit."""
    leads = Permission.LEAD_UNIT in user.permissions
    return "mine" if Permission.HANDLE in user.permissions and not leads else "all"


def _wanted(request: DeskRequest, now: datetime) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate(now)


def _window(ticket: Ticket) -> dict[str, Any]:
    standing = diary.open_one(ticket)
    if standing is None:
        raise booking.NoOpenAppointment
    return {
        "version": ticket.version, "staff": standing.staff_id, "from_at": standing.from_at,
        "to_at": standing.to_at,
    }  # fmt: skip
