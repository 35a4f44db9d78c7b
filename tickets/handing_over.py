"""Shift and absence hand-over (交接班): a list is made, the successor signs or refuses (verb).

Nothing changes hands until the successor signs; then each ticket takes one step of its own. A list
that nobody signs in time alarms the giver's leader and liaison (tickets.hand_over_alarm).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications import notices
from organisation.models import Staff
from servicedesk.lib.errors import DeskError, NotVisible
from tickets import held_work, successors, transition
from tickets.held_work import Held
from tickets.models import Approval, HandOver, HandOverItem, Supervision, Task, Ticket
from tickets.states import Move

Duty = HandOverItem.Duty
Ending = HandOverItem.Ending
Ground = HandOver.Ground

# How long a list may wait for its signature before leader and liaison hear of it. At the end of a
# shift the giver goes home; no founding document gives a number.
SIGN_WITHIN = {
    Ground.SHIFT: timedelta(minutes=30),
    Ground.ABSENCE: timedelta(hours=2),
    Ground.LEAVING: timedelta(hours=24),
}

class NothingChosen(DeskError):
    """A hand-over hands something over."""

    message = _("Choose at least one ticket to hand over.")
    field = "items"


class NotYoursToGive(DeskError):
    """People hand over their own work; for an absent or leaving person their leader does."""

    message = _(
        "You can hand over your own work, and that of an absent or leaving person of your unit."
    )
    http_status = 403


class NotHeld(DeskError):
    """What is handed over is still with the giver."""

    message = _("No longer with %(name)s: %(numbers)s. Look at the list again.")
    field = "items"


class SuccessorUnfit(DeskError):
    """The successor may not have one of the tickets in that duty."""

    message = _("%(name)s may not take over: %(numbers)s. Choose another successor or leave it out.")
    field = "successor"


class ListWaits(DeskError):
    """The same is on a list that waits for its signature already."""

    message = _("Already on a list that waits for its signature: %(numbers)s.")
    field = "items"


class NotYourList(DeskError):
    """Only the successor signs or refuses a list, only who made or gave it takes it back."""

    message = _("This hand-over list is not yours to sign.")
    http_status = 403


class AlreadySettled(DeskError):
    """The list was signed, refused or taken back already."""

    message = _("This list was signed, refused or taken back already. Nothing was changed.")


class RefusalMissing(DeskError):
    """Whoever refuses a list says why."""

    message = _("Say why you do not take the list over.")
    field = "reason"


def make(
    *, giver: Staff, successor: Staff, ground: str, pieces: Sequence[Held], note: str = "",
    by: Staff, at: datetime,
) -> HandOver:
    """A list that waits for the successor's signature. Raises NotYoursToGive, NothingChosen,
    NotHeld, ListWaits, SuccessorUnfit."""
    if not successors.may_give(by, giver, ground):
        raise NotYoursToGive
    if not pieces or giver.pk == successor.pk:
        raise NothingChosen
    with transaction.atomic():
        # One list of a giver at a time, so that a double click makes one.
        Staff.objects.select_for_update(no_key=True).get(pk=giver.pk)
        _check(giver, successor, pieces)
        made = HandOver.objects.create(
            giver=giver, successor=successor, ground=ground, note=note.strip(), made_by=by,
            made_at=at, alarm_at=at + SIGN_WITHIN[Ground(ground)],
        )
        HandOverItem.objects.bulk_create(
            HandOverItem(hand_over=made, ticket=one.ticket, duty=one.duty) for one in pieces
        )
        tell(hand_over=made, staff=successor, code="hand_over_to_sign", by=by, at=at)
    return made


def _check(giver: Staff, successor: Staff, pieces: Sequence[Held]) -> None:
    lost = [one for one in pieces if not held_work.holds(giver.pk, one.ticket, one.duty)]
    if lost:
        raise NotHeld(name=giver.name, numbers=_numbers(lost))
    open_lists = HandOver.objects.waiting().filter(giver=giver)
    waiting = set(
        HandOverItem.objects.filter(hand_over__in=open_lists).values_list("ticket_id", "duty")
    )
    twice = [one for one in pieces if (one.ticket.pk, one.duty) in waiting]
    if twice:
        raise ListWaits(numbers=_numbers(twice))
    unfit = [
        one for one in pieces
        if not successors.is_fit(successor, one.ticket, one.duty, giver.pk)
    ]  # fmt: skip
    if unfit:
        raise SuccessorUnfit(name=successor.name, numbers=_numbers(unfit))


def sign(*, hand_over: HandOver, by: Staff, at: datetime) -> HandOver:
    """The successor takes everything on the list that can still be handed over; what cannot keeps
    its reason on the list. Signed once more it is as it was. Raises NotYourList, AlreadySettled."""
    with transaction.atomic():
        locked = _lock(hand_over, by)
        if locked.signed_at is not None:
            return locked
        _check_waiting(locked)
        items = locked.items.select_related("ticket__lead_unit").order_by("ticket_id", "id")
        by_ticket: dict[int, list[HandOverItem]] = {}
        for item in items:
            by_ticket.setdefault(item.ticket_id, []).append(item)
        for of_ticket in by_ticket.values():
            _hand(locked, of_ticket, by, at)
        locked.signed_at, locked.alarm_at = at, None
        locked.save(update_fields=["signed_at", "alarm_at"])
        for person in _givers(locked):
            tell(hand_over=locked, staff=person, code="hand_over_signed", by=by, at=at)
    return locked


def refuse(*, hand_over: HandOver, reason: str, by: Staff, at: datetime) -> HandOver:
    """The successor does not take the list over; everything stays as it is. Raises NotYourList,
    AlreadySettled, RefusalMissing."""
    if not reason.strip():
        raise RefusalMissing
    with transaction.atomic():
        locked = _lock(hand_over, by)
        _check_waiting(locked)
        locked.refused_at, locked.refusal, locked.alarm_at = at, reason.strip(), None
        locked.save(update_fields=["refused_at", "refusal", "alarm_at"])
        for person in _givers(locked):
            tell(hand_over=locked, staff=person, code="hand_over_refused", by=by, at=at)
    return locked


def take_back(*, hand_over: HandOver, by: Staff, at: datetime) -> HandOver:
    """Who gave or made the list takes it back unsigned. Raises NotYourList, AlreadySettled."""
    with transaction.atomic():
        locked = _locked(hand_over)
        if by.pk not in {locked.giver_id, locked.made_by_id}:
            raise NotYourList
        _check_waiting(locked)
        locked.taken_back_at, locked.alarm_at = at, None
        locked.save(update_fields=["taken_back_at", "alarm_at"])
        tell(hand_over=locked, staff=locked.successor, code="hand_over_taken_back", by=by, at=at)
    return locked


class _NothingLeftError(Exception):
    """Nothing of this ticket can be handed over any more: its step is not taken."""


def _hand(hand_over: HandOver, items: list[HandOverItem], by: Staff, at: datetime) -> None:
    """One step of one ticket in all the duties on the list."""
    endings: dict[str, Ending] = {}
    try:
        with (
            transaction.atomic(),
            transition.step(items[0].ticket, Move.HAND_OVER, by=by, at=at) as step,
        ):
            endings = {one.duty: _ending(hand_over, step.ticket, Duty(one.duty), by) for one in items}
            handed = [duty for duty, ending in endings.items() if ending == Ending.HANDED]
            if not handed:
                raise _NothingLeftError
            for duty in handed:
                _CHANGE[Duty(duty)](step, hand_over.giver, by)
            step.facts |= {
                "duty": handed[0], "duties": handed, "from_id": hand_over.giver_id,
                "to_id": by.pk, "hand_over": hand_over.pk,
            }  # fmt: skip
    except _NothingLeftError:
        pass
    except transition.AboutThem:
        endings = dict.fromkeys(endings, Ending.BARRED)
    for one in items:
        one.ending = endings[one.duty]
        one.save(update_fields=["ending"])


def _ending(hand_over: HandOver, ticket: Ticket, duty: Duty, by: Staff) -> Ending:
    if duty in {Duty.TRACKER, Duty.HANDLER} and not ticket.is_open:
        return Ending.ENDED
    if not held_work.holds(hand_over.giver_id, ticket, duty):
        return Ending.CHANGED if duty in {Duty.TRACKER, Duty.HANDLER} else Ending.ENDED
    if not successors.is_fit(by, ticket, duty, hand_over.giver_id):
        return Ending.BARRED
    return Ending.HANDED


def _track(step: transition.Step, giver: Staff, by: Staff) -> None:
    step.ticket.tracker = by


def _handle(step: transition.Step, giver: Staff, by: Staff) -> None:
    step.ticket.lead_handler = by
    step.ticket.choice_reasons = [
        {"code": "handed_over", "staff_zh": giver.name_zh, "staff_en": giver.name_en}
    ]


def _supervise(step: transition.Step, giver: Staff, by: Staff) -> None:
    step.ticket.supervisor = by
    Supervision.objects.filter(ticket=step.ticket, ended_at=None).update(supervisor=by)


def _owe(step: transition.Step, giver: Staff, by: Staff) -> None:
    Task.objects.open().filter(ticket=step.ticket, staff=giver).update(staff=by)


def _decide(step: transition.Step, giver: Staff, by: Staff) -> None:
    Approval.objects.open().filter(ticket=step.ticket, asked_of=giver).update(asked_of=by)


_CHANGE: dict[Duty, Callable[[transition.Step, Staff, Staff], None]] = {
    Duty.TRACKER: _track,
    Duty.HANDLER: _handle,
    Duty.SUPERVISOR: _supervise,
    Duty.TASKS: _owe,
    Duty.APPROVALS: _decide,
}


def _locked(hand_over: HandOver) -> HandOver:
    rows = HandOver.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("giver", "successor", "made_by").filter(pk=hand_over.pk).first()
    if found is None:
        raise NotVisible
    return found


def _lock(hand_over: HandOver, by: Staff) -> HandOver:
    locked = _locked(hand_over)
    if locked.successor_id != by.pk:
        raise NotYourList
    return locked


def _check_waiting(hand_over: HandOver) -> None:
    if not hand_over.is_waiting:
        raise AlreadySettled


def _givers(hand_over: HandOver) -> list[Staff]:
    return list({one.pk: one for one in (hand_over.giver, hand_over.made_by)}.values())


def tell(
    *, hand_over: HandOver, staff: Staff, code: str, by: Staff | None, at: datetime
) -> None:
    """Put word of the list before the person, unless they did it themselves."""
    if by is not None and staff.pk == by.pk:
        return
    giver, successor = hand_over.giver, hand_over.successor
    facts: dict[str, Any] = {
        "hand_over": hand_over.pk, "from_zh": giver.name_zh, "from_en": giver.name_en,
        "to_zh": successor.name_zh, "to_en": successor.name_en,
    }  # fmt: skip
    notices.put(
        key=f"hand-over:{hand_over.pk}:{code}", staff=staff, code=code, subject="", facts=facts,
        by=by, at=at,
    )  # fmt: skip


def _numbers(pieces: Sequence[Held]) -> str:
    return ", ".join(sorted({one.ticket.number for one in pieces}))
