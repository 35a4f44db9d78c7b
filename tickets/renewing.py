"""Open tickets take over a newer calendar, and their due times with it (verb).

A due time past the last known year was told as provisional (domain §2d): when the year arrives, or
a published one is revised, the engine counts anew, one recorded step for each ticket.

1. The newest version of every calendar, and of every company with days of its own, says which
   tickets are to take it over (tickets.calendar_reach).
2. A batch of them is claimed without waiting for anybody; what others hold comes next time.
3. What is judged stays judged: a run that has stopped, was missed, or would be late at once by the
   newer calendar keeps the older one. No miss is taken back, none is made by a new table.
4. A ticket that cannot be counted anew is left behind with its version and named on the calendar's
   page; the rest go on.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from organisation.models import Calendar, Staff
from tickets import calendar_reach, deadlines, policies, schedule, transition
from tickets.models import Clock, Ticket
from tickets.states import Move

# Some tenths of a second: what falls due meanwhile, another engine fires.
BATCH = 40
# A ticket that was being logged when the version came may still turn up with the one before.
_SETTLED_AFTER = timedelta(minutes=1)

_Planned = dict[tuple[str, str], deadlines.PlannedClock]

_log = logging.getLogger(__name__)


def renew_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Let the next tickets take over the calendars made for them; the number done."""
    rows = Calendar.objects.select_related("company").defer("week", "seasons", "days", "local_days")
    versions = list(rows.order_by("code", "company_id", "-version"))
    newest = {(row.code, row.company_id): row for row in reversed(versions)}
    done = 0
    for row in newest.values():
        if done < limit and row.version > 1:
            done += _renew_batch(row, versions, at, limit - done)
    return done


def _renew_batch(row: Calendar, versions: list[Calendar], at: datetime, limit: int) -> int:
    with transaction.atomic():
        waiting = calendar_reach.due_for(row, versions).order_by("pk")
        locked = waiting.select_for_update(no_key=True, skip_locked=True, of=("self",))
        tickets = list(locked.defer("words")[:limit])
        left = [ticket.pk for ticket in tickets if not _is_renewed(ticket, row, at)]
        if left:
            row.left_behind = [*row.left_behind, *left]
            row.save(update_fields=["left_behind"])
        is_over = row.is_for_open and row.settled_at is None and not tickets
        if is_over and row.created_at <= at - _SETTLED_AFTER and not waiting.exists():
            row.settled_at = at
            row.save(update_fields=["settled_at"])
    return len(tickets)


def _is_renewed(ticket: Ticket, row: Calendar, at: datetime) -> bool:
    """Whether the ticket could take the version over; nothing of it stays where it could not."""
    try:
        with transaction.atomic():
            _renew(ticket, row, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        _log.exception("Ticket %s cannot take over %s %s", ticket.pk, row.code, row.version)
        return False
    return True


def _renew(ticket: Ticket, row: Calendar, at: datetime) -> None:
    with transition.step(ticket, Move.TAKE_CALENDAR, by=None, at=at) as step:
        before = dict(step.ticket.calendar_versions)
        planned = _plan(step.ticket)
        step.ticket.calendar_versions = {
            name: version for name, version in before.items()
            if not name.startswith(f"{row.code}@")
        } | {row.code: row.version}  # fmt: skip
        counted = _plan(step.ticket)
        clocks = {(one.name, one.measure): one for one in Clock.objects.filter(ticket=ticket)}
        moved: list[dict[str, Any]] = []
        for key, one in planned.items():
            clock = clocks.get(key)
            if clock is None or _same(one, counted[key]):
                continue
            if _is_judged(clock, counted[key], step.at):
                name = policies.kept_as(row.code, *key, one.run)
                step.ticket.calendar_versions[name] = before.get(name, before[row.code])
                continue
            moved.append(_moved(one, counted[key]))
            clock.replanned_at = step.at
            clock.save(update_fields=["replanned_at"])
        if any(one["was"] != one["is"] for one in moved):
            step.tell(step.ticket.lead_handler, "calendar_taken")
            step.tell(step.ticket.tracker, "calendar_taken")
        step.facts |= {
            "calendar": row.code, "from_version": before[row.code], "to_version": row.version,
            "moved": moved,
        }  # fmt: skip


def _plan(ticket: Ticket) -> _Planned:
    return {(one.clock, str(one.kind)): one for one in schedule.plan(ticket)}


def _same(one: deadlines.PlannedClock, other: deadlines.PlannedClock) -> bool:
    """Whether nothing of it falls at another instant, nor is it any more or less certain."""
    return one == other


def _is_judged(clock: Clock, counted: deadlines.PlannedClock, at: datetime) -> bool:
    """Whether this run is over, was missed, or would be late at once."""
    if clock.stopped_at is not None:
        return True
    was_missed = clock.missed_at is not None and clock.missed_at >= clock.started_at
    is_late = clock.due_at is not None and clock.due_at <= at
    would_be_late = counted.due_at is not None and counted.due_at <= at
    return was_missed or is_late or would_be_late


def _moved(one: deadlines.PlannedClock, counted: deadlines.PlannedClock) -> dict[str, Any]:
    return {
        "clock": one.clock,
        "measure": str(one.kind),
        "was": one.due_at.isoformat() if one.due_at else None,
        "is": counted.due_at.isoformat() if counted.due_at else None,
        "is_provisional": counted.is_provisional,
    }
