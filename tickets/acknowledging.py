"""Acknowledge what was escalated to one (确认知悉): the repeats stop, the ladder goes on (verb)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notifications import notices
from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import transition
from tickets.models import Escalation, Ticket
from tickets.states import Happening, Move


class NotCalled(DeskError):
    """Only whoever an escalation calls, or their deputy, acknowledges it."""

    message = _("Nothing on this ticket was escalated to you.")
    http_status = 403


class AlreadyAcknowledged(DeskError):
    """It was acknowledged before, by the person or by somebody standing in for them."""

    message = _("This escalation was acknowledged already. Nothing was changed.")


class NothingSaid(DeskError):
    """Whoever acknowledges says what they will do."""

    message = _("Say what you will do, or what you have done already.")
    http_status = 422
    field = "note"


def acknowledge(*, ticket: Ticket, note: str, by: Staff, at: datetime) -> Ticket:
    """Take on everything that calls the person on this ticket, with what they will do; raises
    NothingSaid, NotCalled, AlreadyAcknowledged."""
    if not note.strip():
        raise NothingSaid
    with transition.step(ticket, Move.ACKNOWLEDGE, by=by, at=at) as step:
        calls = Escalation.objects.filter(ticket=step.ticket).called(by)
        waiting = list(
            calls.waiting().select_related("staff").select_for_update(no_key=True, of=("self",))
            .order_by("told_at", "pk")
        )
        if not waiting:
            raise AlreadyAcknowledged if calls.exclude(acknowledged_at=None).exists() else NotCalled
        taken = Escalation.objects.filter(pk__in=[one.pk for one in waiting])
        taken.update(
            acknowledged_at=step.at, acknowledged_by=by, note=note.strip(), next_fire_at=None
        )
        first = waiting[0]
        step.facts |= {
            "clocks": list(dict.fromkeys(one.clock for one in waiting)),
            "roles": list(dict.fromkeys(one.role for one in waiting)), "note": note.strip(),
            "waited_seconds": int((step.at - first.told_at).total_seconds()),
            "repeats": sum(one.repeats for one in waiting),
        }  # fmt: skip
        if by.pk != first.staff_id:
            step.facts["for"] = {"zh": first.staff.name_zh, "en": first.staff.name_en}
    notices.read_of(
        subject=ticket.number, codes=(Happening.ESCALATED, Happening.CALLED_AGAIN), by=by, at=at
    )
    return step.ticket
