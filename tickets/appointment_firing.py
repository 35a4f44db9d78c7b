"""What happens when a window ends with nobody there: warn once, record it, in one commit (verb).

1. Claim what has ended at the database's instant `at`, oldest first, skipping what others hold.
2. Judge again under the lock: still open, and its ticket too.
3. Write the event, the notices, the outgoing messages and the mark in the same transaction.
4. A row that raises is pushed 30 seconds away with its error, and the rest go on.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Greatest

from assignment import duty_roster
from notifications import outbox, silence
from notifications.models import Channel, Notice
from organisation.models import Staff
from organisation.roles import Role
from tickets import confidants, history, sight
from tickets.models import Appointment, Ticket
from tickets.states import Happening

BATCH = 100
CODE = Happening.APPOINTMENT_MISSED
_PUSHED_AWAY = timedelta(seconds=30)
_LATE_ENOUGH_TO_SAY = timedelta(seconds=60)

_log = logging.getLogger(__name__)


def fire_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Warn of the windows that have ended by now, at most `limit`; the number taken."""
    with transaction.atomic():
        rows = _claim(at, limit)
        for row in rows:
            _apply_alone(row, at)
    return len(rows)


def _claim(at: datetime, limit: int) -> list[Appointment]:
    due = Appointment.objects.filter(next_fire_at__lte=at).order_by("next_fire_at")
    locked = due.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket"))
    people = ("ticket__tracker", "ticket__lead_unit", "ticket__lead_handler", "staff")
    return list(locked.select_related(*people).defer("ticket__words")[:limit])


def _apply_alone(row: Appointment, at: datetime) -> None:
    try:
        with transaction.atomic():
            _judge(row, at)
    except Exception as error:
        _log.exception("Appointment %d failed and is pushed away", row.pk)
        Appointment.objects.filter(pk=row.pk).update(
            next_fire_at=at + _PUSHED_AWAY, attempts=models.F("attempts") + 1,
            latest_error=repr(error)[:500],
        )  # fmt: skip


def _judge(row: Appointment, at: datetime) -> None:
    row.next_fire_at = None
    if row.is_open and not row.ticket.is_open:
        # Nobody waits at home for a matter that has ended meanwhile.
        row.ending, row.settled_at = Appointment.Ending.CALLED_OFF, at
    elif row.is_open:
        row.warned_at = at
        _warn(row, at)
    row.save(update_fields=["next_fire_at", "ending", "settled_at", "warned_at"])


def _warn(row: Appointment, at: datetime) -> None:
    ticket = row.ticket
    people = _who_hears(row, at)
    facts: dict[str, Any] = {
        "from_at": row.from_at.isoformat(), "to_at": row.to_at.isoformat(),
        "told": [one.name_zh for one in people], "told_en": [one.name_en for one in people],
    }  # fmt: skip
    if at - row.to_at > _LATE_ENOUGH_TO_SAY:
        facts["late_seconds"] = int((at - row.to_at).total_seconds())
    instant = max(at, ticket.latest_event_at)
    event = history.event(ticket=ticket, code=CODE, by=None, at=instant, facts=facts)
    event.from_state = ticket.state
    event.save(force_insert=True)
    Ticket.objects.filter(pk=ticket.pk).update(
        latest_event_at=Greatest(models.F("latest_event_at"), models.Value(instant))
    )
    _tell(row, people, {**facts, "title": ticket.subject}, at)


def _who_hears(row: Appointment, at: datetime) -> list[Staff]:
    """Who was to go there, the lead handler, their leader, and whoever answers to the customer."""
    ticket = row.ticket
    unit = ticket.lead_unit
    leader = duty_roster.responsible(unit, Role.UNIT_LEADER, at) if unit else None
    named = (row.staff, ticket.lead_handler, leader, ticket.tracker)
    people = list({one.pk: one for one in named if one is not None}.values())
    if not ticket.is_confidential:
        return people
    heard = [one for one in people if sight.may_hear(one, ticket)]
    instead = confidants.answering(ticket) if len(heard) < len(people) else None
    return [*heard, instead] if instead is not None and instead not in heard else heard


def _tell(row: Appointment, people: list[Staff], facts: dict[str, Any], at: datetime) -> None:
    ticket, key = row.ticket, f"{CODE}:{row.pk}"
    if not silence.is_kept():
        Notice.objects.bulk_create(
            [
                Notice(
                    key=key, staff=one, code=CODE, subject=ticket.number, facts=facts, created_at=at
                )
                for one in people
            ],
            ignore_conflicts=True,
        )
    mails = [
        outbox.row(
            key=f"{key}:{one.pk}", channel=Channel.EMAIL, recipient=one.email, template=CODE,
            language=one.language, at=at,
            facts={
                **facts, "number": ticket.number,
                "name": one.name_zh if one.language.startswith("zh") else one.name_en,
            },
            subject="" if ticket.is_confidential else ticket.number,
            scope_path=ticket.scope_path,
        )
        for one in people
        if one.email
    ]  # fmt: skip
    outbox.queue(rows=mails, by=None, at=at)
