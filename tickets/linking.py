"""Say that two tickets belong together without being one (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import transition
from tickets.models import Link, Ticket
from tickets.states import Move

# What people may say; the other meanings come with the act that makes them.
BY_HAND = (Link.Meaning.REPEAT, Link.Meaning.DERIVED)


class LinkedAlready(DeskError):
    """The two are linked in this sense already."""

    message = _("These two tickets are linked like this already.")
    field = "number"


class SameTicket(DeskError):
    """No ticket is linked with itself."""

    message = _("A ticket cannot be linked with itself. Choose another one.")
    field = "number"


class KeptApart(DeskError):
    """A link would tell the readers of one ticket of a confidential report (design §4.7)."""

    message = _("Confidential reports are linked with nothing: a link would tell of them.")
    field = "number"


class NotByHand(DeskError):
    """Splitting and complaints to a higher level make their links themselves."""

    message = _("Choose whether it is the same matter again or follows from the other.")
    field = "meaning"


def link(
    *, ticket: Ticket, other: Ticket, meaning: Link.Meaning, by: Staff, at: datetime
) -> Link:
    """The link between the two, the one received first as the earlier; it is in both histories.
    Raises LinkedAlready, SameTicket, KeptApart, NotByHand."""
    if meaning not in BY_HAND:
        raise NotByHand
    if ticket.pk == other.pk:
        raise SameTicket
    with transaction.atomic():
        for one in sorted((ticket, other), key=lambda found: found.pk):
            with transition.step(one, Move.LINK, by=by, at=at) as step:
                if step.ticket.is_confidential:
                    raise KeptApart
                far = other if one is ticket else ticket
                step.facts |= {"other": far.number, "meaning": meaning}
        earlier, later = sorted((ticket, other), key=lambda found: (found.received_at, found.pk))
        made, is_new = Link.objects.get_or_create(
            earlier=earlier, later=later, meaning=meaning, defaults={"at": step.at}
        )
        if not is_new:
            raise LinkedAlready
    return made
