"""What a matter has in common that ends without work of our own: referred or refused (ledger)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from servicedesk.lib.errors import DeskError
from tickets import promises
from tickets.kinds import Outcome
from tickets.transition import Step


class NothingTold(DeskError):
    """Nothing ends without an answer, and word of who gave it or why nobody could."""

    message = _(
        "Say what the answer is, and either that the customer was told or why that was not"
        " possible."
    )
    http_status = 422


@dataclass(frozen=True)
class Told:
    """The answer, and whether the customer has it or why not."""

    answer: str
    is_customer_told: bool
    no_reply_reason: str = ""


def check(told: Told) -> None:
    """Nothing if somebody was told or it is said why not; else NothingTold."""
    if not told.answer.strip() or not (told.is_customer_told or told.no_reply_reason.strip()):
        raise NothingTold


def report(step: Step, outcome: Outcome, told: Told) -> None:
    """The answer becomes the ticket's result and waits for its review. What the front desk ends
    before it was dispatched is the work of whoever ended it."""
    ticket = step.ticket
    ticket.outcome, ticket.result, ticket.done_at = outcome, told.answer, step.at
    ticket.is_auto_signed = False
    ticket.replied_at = step.at if told.is_customer_told else ticket.replied_at
    ticket.no_reply_reason = "" if told.is_customer_told else told.no_reply_reason
    if ticket.lead_unit is None and step.by is not None:
        ticket.lead_unit, ticket.lead_handler = step.by.unit, step.by
    if told.is_customer_told:
        promises.let_go(step)
        if step.by is not None and step.by.pk == ticket.tracker_id:
            ticket.told_confirmed_at = step.at
    step.tell(ticket.tracker, "done")
