"""The one way a ticket changes: lock, check, change, event, holding, clocks, messages (ledger).

A verb opens a step, changes `step.ticket`, and leaves; the step writes the rest in the same
transaction. If anything raises, nothing of it stays.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications import notices
from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import (
    confidants,
    family,
    history,
    hooked,
    permissions,
    policies,
    receivers,
    schedule,
    sight,
)
from tickets.models import Event, Holding, Ticket
from tickets.states import MOVES, Happening, Move, State


class ChangedMeanwhile(DeskError):
    """Somebody else changed the ticket while you were looking at it."""

    message = _("Somebody else changed this ticket meanwhile. Look at it again before you save.")


class AboutThem(DeskError):
    """A confidential report is never handled, reviewed or supervised by those it is about."""

    message = _("Nobody of the chain that a confidential report is about may be given it.")
    http_status = 403


class ChildrenWait(DeskError):
    """A ticket that others are merged into is not cancelled: their customers still wait."""

    message = _("Other tickets are merged into this one. Undo those merges first.")


@dataclass
class Step:
    """What a verb may touch while the ticket is locked. `is_judged_anew`: other limits hold for it
    from this step on (tickets.rejudging), whatever the step is."""

    ticket: Ticket
    by: Staff | None
    at: datetime
    event: Happening
    facts: dict[str, Any] = field(default_factory=dict)
    notices: list[tuple[Staff, str]] = field(default_factory=list)
    is_new: bool = False
    is_judged_anew: bool = False
    recorded_at: datetime | None = None

    def tell(self, staff: Staff | None, code: str) -> None:
        """Put an in-app notice of this step before the person, unless they did it themselves."""
        if staff is not None and staff != self.by:
            self.notices.append((staff, code))


@contextmanager
def step(
    ticket: Ticket, move: Move, *, by: Staff | None, at: datetime, version: int | None = None
) -> Iterator[Step]:
    """A locked ticket to change; raises what permissions.check raises, and ChangedMeanwhile.

    `version`, when given, is the version the person was looking at. Time never runs backwards on
    a ticket: the step takes the later of `at` and the ticket's latest event.
    """
    with transaction.atomic():
        locked = lock(ticket)
        _check(locked, move, by, version)
        taken = Step(locked, by, max(at, locked.latest_event_at), MOVES[move].event)
        before = _columns(locked)
        yield taken
        _finish(taken, MOVES[move].target, before)


@contextmanager
def birth(draft: Ticket, *, by: Staff | None, at: datetime) -> Iterator[Step]:
    """The first step of a ticket that is not in the database yet."""
    with transaction.atomic():
        _check(draft, Move.INTAKE, by, None)
        taken = Step(draft, by, at, MOVES[Move.INTAKE].event, is_new=True)
        yield taken
        _finish(taken, MOVES[Move.INTAKE].target, {})


def lock(ticket: Ticket) -> Ticket:
    """The ticket as it stands, locked against every other change; child rows can still be
    inserted. People and units that the caller has read already are not read again."""
    rows = Ticket.objects.select_for_update(no_key=True, of=("self",)).defer("words")
    locked = rows.get(pk=ticket.pk)
    for name in ("lead_unit", "lead_handler", "tracker"):
        known = ticket._state.fields_cache.get(name)
        if known is not None and known.pk == getattr(locked, f"{name}_id"):
            setattr(locked, name, known)
    return locked


def _check(ticket: Ticket, move: Move, by: Staff | None, version: int | None) -> None:
    if version is not None and version != ticket.version:
        raise ChangedMeanwhile
    if by is not None:
        permissions.check(by, move, ticket)
    elif ticket.state not in MOVES[move].sources:
        raise permissions.NotAllowedNow
    else:
        permissions.check_supervision(move, ticket)


def _columns(ticket: Ticket) -> dict[str, Any]:
    """The columns a step may change, as they are now."""
    values = {name: getattr(ticket, name) for name in _CHANGEABLE}
    return {
        name: copy.deepcopy(value) if isinstance(value, list | dict) else value
        for name, value in values.items()
    }


def _finish(taken: Step, target: State | None, before: dict[str, Any]) -> None:
    ticket = taken.ticket
    _keep_apart(ticket)
    _hold_given(ticket, before)
    if target == State.CANCELLED and family.waiting_for(ticket).exists():
        raise ChildrenWait
    from_state = before.get("state", ticket.state)
    ticket.state = target or ticket.state
    ticket.latest_event_at = taken.at
    ticket.version += 1
    if taken.is_new:
        ticket.save(force_insert=True)
        at_birth = _columns(ticket)
    happened = history.event(
        ticket=ticket, code=taken.event, by=taken.by, at=taken.at,
        from_state=from_state, facts=taken.facts, recorded_at=taken.recorded_at,
    )  # fmt: skip
    happened.save(force_insert=True)
    if any(before.get(name) != getattr(ticket, name) for name in _PLACE):
        _hand_on(taken)
    _plan(taken, happened)
    _save(ticket, at_birth if taken.is_new else before)
    allowed = [one for one in taken.notices if sight.may_hear(one[0], ticket)]
    for staff, code in allowed:
        notices.put(
            key=f"event:{happened.pk}", staff=staff, code=code, subject=ticket.number,
            facts={"title": ticket.subject}, by=taken.by, at=taken.at,
        )  # fmt: skip
    hooked.tell(happened=[(ticket, happened)], by=taken.by, at=taken.at)
    if any(before.get(name) != getattr(ticket, name) for name in _HOLDER):
        _take_children_along(taken)


def _plan(taken: Step, happened: Event) -> None:
    ticket = taken.ticket
    if taken.is_new:
        schedule.begin(ticket=ticket, first=happened)
        return
    is_heard = ticket.policy_id is None or taken.event in policies.heard(ticket.policy_id)
    if is_heard or taken.is_judged_anew:
        schedule.replan(ticket=ticket, at=taken.at, is_anew=taken.is_judged_anew)


def _take_children_along(taken: Step) -> None:
    """What is merged into a ticket is with whoever has that ticket now."""
    for child in family.waiting_for(taken.ticket).order_by("pk"):
        with step(child, Move.FOLLOW, by=None, at=taken.at) as moved:
            moved.ticket.lead_unit = taken.ticket.lead_unit
            moved.ticket.lead_handler = taken.ticket.lead_handler
            moved.facts |= {
                "into": taken.ticket.number, "unit_id": taken.ticket.lead_unit_id,
                "staff_id": taken.ticket.lead_handler_id,
            }  # fmt: skip


def _hold_given(ticket: Ticket, before: dict[str, Any]) -> None:
    """Whoever gets the ticket in this step is there, and stays until it is written."""
    given = [
        getattr(ticket, name)
        for name in ("tracker", "lead_handler", "supervisor")
        if before.get(f"{name}_id") != getattr(ticket, f"{name}_id")
    ]
    if ticket.is_open or not before:
        receivers.hold(one for one in given if one is not None)


def _keep_apart(ticket: Ticket) -> None:
    """Raises AboutThem where a step would give a report to somebody whom it is about."""
    if not ticket.is_confidential:
        return
    given = (ticket.lead_handler, ticket.reviewer, ticket.supervisor)
    people = [one for one in given if one is not None]
    is_kept = ticket.lead_unit is None or not confidants.keeps_out(ticket.lead_unit, ticket)
    if not is_kept or confidants.excluded(people, ticket.accused_unit, confidants.accused(ticket)):
        raise AboutThem


def _hand_on(taken: Step) -> None:
    """End the open holding and begin the next at the same instant."""
    ticket, at = taken.ticket, taken.at
    if not taken.is_new:
        Holding.objects.filter(ticket=ticket, to_at=None).update(to_at=at)
    if ticket.is_open:
        Holding.objects.create(
            ticket=ticket, state=ticket.state, unit_id=ticket.lead_unit_id,
            staff_id=ticket.lead_handler_id, from_at=at,
        )  # fmt: skip


def _save(ticket: Ticket, before: dict[str, Any]) -> None:
    """Write the columns that differ: naming all of them costs more than all the rest of a step."""
    changed = [name for name, value in before.items() if getattr(ticket, name) != value]
    if changed:
        ticket.save(update_fields=changed)


_HOLDER = ("lead_unit_id", "lead_handler_id")
_PLACE = ("state", *_HOLDER)
_CHANGEABLE = tuple(
    column.attname
    for column in Ticket._meta.concrete_fields
    if column.name not in {"id", "number", "words", "source_facts"}
)
