"""Record what the customer said; a discontented answer goes back under supervision (verb)."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assignment import duty_roster
from notifications import notices
from organisation.models import Staff
from organisation.roles import Role
from servicedesk.lib.errors import DeskError
from surveys import callbacks, links, plans
from surveys.models import (
    Answer,
    Attempt,
    Consequence,
    Doubt,
    Ending,
    Invitation,
    Mode,
    Result,
    Satisfied,
    Solved,
)  # fmt: skip
from surveys.models.invitation import InvitationQuerySet
from tickets import lifecycle, telling
from tickets.models import Ticket
from tickets.states import State

# Nobody reads the message and answers within this time: such an answer is kept, not counted.
TOO_FAST = timedelta(seconds=10)

# After these the matter stays as it was answered: the customer spoke, so they have heard of it.
_ENDING = frozenset({Consequence.CLOSED, Consequence.TO_DECIDE})


class LinkDead(DeskError):
    """The link does not exist, was used, or ran out; all three look the same."""

    message = _("This link cannot be used. It works once, within 7 days of being sent.")
    http_status = 410


@dataclass(frozen=True)
class Reply:
    """What was answered: codes for the choices, own words as said."""

    solved: str
    satisfied: str
    reason: str = ""
    verbatim: str = ""
    independence: str = ""
    replies: dict[str, str] = field(default_factory=dict)

    @property
    def is_content(self) -> bool:
        """Neither unsolved nor dissatisfied, so that the matter may rest."""
        return self.solved != Solved.NOT and self.satisfied != Satisfied.DISSATISFIED


def record_by_phone(
    *, invitation: Invitation, reply: Reply, note: str = "", by: Staff, at: datetime
) -> Answer:
    """The answers of a completed call. Raises TaskOver, TakeItFirst, TakenByAnother, and NotYours
    or OwnWork for whoever may not call this customer."""
    with transaction.atomic():
        locked = callbacks.held(invitation.pk, by, at)
        Attempt.objects.create(
            invitation=locked, result=Result.COMPLETED, note=note, by=by, at=at
        )
        answer = _record(locked, reply, Mode.PHONE, by, at)
        locked.ended_at, locked.ending = at, Ending.BY_PHONE
        locked.acts_at = locked.next_call_at = None
        locked.save()
    return answer


def record_by_link(*, token: str, reply: Reply, by: Staff | None, at: datetime) -> Answer:
    """The answer behind a link, once: of two sent at the same moment one wins. Raises LinkDead."""
    with transaction.atomic():
        used = _alive(token, at).update(
            used_at=at, ended_at=at, ending=Ending.BY_LINK, acts_at=None, next_call_at=None
        )
        if not used:
            raise LinkDead
        found = Invitation.objects.select_related("plan").get(link_token_hash=links.digest(token))
        return _record(found, reply, Mode.LINK, by, at)


def behind(*, token: str, at: datetime) -> Invitation:
    """The invitation a live link belongs to; raises LinkDead."""
    live = _alive(token, at).select_related("ticket").defer("ticket__words").first()
    if live is None:
        raise LinkDead
    return live


def was_issued(token: str) -> bool:
    """Whether such a link was ever sent, used or not; for counting guesses alone."""
    return Invitation.objects.filter(link_token_hash=links.digest(token)).exists()


def _alive(token: str, at: datetime) -> InvitationQuerySet:
    return Invitation.objects.open().filter(
        link_token_hash=links.digest(token), used_at=None, link_expires_at__gt=at
    )


def _record(
    invitation: Invitation, reply: Reply, mode: Mode, by: Staff | None, at: datetime
) -> Answer:
    # The ticket is locked here so that what follows rests on the state it really has.
    tickets = Ticket.objects.select_for_update(no_key=True, of=("self",))
    ticket = tickets.select_related("lead_unit").defer("words").get(pk=invitation.ticket_id)
    consequence = _consequence(ticket, reply, at)
    answer = Answer.objects.create(
        invitation=invitation, mode=mode, by=by, at=at, consequence=consequence,
        doubt=_doubt(invitation, mode, at),
        instrument=plans.instrument(mode=mode, kind=invitation.kind), **asdict(reply),
    )  # fmt: skip
    _carry_out(ticket, answer, by, at)
    return answer


def _consequence(ticket: Ticket, reply: Reply, at: datetime) -> Consequence:
    """Content closes; discontent goes back to the unit once, while the ticket can still be
    reopened; after that a supervisor decides."""
    if reply.is_content:
        return Consequence.CLOSED if ticket.state == State.CALLBACK else Consequence.NONE
    if ticket.state not in {State.CALLBACK, State.CLOSED}:
        return Consequence.NONE
    is_too_late = ticket.closed_at is not None and at - ticket.closed_at > lifecycle.REOPEN_WINDOW
    sent_back = Answer.objects.filter(
        invitation__ticket=ticket, consequence=Consequence.SENT_BACK
    )
    may_go_back = not is_too_late and not sent_back.exists()
    return Consequence.SENT_BACK if may_go_back else Consequence.TO_DECIDE


def _doubt(invitation: Invitation, mode: Mode, at: datetime) -> str:
    if mode == Mode.LINK and invitation.link_sent_at and at - invitation.link_sent_at < TOO_FAST:
        return Doubt.TOO_FAST
    return ""


def _carry_out(ticket: Ticket, answer: Answer, by: Staff | None, at: datetime) -> None:
    if answer.consequence in _ENDING and ticket.state == State.CALLBACK:
        ticket = telling.hear(ticket=ticket, by=by, at=at)
    if answer.consequence == Consequence.CLOSED:
        lifecycle.conclude(ticket=ticket, reason="answered", by=by, at=at)
    elif answer.consequence == Consequence.SENT_BACK:
        send_back = lifecycle.redo if ticket.state == State.CALLBACK else lifecycle.reopen
        supervisor = _supervisor(ticket, at)
        send_back(
            ticket=ticket, reason=_reason(ticket, answer), supervisor=supervisor, by=by, at=at
        )
    elif answer.consequence == Consequence.TO_DECIDE:
        supervisor = ticket.supervisor or _supervisor(ticket, at)
        if supervisor is not None:
            notices.put(
                key=f"answer:{answer.pk}", staff=supervisor, code="to_decide",
                subject=ticket.number, facts={"title": ticket.subject}, by=by, at=at,
            )  # fmt: skip


def _supervisor(ticket: Ticket, at: datetime) -> Staff | None:
    """Who supervises from now on: on duty for the unit, and allowed to see the ticket."""
    unit = ticket.lead_unit or ticket.intake_unit
    found = duty_roster.responsible(unit, Role.SUPERVISOR, at)
    if found is None or not Ticket.objects.visible_to(found).filter(pk=ticket.pk).exists():
        return None
    return found


def _reason(ticket: Ticket, answer: Answer) -> str:
    """Why it goes back, in the customer's words or else in the language they were asked in."""
    if answer.verbatim.strip():
        return answer.verbatim
    with translation.override(ticket.language):
        if answer.solved == Solved.NOT:
            return gettext("The customer says the problem is not solved.")
        return gettext("The customer is dissatisfied.")
