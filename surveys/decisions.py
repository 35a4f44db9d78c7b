"""A supervisor's word after the second unsatisfied answer (verb)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from surveys import permissions
from surveys.models import Answer, Choice, Decision
from tickets import lifecycle, supervision
from tickets.kinds import Outcome
from tickets.models import Ticket
from tickets.permissions import NotYours
from tickets.states import State


class NothingToDecide(DeskError):
    """No answer of this ticket waits for a decision."""

    message = _("Nothing waits for a decision on this ticket.")


class GroundsMissing(DeskError):
    """A final response or another handling needs its grounds."""

    message = _("Give the grounds of the decision; the customer is entitled to them.")
    field = "grounds"


def decide(
    *, ticket: Ticket, choice: Choice, grounds: str, by: Staff, at: datetime
) -> Decision:
    """Handle again, under the person's own supervision unless somebody supervises it already, or
    the final response (最终答复), which only that supervisor gives. Raises NotYours, NothingToDecide,
    GroundsMissing, NotTheSupervisor."""
    if not permissions.may_decide(by, ticket):
        raise NotYours
    if not grounds.strip():
        raise GroundsMissing
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(no_key=True, of=("self",)).defer("words")
        ticket = locked.get(pk=ticket.pk)
        answers = Answer.objects.waiting_for_decision().filter(invitation__ticket=ticket)
        answer = answers.order_by("-id").first()
        if answer is None:
            raise NothingToDecide
        decision = Decision.objects.create(
            answer=answer, choice=choice, grounds=grounds, by=by, at=at
        )
        _carry_out(ticket, decision)
    return decision


def _carry_out(ticket: Ticket, decision: Decision) -> None:
    act: dict[str, Any] = {"ticket": ticket, "by": decision.by, "at": decision.at}
    if decision.choice == Choice.FINAL_ANSWER:
        if ticket.state == State.CALLBACK:
            _end_supervision(ticket, decision)
            lifecycle.close(reason="final_answer", outcome=Outcome.FINAL_ANSWER, **act)
        return
    again = lifecycle.redo if ticket.state == State.CALLBACK else lifecycle.reopen
    again(reason=decision.grounds, supervisor=decision.by, **act)


def _end_supervision(ticket: Ticket, decision: Decision) -> None:
    """The final response is its supervisor's last word too; raises NotTheSupervisor."""
    if ticket.supervisor_id is not None:
        supervision.end(
            ticket=ticket, verdict=decision.grounds, no_report_reason=decision.grounds,
            by=decision.by, at=decision.at,
        )  # fmt: skip
