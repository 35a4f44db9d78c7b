"""Priority and level of a ticket: raised by rule, changed otherwise by a named person with a reason
(七个一样: who somebody is moves nobody forward without a trace) (verb)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import executive_notes, gravity, matters, rejudging, transition
from tickets.kinds import Level, Priority
from tickets.models import Ticket
from tickets.states import Move

_ORDER = list(Priority)


class NothingChanged(DeskError):
    """The ticket has this priority and level already."""

    message = _("The ticket has this priority and level already. Nothing was changed.")
    field = "priority"


class WhyChanged(DeskError):
    """Who is served first is never changed without a reason that others can read."""

    message = _("Give the reason: everybody who sees the ticket can read it.")
    field = "reason"
    http_status = 422


class SafetyStaysFirst(DeskError):
    """A safety matter keeps its priority (domain §2c: own top priority)."""

    message = _("A safety matter keeps its priority and level; they can only be raised.")
    field = "priority"


def change(
    *, ticket: Ticket, priority: Priority, level: Level, reason: str, by: Staff, at: datetime,
    version: int | None = None,
) -> Ticket:
    """Another priority or level by a named person; logged, and told to whoever holds the ticket.
    Raises WhyChanged, NothingChanged, SafetyStaysFirst."""
    if not reason.strip():
        raise WhyChanged
    with transaction.atomic():
        with transition.step(ticket, Move.SET_PRIORITY, by=by, at=at, version=version) as step:
            was = (step.ticket.priority, step.ticket.level)
            if was == (priority, level):
                raise NothingChanged
            is_lower = _ORDER.index(priority) < _ORDER.index(Priority(was[0])) or level > was[1]
            if is_lower and step.ticket.category.is_safety:
                raise SafetyStaysFirst
            step.ticket.priority, step.ticket.level = priority, level
            step.facts |= {
                "from": was[0], "to": priority, "level_from": was[1], "level_to": int(level),
                "reason": reason.strip(), "is_lower": is_lower,
            }  # fmt: skip
            rejudging.choose_again(step)
            step.tell(step.ticket.lead_handler, "priority_changed")
            step.tell(step.ticket.tracker, "priority_changed")
        executive_notes.call_for(ticket=step.ticket, by=None, at=step.at)
    return step.ticket


def raise_by_rule(*, step: transition.Step, by: Staff | None, at: datetime) -> None:
    """Within a step that tells of more: the level the rules give the matter, if that is graver than
    what it was, and the limits of that level. What a named person lowered is raised again by a new
    ground alone."""
    ticket = step.ticket
    level, grounds = gravity.judge(matters.known(ticket))
    known = ticket.level_grounds.split()
    news = [one for one in grounds if one not in known]
    if not news:
        return
    ticket.level_grounds = " ".join([*known, *news])
    if level < ticket.level:
        step.facts |= {"level_from": ticket.level, "level_to": level, "level_grounds": news}
        ticket.level = level
        step.tell(ticket.lead_handler, "level_raised")
        if not step.is_new:
            rejudging.choose_again(step)
