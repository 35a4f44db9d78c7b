"""What is not ours to do: hand it to the body that answers for it, and stay on (verb)."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import ending, indexing, tasks, transition
from tickets.kinds import Outcome
from tickets.models import Referral, TaskKind, Ticket
from tickets.states import Move


class NotOursIsNoAnswer(DeskError):
    """“Not ours” is never an outcome by itself (非职责范围，须联系到位; domain §1a row 8)."""

    message = _(
        "“Not ours” alone is no answer. Name the body, how to reach it, its number for this matter,"
        " and who there took it over and when."
    )
    http_status = 422

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class NotTakenOverYet(DeskError):
    """What was taken over was taken over before now."""

    message = _("The time they took it over lies in the future. Correct it.")
    field = "taken_over_at"
    http_status = 422


class CheckedTooEarly(DeskError):
    """Whether they did it can only be asked later."""

    message = _("The day to check with them has passed already. Choose a later one.")
    field = "check_at"
    http_status = 422


@dataclass(frozen=True)
class Handed:
    """Who outside took the matter over, how to reach them, and under which number of theirs."""

    body: str
    contact: str
    their_number: str
    taken_over_by: str
    taken_over_at: datetime | None
    note: str = ""


def refer(
    *, ticket: Ticket, handed: Handed, told: ending.Told, check_at: datetime | None = None,
    unfinished_reason: str = "", by: Staff, at: datetime, version: int | None = None,
) -> Ticket:
    """The matter is with a body outside that took it over (转介并跟进); review and callback follow
    as ever. With `check_at` the person promises to ask them by then whether it was done. Raises
    NotOursIsNoAnswer, NotTakenOverYet, CheckedTooEarly, ending.NothingTold,
    and ending.CoTasksOpen unless it is said why nobody waits for the units that help."""
    _check(handed, check_at, at)
    ending.check(told)
    with (
        transaction.atomic(),
        indexing.kept(ticket),
        transition.step(ticket, Move.REFER, by=by, at=at, version=version) as step,
    ):
        ending.report(step, Outcome.REFERRED, told)
        ending.check_helpers(step, unfinished_reason)
        Referral.objects.create(ticket=step.ticket, by=by, at=step.at, **_row(handed))
        step.facts |= {
            "body": handed.body, "contact": handed.contact, "taken_over_by": handed.taken_over_by,
            "their_number": handed.their_number, "told": told.is_customer_told,
            "why_not": told.no_reply_reason, "note": told.answer,
        }  # fmt: skip
    if check_at is not None:
        tasks.open(
            ticket=step.ticket, kind=TaskKind.FOLLOW_UP, text=_what_to_check(handed),
            due_at=check_at, staff=by, by=by, at=at,
        )  # fmt: skip
    return step.ticket


def _check(handed: Handed, check_at: datetime | None, at: datetime) -> None:
    for one in fields(handed):
        value = getattr(handed, one.name)
        if one.name != "note" and not (value.strip() if isinstance(value, str) else value):
            raise NotOursIsNoAnswer(one.name)
    if handed.taken_over_at is not None and handed.taken_over_at > at:
        raise NotTakenOverYet
    if check_at is not None and check_at <= at:
        raise CheckedTooEarly


def _row(handed: Handed) -> dict[str, object]:
    return {one.name: getattr(handed, one.name) for one in fields(handed)}


def _what_to_check(handed: Handed) -> str:
    """No words of a language, so that everybody can read it."""
    parts = (handed.body, handed.their_number, handed.taken_over_by, handed.contact)
    return " · ".join(parts)
