"""A matter filed as the wrong kind (改类/降级): another kind, the same receipt (effect).

domain.md §3b and §6 row 9: a quality reviewer proposes, a supervisor decides; the original kind is
kept for ever, a downgrade shows, and what was judged already stays judged.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications import hooks, notices
from organisation.roles import Permission
from servicedesk.lib.errors import DeskError
from tickets import indexing, informants, kinds, permissions, rejudging, transition
from tickets.kinds import Kind
from tickets.models import Approval, Category, Clock, Ticket


class NothingElse(DeskError):
    """The ticket is of this kind and category already."""

    message = _("The ticket is of this kind and category already. Choose another one.")
    field = "new_category"


class CategoryDoesNotFit(DeskError):
    """A category belongs to one kind and service line."""

    message = _("This category belongs to another kind or service line. Choose again.")
    field = "new_category"
    http_status = 422


def check(ticket: Ticket, asked: Approval) -> None:
    """What stands against a proposal: not a reviewer's, nothing new, or a category that does not
    fit."""
    if Permission.REVIEW not in asked.asked_by.permissions:
        raise permissions.NotYours
    if permissions.did_the_work(asked.asked_by, ticket):
        raise permissions.OwnWork
    _check_kind(ticket, asked.new_kind, asked.new_category)


def carry_out(step: transition.Step, asked: Approval) -> None:
    """File the ticket as the new kind; its clocks run by the new limits from the receipt on, as
    history tells."""
    ticket, category = step.ticket, asked.new_category
    _check_kind(ticket, asked.new_kind, category)
    assert category is not None
    step.facts |= {
        "from_kind": ticket.kind, "to_kind": asked.new_kind,
        "from_category": ticket.category.code, "to_category": category.code,
        "is_downgrade": kinds.is_downgrade(ticket.kind, asked.new_kind),
        "was_due": _due(ticket),
    }  # fmt: skip
    ticket.kind, ticket.category = asked.new_kind, category
    if asked.new_kind == Kind.REPORT and not ticket.is_confidential:
        _seal(step)
    rejudging.choose_again(step)
    step.tell(ticket.lead_handler, "reclassified")
    step.tell(ticket.tracker, "reclassified")


def _seal(step: transition.Step) -> None:
    """From now on a confidential report, for good: going back to another kind opens nothing that
    was told in confidence. What lists and notices told of it before is taken back."""
    ticket = step.ticket
    for name, value in informants.sealed(ticket).items():
        setattr(ticket, name, value)
    indexing.rewrite(ticket=ticket, by=step.by, at=step.at)
    notices.retitle(subject=ticket.number, title=ticket.subject, by=step.by, at=step.at)
    hooks.withdraw(subject=ticket.number, by=step.by, at=step.at)


def _check_kind(ticket: Ticket, kind: str, category: Category | None) -> None:
    if category is None or not category.is_active or category.parent_id is None:
        raise CategoryDoesNotFit
    if kind not in kinds.FROM_CUSTOMERS or category.kind not in ("", kind):
        raise CategoryDoesNotFit
    if category.utility != ticket.utility:
        raise CategoryDoesNotFit
    if (kind, category.pk) == (ticket.kind, ticket.category_id):
        raise NothingElse


def _due(ticket: Ticket) -> dict[str, Any]:
    """When each running clock was due by the limits so far."""
    running = Clock.objects.filter(ticket=ticket, stopped_at=None, measure="max")
    return {one.name: one.due_at.isoformat() for one in running if one.due_at}
