"""Ask for what another person decides, grant it, refuse it (审批): one table of matters (verb).

A matter is one row of RULES: the move that carries it out, whose permissions say who decides; what
is checked when it is asked; and what the grant does inside that move's step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from assignment import duty_roster
from organisation.models import Staff, Unit
from organisation.roles import Role
from servicedesk.lib.errors import DeskError, NotVisible
from tickets import (
    extension,
    giving_back,
    indexing,
    lifecycle,
    permissions,
    reclassification,
    suspension,
    transition,
    withdrawal,
)
from tickets.models import Approval, Category, Ticket
from tickets.states import MOVES, Move

Matter = Approval.Matter


class AlreadyAsked(DeskError):
    """The same was asked for already, and nobody has decided it yet."""

    message = _("This was asked for already and waits for a decision.")


class AlreadyDecided(DeskError):
    """Somebody else decided it meanwhile, or it lapsed because the ticket moved on."""

    message = _("This request is decided already, or the ticket has moved on. Nothing was changed.")


class OwnRequest(DeskError):
    """Nobody decides what they asked for themselves."""

    message = _("Nobody decides what they asked for themselves. Nothing was changed.")
    http_status = 403


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for; which fields a matter needs is said by its rule."""

    matter: str
    reason: str
    reason_code: str = ""
    proposed_unit: Unit | None = None
    clock: str = ""
    until: datetime | None = None
    new_kind: str = ""
    new_category: Category | None = None


@dataclass(frozen=True)
class Rule:
    """How one matter is decided. `check` gets the locked ticket and the unsaved request and raises
    what stands against it; `carry_out` changes the ticket inside the step of `move`; `hears` is the
    post that is told of the request."""

    move: Move
    check: Callable[[Ticket, Approval], None]
    carry_out: Callable[[transition.Step, Approval], None]
    hears: Role


RULES: dict[str, Rule] = {
    Matter.RETURN: Rule(Move.RETURN, giving_back.check, giving_back.carry_out, Role.UNIT_LEADER),
    Matter.SUSPENSION: Rule(
        Move.SUSPEND, suspension.check, suspension.carry_out, Role.SUPERVISOR
    ),
    Matter.EXTENSION: Rule(Move.EXTEND, extension.check, extension.carry_out, Role.SUPERVISOR),
    Matter.RECLASSIFICATION: Rule(
        Move.RECLASSIFY, reclassification.check, reclassification.carry_out, Role.SUPERVISOR
    ),
    Matter.WITHDRAWAL: Rule(
        Move.WITHDRAW, withdrawal.check, withdrawal.carry_out, Role.CALLBACK_AGENT
    ),
}


def ask(*, ticket: Ticket, wanted: Wanted, by: Staff, at: datetime) -> Approval:
    """Put a request before those who decide it; raises AlreadyAsked, ReasonMissing, NotAllowedNow
    and what the matter's own check raises."""
    if not wanted.reason.strip():
        raise lifecycle.ReasonMissing
    rule = RULES[wanted.matter]
    with transition.step(ticket, Move.ASK, by=by, at=at) as step:
        if step.ticket.state not in MOVES[rule.move].sources:
            raise permissions.NotAllowedNow
        if Approval.objects.open().filter(ticket=ticket, matter=wanted.matter).exists():
            raise AlreadyAsked
        asked = Approval(
            ticket=step.ticket, asked_by=by, asked_at=step.at,
            **{name: getattr(wanted, name) for name in Wanted.__dataclass_fields__},
        )  # fmt: skip
        rule.check(step.ticket, asked)
        asked.asked_of = _who_hears(step.ticket, rule.hears, by, step.at)
        asked.save(force_insert=True)
        step.facts |= _facts(asked)
        step.tell(asked.asked_of, "asked")
    return asked


def grant(*, approval: Approval, note: str = "", by: Staff, at: datetime) -> Ticket:
    """Carry out what was asked for; raises AlreadyDecided, OwnRequest, and what the move and the
    matter raise."""
    rule = RULES[approval.matter]
    with (
        indexing.kept(approval.ticket),
        transition.step(approval.ticket, rule.move, by=by, at=at) as step,
    ):
        held = _decided(approval, by, step.at, True, note)
        step.facts |= {
            "approval": held.pk, "reason": held.reason, "reason_code": held.reason_code,
            "asked_by_id": held.asked_by_id, "note": note,
        }  # fmt: skip
        rule.carry_out(step, held)
        step.tell(held.asked_by, "granted")
    return step.ticket


def refuse(*, approval: Approval, note: str, by: Staff, at: datetime) -> Ticket:
    """Decide against what was asked for, with the reason why; the ticket stays as it is. Raises
    AlreadyDecided, OwnRequest, ReasonMissing."""
    if not note.strip():
        raise lifecycle.ReasonMissing
    rule = RULES[approval.matter]
    with transition.step(approval.ticket, Move.REFUSE_REQUEST, by=by, at=at) as step:
        permissions.check_role(by, rule.move)
        permissions.check_standing(by, rule.move, step.ticket)
        held = _decided(approval, by, step.at, False, note)
        step.facts |= {"approval": held.pk, "matter": held.matter, "reason": note}
        step.tell(held.asked_by, "request_refused")
    return step.ticket


def _decided(
    approval: Approval, by: Staff, at: datetime, is_granted: bool, note: str
) -> Approval:
    """The request as it stands under the ticket's lock, marked as decided."""
    held = Approval.objects.select_related("asked_by", "proposed_unit", "new_category").filter(
        pk=approval.pk
    )
    found = held.first()
    if found is None:
        raise NotVisible
    if not found.is_open:
        raise AlreadyDecided
    if found.asked_by_id == by.pk:
        raise OwnRequest
    found.decided_by, found.decided_at, found.is_granted, found.note = by, at, is_granted, note
    found.save(update_fields=["decided_by", "decided_at", "is_granted", "note"])
    return found


def _who_hears(ticket: Ticket, role: Role, by: Staff, at: datetime) -> Staff | None:
    """Who is told that something waits: the post that answers for the unit now."""
    unit = ticket.lead_unit or ticket.intake_unit
    found = duty_roster.responsible(unit, role, at)
    return None if found == by else found


def _facts(asked: Approval) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "approval": asked.pk, "matter": asked.matter, "reason": asked.reason,
        "reason_code": asked.reason_code, "asked_of_id": asked.asked_of_id,
    }  # fmt: skip
    if asked.proposed_unit:
        facts |= giving_back.names("proposed", asked.proposed_unit)
    if asked.until:
        facts["until"] = asked.until.isoformat()
    if asked.clock:
        facts["clock"] = asked.clock
    if asked.new_kind:
        facts |= {"new_kind": asked.new_kind, "new_category_id": asked.new_category_id}
    return facts
