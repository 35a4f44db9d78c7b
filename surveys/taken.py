"""Callbacks that somebody has taken and not finished (question)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from surveys.models import Invitation
from tickets.held_work import Elsewhere

_LABEL = _("Callback taken")


def by(person: Staff, at: datetime) -> list[Elsewhere]:
    """Those the person holds at the instant; each ends within half an hour or with its result."""
    taken = Invitation.objects.open().filter(taken_by=person).select_related("ticket")
    return [
        Elsewhere(_LABEL, one.ticket.number)
        for one in taken.defer("ticket__words")
        if one.is_held_at(at)
    ]
