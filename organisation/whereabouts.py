"""Say where somebody is: oneself, or a leader for their people (人员去向牌) (verb)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation import permissions
from organisation.models import Staff
from servicedesk.lib.errors import DeskError

MOST_CHARACTERS = 120


class NotTheirLeader(DeskError):
    """Only a person themselves, their leader or an administrator says where they are."""

    message = _("Only the person, their leader or an administrator can change this.")
    http_status = 403


class BackInThePast(DeskError):
    """Nobody comes back before they left."""

    message = _("The time of coming back has passed already. Give a later one or leave it empty.")
    http_status = 422
    field = "back_at"


def report(
    *, of: Staff, presence: str, note: str = "", back_at: datetime | None = None, by: Staff,
    at: datetime,
) -> None:
    """Where the person is from now on, with a short note and when they will be back, which somebody
    on duty does not need; raises NotTheirLeader, BackInThePast."""
    if not permissions.may_place(by, of):
        raise NotTheirLeader
    is_there = presence == Staff.Presence.ON_DUTY
    if back_at is not None and not is_there and back_at <= at:
        raise BackInThePast
    if presence != of.presence or of.presence_since is None:
        of.presence_since = at
    of.presence = Staff.Presence(presence)
    of.whereabouts = "" if is_there else note.strip()[:MOST_CHARACTERS]
    of.back_at = None if is_there else back_at
    of.save(update_fields=["presence", "presence_since", "whereabouts", "back_at"])
