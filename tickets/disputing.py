"""A quarrel between two units about a ticket (衔接口角): opened, answered, settled on record (verb)."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assignment import duty_roster
from organisation.models import Staff, Unit
from organisation.roles import Role
from servicedesk.lib.errors import DeskError
from tickets import office_days, tasks, transition
from tickets.models import Dispute, Task, TaskKind, Ticket
from tickets.models.task import TaskQuerySet
from tickets.states import Move

# By when the other side says its word: working days.
ANSWER_DAYS = 1


class NothingSaid(DeskError):
    """Both sides and whoever settles it say something."""

    message = _("Write it down, so that the other side and whoever settles it can read it.")


class OneAndTheSame(DeskError):
    """A dispute is between two units."""

    message = _("A dispute is with another unit. Choose the other side.")
    field = "against"


class NotAmongUnits(DeskError):
    """A confidential report is no matter between units."""

    message = _("A confidential report is settled by those named for it, not between units.")


class OpenAlready(DeskError):
    """The two units have one open dispute about a ticket at the most."""

    message = _("A dispute between these two units about this ticket is open already.")


class NotTheOtherSide(DeskError):
    """Only the leader or liaison of the other unit answers."""

    message = _("Only the leader of %(unit)s answers here. Nothing was changed.")
    http_status = 403


class AnsweredAlready(DeskError):
    """The other side has said its word."""

    message = _("The other side has answered already. Nothing was changed.")


class OfOneSide(DeskError):
    """Nobody settles the dispute of their own unit."""

    message = _("A dispute is settled by somebody of neither unit. Nothing was changed.")
    http_status = 403


class NotHeard(DeskError):
    """Both sides are heard before a dispute is settled."""

    message = _("The other side has not answered yet, and still has time to. Wait for its word.")


class SettledAlready(DeskError):
    """The dispute is over."""

    message = _("This dispute is settled already. Nothing was changed.")


class NeitherSide(DeskError):
    """A dispute is decided for one of its two sides."""

    message = _("Decide for one of the two units.")
    field = "decided_for"


def open(  # noqa: A001
    *, ticket: Ticket, against: Unit, matter: str, by: Staff, at: datetime
) -> Dispute:
    """The leader's word against another unit; that unit's leader owes an answer within one working
    day. Raises NothingSaid, OneAndTheSame, NotAmongUnits, OpenAlready."""
    if not matter.strip():
        raise NothingSaid
    if against.is_within(by.unit) or by.unit.is_within(against):
        raise OneAndTheSame
    if ticket.is_confidential:
        raise NotAmongUnits
    with transaction.atomic():
        with transition.step(ticket, Move.DISPUTE, by=by, at=at) as step:
            if _open_ones(step.ticket, by.unit, against).exists():
                raise OpenAlready
            dispute = Dispute.objects.create(
                ticket=step.ticket, opened_by=by, opened_at=step.at, unit=by.unit, against=against,
                matter=matter.strip(),
            )  # fmt: skip
            step.facts |= {
                "dispute": dispute.pk, "unit_id": by.unit_id, "against_id": against.pk,
                "reason": dispute.matter,
            }  # fmt: skip
        _ask(dispute, step.ticket, step.at)
    return dispute


def answer(*, dispute: Dispute, text: str, by: Staff, at: datetime) -> Dispute:
    """The other side's word. Raises NothingSaid, NotTheOtherSide, AnsweredAlready,
    SettledAlready."""
    if not text.strip():
        raise NothingSaid
    if not by.unit.is_within(dispute.against):
        raise NotTheOtherSide(unit=dispute.against)
    with transition.step(dispute.ticket, Move.ANSWER_DISPUTE, by=by, at=at) as step:
        locked = _locked(dispute)
        if locked.answered_at is not None:
            raise AnsweredAlready
        locked.answer, locked.answered_by, locked.answered_at = text.strip(), by, step.at
        locked.save(update_fields=["answer", "answered_by", "answered_at"])
        _asked(step.ticket, locked.against).update(
            done_at=step.at, done_by=by, signed_at=step.at, result=locked.answer, next_fire_at=None
        )
        step.facts |= {"dispute": locked.pk, "note": locked.answer}
        step.tell(locked.opened_by, "dispute_answered")
    return locked


def settle(
    *, dispute: Dispute, decided_for: Unit, decision: str, basis: str, by: Staff, at: datetime
) -> Dispute:
    """The ruling by somebody of neither unit, with its basis. Raises NothingSaid, NeitherSide,
    OfOneSide, SettledAlready, and NotHeard while the other side still has time to answer."""
    if not (decision.strip() and basis.strip()):
        raise NothingSaid
    if decided_for not in (dispute.unit, dispute.against):
        raise NeitherSide
    if _is_of(by, dispute.unit) or _is_of(by, dispute.against):
        raise OfOneSide
    with transition.step(dispute.ticket, Move.SETTLE_DISPUTE, by=by, at=at) as step:
        locked = _locked(dispute)
        waiting = _asked(step.ticket, locked.against)
        if locked.answered_at is None and waiting.filter(due_at__gt=step.at).exists():
            raise NotHeard
        waiting.update(dropped_at=step.at, result=decision.strip(), next_fire_at=None)
        locked.decided_by, locked.decided_at, locked.decided_for = by, step.at, decided_for
        locked.decision, locked.basis = decision.strip(), basis.strip()
        locked.save(
            update_fields=["decided_by", "decided_at", "decided_for", "decision", "basis"]
        )
        step.facts |= {
            "dispute": locked.pk, "unit_id": locked.unit_id, "against_id": locked.against_id,
            "for_id": decided_for.pk, "reason": locked.decision, "basis": locked.basis,
        }  # fmt: skip
        for side in (locked.unit, locked.against):
            step.tell(side.leader, "dispute_settled")
    return locked


def _open_ones(ticket: Ticket, one: Unit, other: Unit) -> QuerySet[Dispute]:
    """Whichever of the two began it."""
    both = Dispute.objects.filter(ticket=ticket, decided_at=None)
    return both.filter(unit__in=[one, other], against__in=[one, other])


def _locked(dispute: Dispute) -> Dispute:
    rows = Dispute.objects.select_for_update(no_key=True, of=("self",))
    locked = rows.select_related("unit__leader", "against__leader", "opened_by").get(pk=dispute.pk)
    if locked.decided_at is not None:
        raise SettledAlready
    return locked


def _ask(dispute: Dispute, ticket: Ticket, at: datetime) -> None:
    """The other unit's leader owes the answer, and so may open a ticket that was never theirs."""
    leader = duty_roster.responsible(dispute.against, Role.UNIT_LEADER, at)
    is_there = leader is not None and leader.unit.is_within(dispute.against)
    tasks.open(
        ticket=ticket, kind=TaskKind.DISPUTE, text=dispute.matter, unit=dispute.against,
        staff=leader if is_there else None, due_at=office_days.after(at, ANSWER_DAYS),
        by=None, at=at,
    )  # fmt: skip


def _asked(ticket: Ticket, against: Unit) -> TaskQuerySet:
    return Task.objects.open().filter(ticket=ticket, kind=TaskKind.DISPUTE, unit=against)


def _is_of(person: Staff, side: Unit) -> bool:
    """Whether the person sits in the unit, or leads or speaks for it."""
    return person.unit.is_within(side) or person.pk in (side.leader_id, side.liaison_id)
