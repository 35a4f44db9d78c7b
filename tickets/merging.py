"""Merge tickets about one matter, undo it, and answer each merged one (verb).

A merged ticket (合并) keeps its own customer, clocks, answer, review and callback; what it shares
is who has it. The tree is one level deep: what is merged into a ticket moves along when that
ticket is merged itself, so no merge can lead back to where it began.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tickets import family, indexing, transition
from tickets.kinds import Kind
from tickets.models import Event, Ticket
from tickets.states import ENDED, Happening, Move, State


@dataclass(frozen=True)
class Answer:
    """What the customer of one merged ticket is answered, on the version that was looked at."""

    child: Ticket
    result: str
    is_customer_told: bool
    no_reply_reason: str
    version: int


class WhyMerge(DeskError):
    """A merge, and undoing one, says why."""

    message = _("Say why these two are one matter, or why they are not.")
    field = "reason"


class ItsOwnParent(DeskError):
    """No ticket is merged into itself."""

    message = _("A ticket cannot be merged into itself. Choose another one.")
    field = "number"


class StandsAlone(DeskError):
    """Safety matters and confidential reports never merge (domain §3b)."""

    message = _("Emergencies and confidential reports are never merged. Each is handled by itself.")
    field = "number"


class ComplaintApart(DeskError):
    """A complaint never disappears in a matter of another kind (domain §6 row 11)."""

    message = _("A complaint can only be merged with a complaint. Link the two tickets instead.")
    field = "number"


class NotOneMatter(DeskError):
    """Neither the same customer nor the same kind of matter in one place at about one time."""

    message = _(
        "These two have neither the customer nor kind, place and time in common. Link them instead."
    )
    field = "number"


class MergedAlready(DeskError):
    """The ticket is merged already."""

    message = _("This ticket is merged already. Undo that merge first.")


class IsMergedItself(DeskError):
    """The other ticket is merged into a third."""

    message = _("That ticket is itself merged into %(number)s. Merge with that one.")
    field = "number"


class NotThere(DeskError):
    """The other ticket has ended."""

    message = _("That ticket is no longer open. Link the two instead.")
    field = "number"


class ParentNotDone(DeskError):
    """The answer of a merged ticket rests on the result of the one it is merged into."""

    message = _("The ticket this one is merged into is not reported done yet.")


class NothingSaid(DeskError):
    """Each customer is told, or it is recorded why that was not possible."""

    message = _("Give the answer, and either that the customer was told or why not.")
    field = "result"


def merge(
    *, child: Ticket, parent: Ticket, reason: str, by: Staff, at: datetime,
    version: int | None = None,
) -> Ticket:
    """The child merged into the parent (合并): with whoever has that one, its own clocks running
    on. Raises WhyMerge and the other errors of this file."""
    if not reason.strip():
        raise WhyMerge
    if child.pk == parent.pk:
        raise ItsOwnParent
    with transaction.atomic():
        _lock_in_order(child, parent)
        with transition.step(child, Move.MERGE, by=by, at=at, version=version) as step:
            into = transition.lock(parent)
            _check(step.ticket, into)
            _remember(step)
            _take_along(step, into, reason.strip())
            _put(step, into, reason.strip())
            step.tell(step.ticket.tracker, "merged")
        with transition.step(into, Move.TAKE_CHILD, by=by, at=at) as taken:
            # What takes others stands on its own, whatever it once was merged into.
            taken.ticket.merged_into = None
            taken.facts |= {"child": step.ticket.number, "reason": reason.strip()}
            taken.tell(taken.ticket.lead_handler, "child_merged")
    return step.ticket


def unmerge(*, child: Ticket, reason: str, by: Staff, at: datetime) -> Ticket:
    """The child as it was before the merge: state, unit and handler, as far as they are still
    there. Raises WhyMerge."""
    if not reason.strip():
        raise WhyMerge
    with transaction.atomic():
        parent = Ticket.objects.filter(merged_children=child).first()
        if parent is not None:
            parent = transition.lock(parent)
        with transition.step(child, Move.UNMERGE, by=by, at=at) as step:
            left = step.ticket.merged_into
            _put_back(step)
            step.facts |= {"from": left.number if left else "", "reason": reason.strip()}
            step.facts["to_state"] = step.ticket.state
            _tell_of_return(step, left)
        if parent is not None and parent == left and parent.state not in ENDED:
            with transition.step(parent, Move.TAKE_CHILD, by=by, at=at) as noted:
                noted.event = Happening.UNMERGED
                noted.facts |= {"child": step.ticket.number, "reason": reason.strip()}
    return step.ticket


def answer(
    *, child: Ticket, result: str, is_customer_told: bool, no_reply_reason: str = "", by: Staff,
    at: datetime, version: int | None = None,
) -> Ticket:
    """The lead unit's answer to the customer of a merged ticket; its own review, callback and
    closing follow. Raises NothingSaid, ParentNotDone."""
    if not result.strip() or not (is_customer_told or no_reply_reason.strip()):
        raise NothingSaid
    with (
        indexing.kept(child),
        transition.step(child, Move.ANSWER_CHILD, by=by, at=at, version=version) as step,
    ):
        ticket, parent = step.ticket, step.ticket.merged_into
        if parent is None or parent.done_at is None:
            raise ParentNotDone
        ticket.result, ticket.done_at, ticket.outcome = result.strip(), step.at, parent.outcome
        ticket.replied_at = step.at if is_customer_told else ticket.replied_at
        ticket.no_reply_reason = "" if is_customer_told else no_reply_reason.strip()
        ticket.state_before_merge = ""
        step.facts |= {
            "result": ticket.result, "told": is_customer_told, "why_not": ticket.no_reply_reason,
            "merged_into": parent.number,
        }  # fmt: skip
        step.tell(ticket.tracker, "done")
    return step.ticket


def answer_each(*, answers: list[Answer], by: Staff, at: datetime) -> int:
    """Answer several merged tickets in one commit; how many."""
    with transaction.atomic():
        for one in answers:
            answer(
                child=one.child, result=one.result, is_customer_told=one.is_customer_told,
                no_reply_reason=one.no_reply_reason, version=one.version, by=by, at=at,
            )  # fmt: skip
    return len(answers)


def _lock_in_order(one: Ticket, other: Ticket) -> None:
    """Both locked, the lower id first, so that two merges crossing each other do not stop each
    other; those merged into them follow after."""
    rows = Ticket.objects.select_for_update(no_key=True).filter(pk__in=[one.pk, other.pk])
    list(rows.order_by("pk").values_list("pk", flat=True))


def _check(child: Ticket, parent: Ticket) -> None:
    if child.state == State.MERGED:
        raise MergedAlready
    if parent.state == State.MERGED and parent.merged_into is not None:
        raise IsMergedItself(number=parent.merged_into.number)
    if parent.state in ENDED:
        raise NotThere
    if family.never_merges(child) or family.never_merges(parent):
        raise StandsAlone
    if child.kind != parent.kind and Kind.COMPLAINT in (child.kind, parent.kind):
        raise ComplaintApart
    is_one_house = (child.scope_path, child.utility) == (parent.scope_path, parent.utility)
    if not is_one_house or not family.is_one_matter(child, parent):
        raise NotOneMatter


def _remember(step: transition.Step) -> None:
    """Where the ticket was, so that undoing the merge leads back there."""
    ticket = step.ticket
    ticket.state_before_merge = ticket.state
    step.facts |= {
        "from_state": ticket.state, "from_unit_id": ticket.lead_unit_id,
        "from_handler_id": ticket.lead_handler_id,
    }  # fmt: skip


def _take_along(step: transition.Step, parent: Ticket, reason: str) -> None:
    """What was merged into the ticket is merged into the parent with it."""
    for other in family.waiting_for(step.ticket).order_by("pk"):
        with transition.step(other, Move.MERGE, by=None, at=step.at) as moved:
            moved.by = step.by
            moved.facts["along_with"] = step.ticket.number
            _put(moved, parent, reason)


def _put(step: transition.Step, parent: Ticket, reason: str) -> None:
    step.facts |= {"into": parent.number, "reason": reason}
    step.ticket.merged_into = parent
    step.ticket.lead_unit, step.ticket.lead_handler = parent.lead_unit, parent.lead_handler


def _put_back(step: transition.Step) -> None:
    ticket = step.ticket
    merges = Event.objects.filter(ticket=ticket, code=Happening.MERGED).order_by("-id")
    said = merges.exclude(facts__has_key="along_with").values_list("facts", flat=True).first() or {}
    unit = Unit.objects.filter(pk=said.get("from_unit_id") or 0, is_active=True).first()
    ticket.lead_unit = unit
    people = Staff.objects.filter(pk=said.get("from_handler_id") or 0, is_active=True)
    ticket.lead_handler = people.first() if unit is not None else None
    ticket.state = ticket.state_before_merge if unit is not None else State.NEW
    ticket.merged_into, ticket.state_before_merge = None, ""


def _tell_of_return(step: transition.Step, parent: Ticket | None) -> None:
    ticket = step.ticket
    people = [ticket.tracker, ticket.lead_handler, parent.lead_handler if parent else None]
    if ticket.lead_unit is not None and ticket.lead_handler is None:
        people.append(ticket.lead_unit.leader)
    for person in {one.pk: one for one in people if one is not None}.values():
        step.tell(person, "unmerged")
