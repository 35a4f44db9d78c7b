"""A complaint that went past the level that should have settled it (越级投诉) (verb)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import transition
from tickets.models import Link, Ticket
from tickets.states import Move


class SameTicket(DeskError):
    """No ticket goes past itself."""

    message = _("This is the ticket itself. Give the number of the one it went past.")
    field = "bypassed"


class LinkedAlready(DeskError):
    """The two tickets are linked."""

    message = _("The two tickets are linked already. Nothing was changed.")
    field = "bypassed"


def record(*, ticket: Ticket, original: Ticket, by: Staff, at: datetime) -> Link:
    """The later ticket linked to the one it went past; counts against the unit that held that, and
    its leader hears of it; both histories say so. Raises SameTicket, LinkedAlready."""
    if original.pk == ticket.pk:
        raise SameTicket
    with (
        transition.step(ticket, Move.LINK, by=by, at=at) as step,
        transition.step(original, Move.LINK, by=by, at=at) as before,
    ):
        pair = {"earlier": original, "later": step.ticket, "meaning": Link.Meaning.BYPASS}
        link, is_new = Link.objects.get_or_create(**pair, defaults={"at": step.at})
        if not is_new:
            raise LinkedAlready
        step.facts |= {"meaning": link.meaning, "other": original.number}
        before.facts |= {"meaning": link.meaning, "other": ticket.number}
        step.tell(original.lead_unit.leader if original.lead_unit else None, "bypassed")
        step.tell(original.tracker, "bypassed")
    return link
