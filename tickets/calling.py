"""An escalation that nobody acknowledges is said again (verb).

As tickets.escalation: claim what is due, judge again under the lock, and write event, notices,
messages and the mark in one commit. A repeat goes to whoever is on duty by then. It ends when
somebody acknowledges it, when the clock stops or runs anew, or after as many times as its rung says;
the ladder goes on whatever becomes of the repeats.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from organisation.models import Staff
from organisation.roles import Role
from tickets import alarms, hearers, one_by_one, repeats
from tickets.models import Clock, Escalation
from tickets.states import Happening, State

BATCH = 200


@dataclass
class _Effects:
    """Everything one batch will write."""

    at: datetime
    said: alarms.Said
    room: hearers.Room
    changed: list[Escalation] = field(default_factory=list)


def repeat_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Say again what is due to be said again now, at most `limit` rows; the number taken."""
    with transaction.atomic():
        due = Escalation.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
        locked = due.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket"))
        rows = list(locked.select_related("ticket").defer("ticket__words", "ticket__text")[:limit])
        return one_by_one.together(rows, do=_apply, fires="next_fire_at", at=at)


def _apply(rows: Sequence[Escalation], at: datetime) -> None:
    said = alarms.Said(at, is_backlog=len(rows) >= BATCH)
    room = hearers.Room(at, [row.ticket for row in rows], sorted({row.role for row in rows}))
    effects = _Effects(at, said, room)
    running = set(
        Clock.objects.filter(ticket__in={row.ticket_id for row in rows}, stopped_at=None)
        .values_list("ticket_id", "name", "measure", "generation")
    )  # fmt: skip
    for row in rows:
        is_alive = (row.ticket_id, row.clock, row.measure, row.generation) in running
        _judge(row, row.ticket.is_open and is_alive, effects)
    effects.said.write()
    Escalation.objects.bulk_update(
        effects.changed,
        ["staff", "stands_for", "duty_leader", "repeats", "next_fire_at", "ended_at"],
    )


def _judge(row: Escalation, is_alive: bool, effects: _Effects) -> None:
    rung = repeats.rung(row.ticket, row.clock, row.measure, row.stage)
    wanted_at = row.next_fire_at or effects.at
    row.next_fire_at = None
    effects.changed.append(row)
    if not is_alive or rung is None or row.repeats >= rung.most:
        row.ended_at = effects.at if not is_alive else None
        return
    # The next one is counted from now where this one came late: an outage is made up for once.
    following = repeats.following(row.ticket, rung, wanted_at)
    if following is not None and following <= effects.at:
        following = repeats.following(row.ticket, rung, effects.at)
    if row.ticket.state == State.SUSPENDED and rung.is_internal:
        row.next_fire_at = following
        return
    row.repeats += 1
    row.next_fire_at = following if row.repeats < rung.most else None
    _say(row, rung, wanted_at, effects)


def _say(row: Escalation, rung: repeats.Rung, wanted_at: datetime, effects: _Effects) -> None:
    ticket = row.ticket
    called = effects.room.holder(ticket, Role(row.role), rung.then)
    people = hearers.allowed(
        hearers.each_once([called, effects.room.leading(ticket)]), ticket
    )
    if people:
        first, *others = people
        row.staff = first.staff
        row.stands_for = first.answer.stands_for if first.answer else None
        row.duty_leader = others[0].staff if others else None
    facts: dict[str, Any] = {
        "clock": row.clock, "stage": row.stage, "role": row.role, "generation": row.generation,
        "again": row.repeats, "most": rung.most, "called_at": row.told_at.isoformat(),
        **alarms.lateness(wanted_at, max(effects.at, ticket.latest_event_at)),
    }  # fmt: skip
    effects.said.happened(ticket, Happening.CALLED_AGAIN, {**facts, **hearers.facts(people)})
    for one in people:
        effects.said.tell(
            one.staff, ticket, code=Happening.CALLED_AGAIN, key=f"again:{row.pk}:{row.repeats}",
            facts={**facts, "because": one.because},
        )  # fmt: skip
